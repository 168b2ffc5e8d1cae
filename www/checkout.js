// The checkout view: the order's summary, the payment element, and what a developer wants to see
// of both. The element is made once per order token and then only told of changes, so that a
// running payment never meets a second element.

import * as mocks from '/npm/mock.js';
import { bench, codeOf } from './bench.js';
import { byId, make } from './dom.js';
import * as log from './log.js';
import { theme } from './settings.js';
import { amount, providerName } from './shelf.js';
import { thank } from './thanks.js';
import { times } from './money.js';
import { language, nameOf, word } from './words.js';

const SANDBOX = 'http://127.0.0.1:8091';
/** Attributes a test may set: name in the page's address, name at the element. A bare `mode` in
 *  the address is Kashier's. */
const FROM_ADDRESS = { 'pay-mode': 'mode', 'pay-numbering': 'numbering', 'pay-auto-resume': 'auto-resume' };
/** The page's own switches in the address; they stay from view to view. */
export const SWITCHES = ['providers', 'lang', 'theme', ...Object.keys(FROM_ADDRESS)];

/** @type {import('./orders.js').Order | null} */
let shown = null;
let element = null;
/** What developers play with; made with the first element. */
let tools = null;

/** `?providers=cashi,kashier` offers these instead of what suits the order. */
function providersOf(order) {
  const asked = new URLSearchParams(location.search).get('providers');
  return asked ? asked.split(/[\s,]+/).filter(Boolean) : order.providers;
}

/**
 * Shows an order. The same order again keeps the element that is there.
 * @param {import('./orders.js').Order} order
 * @param {import('./catalog.js').Product[]} products for the names in the summary
 * @param {() => void} onPaid told of every `paid`; shipping is not decided by it
 */
export function show(order, products, onPaid) {
  let isFresh = false;
  if (shown?.order !== order.order) {
    element = payWith(order, onPaid);
    byId('pay-place').replaceChildren(element);
    byId('thanks').hidden = true;
    isFresh = true;
  }
  shown = order;
  draw(products);
  if (isFresh) playWith(order, onPaid, products);
}

/** The bench around this order's element; its scenarios play in fresh ones. */
function playWith(order, onPaid, products) {
  byId('no-bench').hidden = true;
  if (tools) tools.forget();
  const renew = () => {
    element = payWith(order, onPaid);
    byId('pay-place').replaceChildren(element);
    byId('thanks').hidden = true;
    draw(products);
    return element;
  };
  tools = bench({
    place: byId('bench'), stage: byId('pay-place'), renew, mocks, word, hasBackend: true, hasTheme: true,
    onChange: () => {
      drawPhoneNote();
      drawDeveloper();
    },
  });
  tools.adopt(element);
}

/** Takes the element off the page; the payment itself is not touched. */
export function leave() {
  tools?.forget();
  byId('pay-place').replaceChildren();
  shown = null;
  element = null;
}

/** Draws everything but the element anew, and tells the element language and theme. */
export function draw(products) {
  if (!shown) return;
  element.setAttribute('lang', language());
  element.setAttribute('theme', theme());
  element.querySelector('a').textContent = word('pay_link', { order: shown.order_id });
  drawSummary(products);
  drawPhoneNote();
  drawDeveloper();
}

function payWith(order, onPaid) {
  const made = make('pay-with', {
    endpoint: '/api', order: order.order, amount: order.amount, currency: order.currency,
    providers: providersOf(order).join(' ') || null, lang: language(), theme: theme(),
  }, make('a', { href: `/pay/${order.order}` }));
  const address = new URLSearchParams(location.search);
  for (const [parameter, attribute] of Object.entries(FROM_ADDRESS)) {
    if (address.has(parameter)) made.setAttribute(attribute, address.get(parameter));
  }
  made.addEventListener('paid', () => {
    // What a scenario plays is no payment of this order.
    if (tools?.isMock()) return;
    onPaid();
    thank(order.order_id);
  });
  log.watch(made);
  return made;
}

function drawSummary(products) {
  const lines = shown.items.map(({ id, quantity }) => {
    const product = products.find((candidate) => candidate.id === id);
    return make('li', {},
      make('span', {}, `${quantity} × ${product ? nameOf(product) : id}`),
      product && amount(times(product.price, quantity), product.currency));
  });
  byId('summary').replaceChildren(
    make('h2', {}, word('summary')),
    make('p', { class: 'hint' }, `${word('order_number')} `, make('bdi', {}, shown.order_id)),
    make('ul', { class: 'lines plain' }, ...lines),
    make('p', { class: 'row total' }, make('span', {}, word('total')),
      amount(shown.amount, shown.currency)));
}

function drawPhoneNote() {
  const note = byId('phone-note');
  // The sandbox has no payment that a scenario plays.
  note.hidden = !providersOf(shown).includes('cashi') || Boolean(tools?.isMock());
  note.replaceChildren(`${word('phone_note')} `, outside('/phone', 'phone'));
}

function drawDeveloper() {
  byId('snippet').textContent = snippet();
  byId('sandbox-links').replaceChildren(...[
    ['/', 'sandbox_start'], ['/phone', 'sandbox_phone'],
    ['/control/orders', 'sandbox_ledger'], ['/control/faults', 'sandbox_faults'],
  ].map(([path, key]) => make('li', {}, outside(path, key))));
}

function outside(path, key) {
  return make('a', { href: SANDBOX + path, target: '_blank', rel: 'noopener' }, word(key));
}

/** The script line with its hash, as `cargo xtask dist` printed it; without one where that build
 *  is not there. */
let scriptLine = '<script type="module" src="/paywith.js"></script>';

/** Looks for that line; once per page. */
export async function findScriptLine() {
  const answer = await fetch('/README.txt').catch(() => null);
  const text = answer?.ok ? await answer.text() : '';
  const line = text.split('\n').find((one) => one.startsWith('<script') && one.includes('"/paywith.js"'));
  if (!line) return;
  scriptLine = line;
  if (shown) drawDeveloper();
}

/** What a shop writes into its own page to get what stands here. */
function snippet() {
  const names = providersOf(shown);
  const page = {
    script: `${scriptLine}\n<!-- ${names.map(providerName).join(', ')} -->`,
    attributes: {
      endpoint: '/api', order: shown.order, amount: shown.amount, currency: shown.currency,
      providers: names.join(' '), lang: language(), theme: theme() === 'auto' ? null : theme(),
    },
    content: `<a href="/pay/${shown.order}">${word('pay_link', { order: shown.order_id })}</a>`,
  };
  return codeOf(page, tools?.chosen ?? {});
}

/** Gives the copy button its work; once per page. */
export function copyable() {
  const button = byId('copy-snippet');
  button.addEventListener('click', async () => {
    const copied = await navigator.clipboard?.writeText(byId('snippet').textContent)
      .then(() => true, () => false);
    button.textContent = word(copied ? 'copied' : 'copy_failed');
    setTimeout(() => { button.textContent = word('copy'); }, 2500);
  });
}
