/**
 * The element `<pay-with>`: JavaScript can extend HTMLElement, Rust cannot. This class hands
 * attributes and properties to the widget, and the widget's events and promises to the page. It
 * keeps no state of a payment and decides nothing about one.
 *
 * Safe to import on a server: nothing happens before `register()`.
 */
import { PaywithError, loadFault } from './fault.js';
import { FIRST_STYLE } from './first-style.js';
import { loadTwice, unwatch, watch } from './module.js';
import { ATTRIBUTES, EVENTS, LISTS, PROPERTIES, handOver, readableList } from './options.js';
import { firstInDocument } from './paid.js';
import { Preview } from './preview.js';
import { takeReturn } from './return.js';
import { stylesOf } from './styles.js';
import { sentences } from './words.js';

export { PaywithError };

/** A module that stops twice within this time does not start again by itself. */
const TWICE_MS = 60_000;

/** How long a call has, from the module's start to the network, before the screens are drawn. */
const CALL_FIRST_MS = 50;

/** A server has no elements; the class is there all the same, for `instanceof` and for types. */
const Base = globalThis.HTMLElement ?? class {};

/**
 * The element's class. `load(stopped)` answers a promise of the widget's bindings, and calls `stopped(cause)`
 * once the module has thrown (`guard.js`).
 */
export const makeElement = (load) => class PayWithElement extends Base {
  static observedAttributes = [...Object.keys(ATTRIBUTES), 'disabled', 'lang', 'dir'];

  #widget;
  #box;
  /** The element without its module. */
  #preview;
  #addStyles;
  /** Why the element has no shadow root, where it has none. */
  #unfit;
  #handlers = {};
  #hasFailed = false;
  #values = {};
  #pending;
  #isScheduled = false;
  #isLoading = false;
  /** Calls for the module: the name of a method, and its words. */
  #queue = [];
  #observer;
  #returned = [];
  #stoppedAt = -Infinity;
  /** Gives up the lock that says which tab asks, for a module that cannot do so any more. */
  #release;

  constructor() {
    super();
    try {
      const root = this.attachShadow({ mode: 'open' });
      this.#box = document.createElement('div');
      this.#box.className = 'box';
      root.append(this.#box, document.createElement('slot'));
      this.#preview = new Preview(root, this.#box);
      this.#addStyles = stylesOf(root, (message) => this.#fail({
        code: 'style_blocked', kind: 'blocked', retryable: false, message,
      }));
      this.#addStyles(FIRST_STYLE);
    } catch (cause) {
      // The content of the element stays as it is, and works.
      this.#unfit = cause;
    }
    // A button in the slot, pressed before the widget is there; a link goes its own way.
    this.addEventListener('click', ({ target }) => {
      const button = target.closest?.('button');
      const isShown = !this.#widget || this.shadowRoot.querySelector('slot:not([name])');
      if (button && isShown && this.contains(button)) this.start(button.value);
    });
  }

  connectedCallback() {
    handOver(this);
    this.#preview?.moved();
    if (!this.#observer && typeof MutationObserver === 'function') {
      this.#observer = new MutationObserver(() => this.#changed());
      this.#observer.observe(document.documentElement, { attributeFilter: ['lang', 'dir'] });
    }
    window.addEventListener('online', this.#online);
    this.#begin();
  }

  disconnectedCallback() {
    // A move disconnects and connects in one task: only what is still away afterwards has gone.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#observer?.disconnect();
      this.#observer = undefined;
      window.removeEventListener('online', this.#online);
      this.#end();
    });
  }

  attributeChangedCallback() {
    this.#changed();
  }

  /** Starts a payment, with the first provider unless one is named. */
  start(provider = '') {
    if (!this.#pending) {
      this.#pending = {};
      this.#pending.promise = new Promise((resolve, reject) => {
        Object.assign(this.#pending, { resolve, reject });
      });
      // A page that ignores the promise still gets the events; no unhandled rejection for that.
      this.#pending.promise.catch(() => {});
    }
    const { promise } = this.#pending;
    // As a listener it is handed an event; the module takes nothing but text.
    const named = typeof provider === 'string' ? provider : '';
    this.#do('start', named);
    return promise;
  }

  checkNow() { this.#do('checkNow'); }
  renew() { this.#do('renew'); }
  cancel() {
    if (this.#isStarting()) this.#giveUp();
    else this.#do('cancel');
  }
  reset() { this.#do('reset'); }
  resume() { this.#do('resume'); }
  /** Closes the dialog of `mode="modal"`; the payment goes on. */
  close() { this.#do('close'); }
  hasReturned() { return this.#widget?.hasReturned() ?? this.#returned.length > 0; }

  get payment() { return this.#widget?.payment() ?? null; }
  get state() { return this.#widget?.state() ?? 'unopened'; }

  get disabled() { return this.hasAttribute('disabled'); }
  set disabled(value) { this.toggleAttribute('disabled', Boolean(value)); }

  #set(name, value) {
    this.#values[name] = value;
    this.#changed();
  }

  /** One listener for each name, put on once, so that it keeps its place among the others. */
  #handle(name, value) {
    const isNew = !(name in this.#handlers);
    this.#handlers[name] = typeof value === 'function' ? value : null;
    if (isNew) {
      this.addEventListener(name, (event) => {
        if (this.#handlers[name]?.call(this, event) === false) event.preventDefault();
      });
    }
  }

  // Not a static block: for browsers that do not know those the bundler would rewrite every private member.
  static #accessors = (() => {
    const define = (name, get, set) => Object.defineProperty(this.prototype, name, {
      configurable: true, enumerable: true, get, set,
    });
    for (const [attribute, property] of Object.entries(ATTRIBUTES)) {
      define(property, function get() { return this.getAttribute(attribute) ?? ''; }, function set(value) {
        if (value === null || value === undefined) this.removeAttribute(attribute);
        else this.setAttribute(attribute, Array.isArray(value) ? value.join(' ') : value);
      });
    }
    for (const name of PROPERTIES) {
      define(name, function get() { return this.#values[name]; }, function set(value) {
        this.#set(name, value);
      });
    }
    for (const name of EVENTS) {
      define(`on${name}`, function get() { return this.#handlers[name] ?? null; }, function set(value) {
        this.#handle(name, value);
      });
    }
  })();

  /** Several changes in one task are one update. */
  #changed() {
    if (this.#isScheduled || !this.isConnected) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      if (!this.isConnected) return;
      if (this.#widget) this.#widget.update(this.#options());
      else this.#begin();
    });
  }

  #online = () => {
    if (this.#hasFailed && this.isConnected) this.#start();
  };

  /** A press, or a call of the page, that waits for the module. */
  #isStarting() {
    return this.#queue.some(([name]) => name === 'start');
  }

  /** The shopper does not want the payment that the module has not even heard of. */
  #giveUp() {
    this.#queue = this.#queue.filter(([name]) => name !== 'start');
    this.#settle('resolve', {
      status: 'canceled', paymentId: null, order: this.order, provider: null, amount: null, verifiedAt: null,
    });
    this.#draw();
  }

  /** While the module is on its way: what it will show first. */
  #draw() {
    if (this.#widget || !this.isConnected) return;
    this.#preview?.show(this.#options(), this.#isStarting(), {
      start: (provider) => this.start(provider),
      check: () => this.checkNow(),
      cancel: () => this.cancel(),
    });
  }

  /** Loads the module; while it is on its way, shows what has changed. */
  #begin() { if (this.#isLoading) this.#draw(); else this.#start(); }

  async #start() {
    if (this.#isLoading || this.#widget) return;
    this.#isLoading = true;
    try {
      this.#returned = location.search || location.hash ? takeReturn(readableList(this.returnParams)) : [];
      if (this.#unfit) throw this.#unfit;
      this.#draw();
      const loaded = await loadTwice(load);
      if (!this.isConnected) return;
      this.#mount(loaded);
    } catch (cause) {
      this.#failToLoad(cause);
    } finally {
      this.#isLoading = false;
    }
  }

  /** The module did not load: the content of the slot works without it, and a button tries again. */
  #failToLoad(cause) {
    this.#hasFailed = true;
    this.#fail(loadFault(cause));
    const { notLoaded, retry } = this.#sentences();
    if (this.isConnected) this.#preview?.say(notLoaded, retry, () => this.#start());
  }

  #mount(loaded) {
    this.#hasFailed = false;
    watch(this.#panicked);
    const host = {
      emit: (name, detail, cancelable) => this.#emit(name, detail, cancelable),
      settle: (result) => this.#settle('resolve', result),
      reject: (fault) => this.#settle('reject', new PaywithError(fault)),
      keep: (release) => { this.#release = release; },
    };
    const widget = loaded.mount(this.#box, this.shadowRoot, host, this.#options());
    this.#widget = widget;
    // A press that has waited is carried out first; the preview shows it already.
    const delay = this.#queue.length > 0 ? CALL_FIRST_MS : 0;
    for (const [name, ...words] of this.#queue.splice(0)) widget[name](...words);
    setTimeout(() => this.#show(widget, loaded.style_text), delay);
  }

  /** Then it takes over the screen, unless it has gone meanwhile. */
  #show(widget, styles) {
    if (this.#widget !== widget) return;
    try {
      this.#addStyles(styles());
      const { refocus } = this.#preview.leave();
      widget.draw();
      refocus();
    } catch (cause) {
      if (this.#widget !== widget) return; // A module that has stopped has told of it.
      this.#end();
      this.#failToLoad(cause);
    }
  }

  #end() {
    unwatch(this.#panicked);
    this.#widget?.free();
    this.#widget = undefined;
    this.#preview?.clear();
  }

  /**
   * The module is unusable. One `fault` says so; then a fresh one goes on with the payment that this
   * browser knows. Should that stop, too, the shopper reads what to do.
   */
  #panicked = (cause) => {
    this.#widget = undefined;
    this.#release?.();
    queueMicrotask(() => {
      this.#end();
      this.#fail({
        code: 'panic',
        kind: 'internal',
        retryable: false,
        message: `the widget stopped (${cause}): it starts again once; no payment is lost`,
        cause,
      });
      const isSecond = Date.now() - this.#stoppedAt < TWICE_MS;
      this.#stoppedAt = Date.now();
      if (isSecond) this.#apologize();
      else if (this.isConnected) this.#start();
    });
  };

  #apologize() {
    const { sorry, reload } = this.#sentences();
    this.#preview.say(sorry, reload, () => location.reload());
  }

  #sentences() {
    return sentences(this.#nearest('lang') || globalThis.navigator?.language || 'en');
  }

  #fail(fault) {
    const told = { userMessage: '', ref: null, ...fault };
    this.#queue = [];
    this.#emit('fault', { ...told, cause: undefined }, false);
    this.#settle('reject', new PaywithError(told));
  }

  #emit(name, detail, cancelable) {
    // Another element of this document has told of this payment, and goes on from there.
    if (name === 'paid' && !firstInDocument(detail.paymentId)) return false;
    const event = new CustomEvent(name, { detail, cancelable, bubbles: true, composed: true });
    return this.dispatchEvent(event);
  }

  #settle(how, value) {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.[how](value);
  }

  /** A call meets what was set before it; before the widget is there it is queued and carried out once. */
  #do(name, ...words) {
    if (this.#widget && this.#isScheduled) this.#widget.update(this.#options());
    if (this.#widget) return this.#widget[name](...words);
    this.#queue.push([name, ...words]);
    if (this.isConnected) this.#begin();
  }

  #options() {
    const options = { ...this.#values, disabled: this.disabled, returned: this.#returned };
    for (const [attribute, property] of Object.entries(ATTRIBUTES)) {
      const value = this.getAttribute(attribute);
      if (value !== null) options[property] = value;
    }
    options.page = location.href;
    for (const name of ['returnUrl', 'successUrl']) {
      try {
        const url = options[name] || (name === 'returnUrl' ? location.href : '');
        options[name] = url && new URL(url, document.baseURI).href;
      } catch {
        options.wrongUrl ??= name;
        options[name] = name === 'returnUrl' ? location.href : '';
      }
    }
    options.lang = this.#nearest('lang') || document.documentElement.lang
      || globalThis.navigator?.language;
    options.dir = this.#nearest('dir');
    for (const name of LISTS) options[name] = readableList(options[name]);
    return options;
  }

  /** The nearest ancestor's attribute, also across shadow roots. */
  #nearest(name) {
    for (let node = this; node; node = node.parentElement ?? node.getRootNode().host) {
      const value = node.getAttribute?.(name);
      if (value) return value;
    }
    return '';
  }
};

/**
 * Registers the class for a tag, and answers the class that the tag has now: a tag that is taken
 * stays with its first owner. Without a browser nothing happens.
 */
export const register = (tag, Class) => {
  if (typeof customElements === 'undefined') return undefined;
  const known = customElements.get(tag);
  if (!known) {
    // A class stands for one tag only, so every tag has its own.
    const own = class extends Class {};
    customElements.define(tag, own);
    return own;
  }
  if (!(known.prototype instanceof Class)) {
    console.warn(`paywith: <${tag}> is registered already; the first one stays`);
  }
  return known;
};
