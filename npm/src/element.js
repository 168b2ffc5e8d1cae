/**
 * The element `<pay-with>`: JavaScript can extend HTMLElement, Rust cannot. This class hands
 * attributes and properties to the widget, and the widget's events and promises to the page. It
 * keeps no state of a payment and decides nothing about one.
 *
 * Safe to import on a server: nothing happens before `register()`.
 */
import { takeReturn } from './return.js';

/** Attribute name to property name; all of them reflect. */
const ATTRIBUTES = {
  'endpoint': 'endpoint',
  'order': 'order',
  'providers': 'providers',
  'amount': 'amount',
  'currency': 'currency',
  'mode': 'mode',
  'return-url': 'returnUrl',
  'theme': 'theme',
  'numbering': 'numbering',
  'auto-resume': 'autoResume',
};

/** JavaScript-only properties, handed to the widget as they are. */
const PROPERTIES = [
  'createPayment', 'fetchPayment', 'fetchCheckout', 'cancelPayment', 'messages', 'headers',
  'credentials', 'providerPages', 'allowedHosts', 'returnParams',
];

/** An error of the widget: `code` is stable, `userMessage` is for the shopper. */
export class PaywithError extends Error {
  constructor({ message, cause, code, kind, retryable, userMessage, ref = null }) {
    super(message, cause === undefined ? undefined : { cause });
    Object.assign(this, { name: 'PaywithError', code, kind, retryable, userMessage, ref });
  }
}

const loadFault = (cause) => ({
  code: 'load_failed',
  // An old browser has no WebAssembly at all; a strict one refuses to compile it.
  kind: typeof WebAssembly === 'undefined' || cause instanceof WebAssembly.CompileError
    ? 'blocked' : 'network',
  retryable: true,
  message: `the widget did not load: ${cause?.message ?? cause}`,
  cause,
});

/** What the element needs before the widget is there: its own box, as high as its buttons. */
const waitingStyle = (count, hasAmount) => {
  const height = count * 64 + Math.max(0, count - 1) * 12 + (hasAmount ? 41 : 0);
  return `:host{display:block}:host([hidden]){display:none}.box:empty{display:none}`
    + (count ? `:host{min-height:${height}px}` : '');
};

let bindings;

/** Loads the widget once; a failed load is tried again by the next call. */
export const loadOnce = (load) => {
  bindings ??= Promise.resolve().then(load).catch((cause) => {
    bindings = undefined;
    throw cause;
  });
  return bindings;
};

let widgetStyle;
const panicked = new Set();

/** A module that stops twice within this time does not start again by itself. */
const TWICE_MS = 60_000;

/** What is said when the widget cannot speak any more; its words live in the module. */
const SORRY = {
  en: ['Something went wrong here. If you have paid, your payment is safe: do not pay twice.', 'Reload the page'],
  id: ['Ada yang salah di sini. Jika sudah membayar, pembayaran Anda aman: jangan bayar dua kali.', 'Muat ulang halaman'],
  ar: ['حدث خطأ ما هنا. إذا كنت قد دفعت فدفعتك محفوظة: لا تدفع مرتين.', 'إعادة تحميل الصفحة'],
  tr: ['Burada bir sorun oluştu. Ödediyseniz ödemeniz güvende: iki kez ödemeyin.', 'Sayfayı yeniden yükle'],
};

/** A server has no elements; the class is there all the same, for `instanceof` and for types. */
const Base = globalThis.HTMLElement ?? class {};

/** The element's class. `load` answers the widget's bindings: a promise of the module's exports. */
export const makeElement = (load) => class PayWithElement extends Base {
  static observedAttributes = [...Object.keys(ATTRIBUTES), 'disabled', 'lang', 'dir'];

  #widget;
  #box;
  #waitingSheet = new CSSStyleSheet();
  #values = {};
  #pending;
  #isScheduled = false;
  #isLoading = false;
  #queue = [];
  #observer;
  #returned = [];
  #stoppedAt = -Infinity;
  /** Gives up the lock that says which tab asks, for a module that cannot do so any more. */
  #release;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    this.#box = document.createElement('div');
    this.#box.className = 'box';
    root.append(this.#box, document.createElement('slot'));
    root.adoptedStyleSheets = [this.#waitingSheet];
    // A button in the slot, pressed before the widget is there; a link goes its own way.
    this.addEventListener('click', ({ target }) => {
      const button = target.closest('button');
      if (button && !this.#widget) this.start(button.value);
    });
  }

  connectedCallback() {
    for (const name of [...Object.values(ATTRIBUTES), 'disabled', ...PROPERTIES]) {
      // A value that was set before the class was there shadows the accessor: hand it over.
      if (Object.hasOwn(this, name)) {
        const value = this[name];
        delete this[name];
        this[name] = value;
      }
    }
    this.#reserve();
    if (!this.#observer) {
      this.#observer = new MutationObserver(() => this.#changed());
      this.#observer.observe(document.documentElement, { attributeFilter: ['lang', 'dir'] });
    }
    if (!this.#widget) this.#start();
  }

  disconnectedCallback() {
    // A move within the document disconnects and connects in one task: only what is still away
    // afterwards has gone.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#observer?.disconnect();
      this.#observer = undefined;
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
      // Whoever ignores the promise still gets the events; no unhandled rejection for that.
      this.#pending.promise.catch(() => {});
    }
    const { promise } = this.#pending;
    this.#do((widget) => widget.start(provider));
    return promise;
  }

  checkNow() { this.#do((widget) => widget.checkNow()); }
  renew() { this.#do((widget) => widget.renew()); }
  cancel() { this.#do((widget) => widget.cancel()); }
  reset() { this.#do((widget) => widget.reset()); }
  resume() { this.#do((widget) => widget.resume()); }
  /** Closes a dialog; inline there is none, and the payment goes on. */
  close() {}
  hasReturned() { return this.#widget?.hasReturned() ?? this.#returned.length > 0; }

  get payment() { return this.#widget?.payment() ?? null; }
  get state() { return this.#widget?.state() ?? 'unopened'; }

  get disabled() { return this.hasAttribute('disabled'); }
  set disabled(value) { this.toggleAttribute('disabled', Boolean(value)); }

  #get(name) { return this.#values[name]; }

  #set(name, value) {
    this.#values[name] = value;
    this.#changed();
  }

  static {
    for (const [attribute, property] of Object.entries(ATTRIBUTES)) {
      Object.defineProperty(this.prototype, property, {
        configurable: true,
        enumerable: true,
        get() { return this.getAttribute(attribute) ?? ''; },
        set(value) {
          if (value === null || value === undefined) this.removeAttribute(attribute);
          else this.setAttribute(attribute, Array.isArray(value) ? value.join(' ') : value);
        },
      });
    }
    for (const name of PROPERTIES) {
      Object.defineProperty(this.prototype, name, {
        configurable: true,
        enumerable: true,
        get() { return this.#get(name); },
        set(value) { this.#set(name, value); },
      });
    }
  }

  /** Several changes in one task are one update. */
  #changed() {
    if (this.#isScheduled || !this.isConnected) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      if (!this.isConnected) return;
      this.#reserve();
      if (this.#widget) this.#widget.update(this.#options());
      else this.#start();
    });
  }

  #reserve() {
    const count = this.providers.split(/\s+/).filter(Boolean).length;
    this.#waitingSheet.replaceSync(waitingStyle(count, Boolean(this.amount && this.currency)));
  }

  async #start() {
    if (this.#isLoading || this.#widget) return;
    this.#isLoading = true;
    this.#returned = takeReturn(this.returnParams);
    try {
      const loaded = await loadOnce(load);
      if (!this.isConnected) return;
      this.#mount(loaded);
    } catch (cause) {
      // The fallback in the slot stays and works.
      this.#fail(loadFault(cause));
    } finally {
      this.#isLoading = false;
    }
  }

  #mount(loaded) {
    if (!widgetStyle) {
      widgetStyle = new CSSStyleSheet();
      widgetStyle.replaceSync(loaded.style_text());
      loaded.on_panic(() => {
        bindings = undefined;
        panicked.forEach((report) => report());
      });
    }
    const root = this.shadowRoot;
    root.adoptedStyleSheets = [widgetStyle, this.#waitingSheet];
    root.querySelector('slot')?.remove();
    panicked.add(this.#panicked);
    const host = {
      emit: (name, detail, cancelable) => this.#emit(name, detail, cancelable),
      settle: (result) => this.#settle('resolve', result),
      reject: (fault) => this.#settle('reject', new PaywithError(fault)),
      keep: (release) => { this.#release = release; },
    };
    this.#widget = loaded.mount(this.#box, root, host, this.#options());
    for (const call of this.#queue.splice(0)) call(this.#widget);
  }

  #end() {
    panicked.delete(this.#panicked);
    this.#widget?.free();
    this.#widget = undefined;
    this.#box.replaceChildren();
    if (!this.shadowRoot.querySelector('slot')) {
      this.shadowRoot.append(document.createElement('slot'));
    }
  }

  /**
   * The module is unusable. One `fault` says so; then a fresh one goes on with the payment that this
   * browser knows. Should that stop, too, the shopper reads what to do.
   */
  #panicked = () => {
    this.#widget = undefined;
    this.#release?.();
    queueMicrotask(() => {
      this.#end();
      this.#fail({
        code: 'panic',
        kind: 'internal',
        retryable: false,
        message: 'the widget stopped: it starts again once; no payment is lost',
      });
      const isSecond = performance.now() - this.#stoppedAt < TWICE_MS;
      this.#stoppedAt = performance.now();
      if (isSecond) this.#apologize();
      else if (this.isConnected) this.#start();
    });
  };

  #apologize() {
    const lang = (this.#nearest('lang') || navigator.language).slice(0, 2);
    const [words, label] = SORRY[lang] ?? SORRY.en;
    const text = Object.assign(document.createElement('p'), { className: 'notice warning', textContent: words });
    text.setAttribute('role', 'alert');
    const button = Object.assign(document.createElement('button'), {
      type: 'button', className: 'button main', textContent: label,
    });
    button.setAttribute('part', 'button');
    button.addEventListener('click', () => location.reload());
    const frame = Object.assign(document.createElement('div'), { className: 'frame' });
    frame.append(text, button);
    this.#box.replaceChildren(frame);
  }

  #fail(fault) {
    const told = { userMessage: '', ref: null, ...fault };
    this.#queue = [];
    this.#emit('fault', { ...told, cause: undefined }, false);
    this.#settle('reject', new PaywithError(told));
  }

  #emit(name, detail, cancelable) {
    const event = new CustomEvent(name, { detail, cancelable, bubbles: true, composed: true });
    return this.dispatchEvent(event);
  }

  #settle(how, value) {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.[how](value);
  }

  /** A call before the widget is there is kept and carried out once. */
  #do(call) {
    if (this.#widget) return call(this.#widget);
    this.#queue.push(call);
    if (this.isConnected) this.#start();
  }

  #options() {
    const options = { ...this.#values, disabled: this.disabled, returned: this.#returned };
    for (const [attribute, property] of Object.entries(ATTRIBUTES)) {
      const value = this.getAttribute(attribute);
      if (value !== null) options[property] = value;
    }
    options.returnUrl = new URL(options.returnUrl || location.href, location.href).href;
    options.lang = this.#nearest('lang') || document.documentElement.lang || navigator.language;
    options.dir = this.#nearest('dir');
    if (options.headers instanceof Headers) options.headers = [...options.headers];
    return options;
  }

  /** The nearest ancestor's attribute, also across shadow roots. */
  #nearest(name) {
    for (let node = this; node; node = node.parentElement ?? node.getRootNode().host) {
      const value = node.getAttribute(name);
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
