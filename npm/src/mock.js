/**
 * `paywith/mock`: a backend that is not there. Functions for the element that play a whole payment in the page, fault by
 * fault: for storybooks, tests of storefronts, and designers. Nothing is charged, and the badge says so.
 *
 * Nothing happens on import, and it is safe on a server.
 */
import { HOSTED_PAGES, mockBackend, sceneOf } from './mock-backend.js';
import { SCENES } from './mock-scenes.js';

export { mockBackend };

const ofEach = (read) => Object.freeze(Object.fromEntries(
  Object.entries(SCENES).map(([name, scene]) => [name, read(scene)]),
));

/** Every scenario by name, each with a sentence on what it plays. */
export const SCENARIOS = ofEach(({ about }) => about);

/** The element's `state` at the end of each scenario. */
export const END_STATES = ofEach(({ ends }) => ends);

const BADGE = {
  en: 'Mock: nothing is charged',
  id: 'Tiruan: tidak ada uang yang ditarik',
  ar: 'محاكاة: لا يُخصم أي مبلغ',
  tr: 'Örnek: para çekilmez',
};

/** How long a hosted page keeps the shopper, in seconds. */
const AWAY_S = 3;

const FUNCTIONS = ['createPayment', 'fetchPayment', 'fetchCheckout', 'cancelPayment'];

/** The language that the element speaks: the nearest ancestor's, also across shadow roots. */
const languageOf = (element) => {
  for (let node = element; node; node = node.parentElement ?? node.getRootNode().host) {
    const lang = node.getAttribute?.('lang');
    if (lang) return lang;
  }
  return globalThis.navigator?.language ?? 'en';
};

/** Says in the element's language that it is a mock, also after the language has changed. */
const keepBadge = (element) => {
  const own = element.messages;
  const say = () => {
    const badge = BADGE[languageOf(element).toLowerCase().split('-')[0]] ?? BADGE.en;
    if (element.messages?.test_mode !== badge) element.messages = { ...own, test_mode: badge };
  };
  const observer = new MutationObserver(say);
  const options = { attributeFilter: ['lang'], subtree: true };
  for (const root of new Set([element.ownerDocument, element.getRootNode()])) observer.observe(root, options);
  say();
  return () => {
    observer.disconnect();
    element.messages = own;
  };
};

/** Attributes for the time of a scenario; the page's own come back. */
const borrowAttributes = (element) => {
  const own = new Map();
  const put = (name, value) => {
    if (value === null) element.removeAttribute(name);
    else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  };
  return {
    set(name, value) {
      if (!own.has(name)) own.set(name, element.getAttribute(name));
      put(name, value);
    },
    restore(...kept) {
      for (const [name, value] of own) {
        if (kept.includes(name)) continue;
        put(name, value);
        own.delete(name);
      }
    },
  };
};

/** Plays hosted pages: the shopper is away for a moment, and comes back. */
const playHostedPages = (element, backMs, scene) => {
  let timer;
  const leave = () => {
    clearTimeout(timer);
    if (scene().away) return;
    timer = setTimeout(() => window.dispatchEvent(new Event('focus')), backMs);
  };
  const stay = (event) => {
    event.preventDefault();
    leave();
  };
  /** The link on the screen, for a shopper whom the browser did not take there. */
  const follow = (event) => {
    const link = event.composedPath().find((node) => node.localName === 'a');
    if (!link?.href.startsWith(HOSTED_PAGES)) return;
    event.preventDefault();
    leave();
  };
  element.addEventListener('redirecting', stay);
  element.addEventListener('click', follow);
  return () => {
    clearTimeout(timer);
    element.removeEventListener('redirecting', stay);
    element.removeEventListener('click', follow);
  };
};

/** Another element that has the order's payment open, out of sight. */
const openTwin = (element, backend) => {
  const twin = element.ownerDocument.createElement(element.localName);
  twin.hidden = true;
  for (const { name, value } of element.attributes) {
    if (!['id', 'class', 'slot', 'mode'].includes(name)) twin.setAttribute(name, value);
  }
  for (const name of FUNCTIONS) twin[name] = backend[name];
  // The page hears of the payment from the element alone.
  for (const type of ['redirecting', 'created', 'statuschange', 'paid', 'fault']) {
    twin.addEventListener(type, (event) => {
      event.stopPropagation();
      event.preventDefault();
    });
  }
  element.ownerDocument.body.append(twin);
  twin.start();
  return twin;
};

let mocks = 0;

/**
 * Plays payments in an element that is on the page. Returns `{ play(scenario), pay(), decline(), set(status), log, stop() }`.
 */
export const mock = (element, options = {}) => {
  const { amount = '15000', currency = 'IDR', speed = 1 } = options;
  // A document is told of each payment once: no two mocks of it may have one id.
  mocks += 1;
  const backend = mockBackend({ idPrefix: `pay_mock_${mocks}`, ...options });
  const before = FUNCTIONS.map((name) => [name, element[name]]);
  const attributes = borrowAttributes(element);
  const order = element.order || 'MOCK';
  let scene = sceneOf(options.scenario ?? 'paid');
  let plays = 0;
  let twin;

  const begin = () => {
    twin?.remove();
    attributes.restore('auto-resume', 'order', 'currency');
    for (const [name, value] of Object.entries(scene.sets ?? {})) {
      attributes.set(name, { '{amount}': amount, '{currency}': currency }[value] ?? value);
    }
    // Never the page's own order: with it, the mock's payment would stay after `stop()`.
    attributes.set('order', `${order}-mock-${plays + 1}`);
    twin = scene.twin ? openTwin(element, backend) : undefined;
  };
  const set = (status, review) => {
    backend.set(status, review);
    element.checkNow();
  };

  for (const name of FUNCTIONS) element[name] = backend[name];
  const dropBadge = keepBadge(element);
  const dropPages = playHostedPages(element, (AWAY_S * 1000) / speed, () => scene);
  if (!element.hasAttribute('auto-resume')) attributes.set('auto-resume', 'off');
  if (!element.currency) attributes.set('currency', currency);
  begin();

  return {
    log: backend.log,
    /** Another scenario, for a fresh order. */
    play(name) {
      scene = sceneOf(name);
      backend.play(name);
      plays += 1;
      begin();
    },
    set,
    pay: () => set('paid'),
    decline: () => set('failed'),
    /** The element is the page's own again. */
    stop() {
      twin?.remove();
      dropPages();
      dropBadge();
      attributes.restore();
      for (const [name, value] of before) element[name] = value;
    },
  };
};
