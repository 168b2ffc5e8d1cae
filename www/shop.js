// Start here. Ties the parts together and decides which view is on: the shop, or the checkout of
// the order that the address names. `?order=<order id>` survives reloads and the way to a hosted
// page and back; the widget's own parameters in the address are left to the widget.

import * as cart from './cart.js';
import * as catalog from './catalog.js';
import * as checkout from './checkout.js';
import { byId, make } from './dom.js';
import * as log from './log.js';
import * as orders from './orders.js';
import { settle } from './settings.js';
import * as shelf from './shelf.js';
import * as thanks from './thanks.js';
import { startWidget } from './widget.js';
import { word } from './words.js';

/** @type {catalog.Product[]} */
let products = [];
/** Whether the shelves could not be reached, so that the message follows the language. */
let outOfReach = false;

/** The order id in the address: `?order=…`, or the path of the element's plain link. */
function orderInAddress() {
  const plain = /^\/pay\/([^/]+)$/.exec(location.pathname);
  const named = new URLSearchParams(location.search).get('order');
  if (named) return named;
  try {
    return plain ? decodeURIComponent(plain[1]) : null;
  } catch {
    return null;
  }
}

/** Our address with that order, or with none; the switches for tests stay. */
function addressFor(orderId) {
  const next = new URL('/', location.origin);
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (checkout.SWITCHES.includes(name)) next.searchParams.set(name, value);
  }
  if (orderId) next.searchParams.set('order', orderId);
  return next;
}

function go(orderId) {
  history.pushState(null, '', addressFor(orderId));
  route();
  byId(orderId ? 'checkout-title' : 'main').focus({ preventScroll: true });
  scrollTo(0, 0);
}

/** Draws the view that the address asks for. */
function route() {
  const orderId = orderInAddress();
  byId('shop').hidden = orderId !== null;
  byId('checkout').hidden = orderId === null;
  if (orderId === null) {
    checkout.leave();
    thanks.leave();
    shelf.draw();
    return;
  }
  const order = orders.find(orderId);
  document.documentElement.classList.toggle('without-token', !order);
  if (order) {
    checkout.show(order, products, () => settled(orderId));
  } else {
    checkout.leave();
    thanks.lost(orderId);
  }
}

/** The element says paid: what was ordered leaves the cart, once. */
function settled(orderId) {
  const order = orders.find(orderId);
  if (!order || order.thanked) return;
  orders.keep({ ...order, thanked: true });
  cart.emptyOf(order.items);
}

/** The same cart soon again is the same order: one order, one token. */
async function placeOrder() {
  const items = cart.items();
  const providers = cart.providers();
  let order = orders.openFor(items, Date.now());
  if (!order) {
    const placed = await catalog.placeOrder(items);
    order = { ...placed, providers, items, placed_ms: Date.now(), thanked: false };
  }
  orders.keep(order);
  go(order.order_id);
}

async function fillShelves() {
  const trouble = byId('products-trouble');
  trouble.hidden = true;
  byId('products').replaceChildren(make('li', { class: 'hint' }, word('loading')));
  try {
    products = await catalog.products();
    outOfReach = false;
    shelf.stock(products, placeOrder);
    checkout.draw(products);
  } catch {
    outOfReach = true;
    drawTrouble();
  }
}

function drawTrouble() {
  byId('products').replaceChildren();
  const trouble = byId('products-trouble');
  trouble.hidden = false;
  trouble.replaceChildren(make('p', {}, word('products_failed')),
    make('button', { type: 'button', onclick: fillShelves }, word('retry')));
}

function drawAll() {
  shelf.draw();
  if (outOfReach) drawTrouble();
  checkout.draw(products);
  thanks.draw();
}

// Links inside the shop change the view without a new page, as long as nobody wants a new tab.
function stayOnPage(event) {
  const link = event.target instanceof Element ? event.target.closest('a[href="/"]') : null;
  if (!link || event.defaultPrevented || event.button !== 0
    || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(null);
}

settle(drawAll);
log.openable();
checkout.copyable();
checkout.findScriptLine();
document.addEventListener('click', stayOnPage);
addEventListener('popstate', route);
route();
fillShelves();
startWidget((error) => log.note('fault', { code: 'element_not_loaded', message: String(error) }));
