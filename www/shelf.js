// The shop view: products and cart. It draws what the cart says and asks kindly before a cart in
// another currency is begun. Orders are none of its business; it calls `onCheckout`.

import * as cart from './cart.js';
import { byId, make } from './dom.js';
import { show as money } from './money.js';
import { language, nameOf, word } from './words.js';

const PICTURES = { IDR: 'coffee', EGP: 'scarf', SYP: 'soap', YER: 'honey' };
const PROVIDERS = { cashii: 'Cashii', cashpay: 'CashPay', kashier: 'Kashier', cashi: 'Cashi' };

/** @type {import('./catalog.js').Product[]} */
let products = [];
let checkout = () => {};

/** A provider's name as shoppers know it. */
export function providerName(id) {
  return PROVIDERS[id] ?? id;
}

/** An amount in the language that is on, kept in one piece between right-to-left words. */
export function amount(value, currency) {
  return make('bdi', { class: 'amount' }, money(value, currency, language()));
}

/**
 * @param {import('./catalog.js').Product[]} list
 * @param {() => Promise<void>} onCheckout
 */
export function stock(list, onCheckout) {
  products = list;
  checkout = onCheckout;
  cart.stock(list);
  byId('products').setAttribute('aria-busy', 'false');
  draw();
}

/** Draws both sides anew, in the language that is on. */
export function draw() {
  byId('products').replaceChildren(...products.map(card));
  drawCart();
}

function card(product) {
  const name = nameOf(product);
  const providers = product.providers.map(providerName).join(', ');
  const picture = PICTURES[product.currency];
  return make('li', { class: 'card product', 'data-product': product.id },
    picture && make('img', { src: `/www/pictures/${picture}.svg`, alt: '', width: 320, height: 220 }),
    make('div', { class: 'product-text' },
      make('h2', {}, name),
      make('p', {}, word(`about_${product.currency}`)),
      make('p', { class: 'hint' }, word('paid_with', { providers })),
      make('div', { class: 'row buy' },
        amount(product.price, product.currency),
        make('button', { type: 'button', class: 'first', 'aria-label': `${word('add')}: ${name}`,
          onclick: () => wish(product) }, word('add')))));
}

function wish(product) {
  if (cart.fits(product)) take(product);
  else askForNewCart(product);
}

function take(product) {
  cart.add(product.id);
  drawCart();
  byId('cart-news').textContent = word('added', { name: nameOf(product) });
}

function askForNewCart(product) {
  const dialog = byId('currency-dialog');
  byId('currency-text').textContent = word('other_currency_text',
    { name: nameOf(product), next: product.currency, now: cart.currency() });
  byId('keep-cart').onclick = () => dialog.close();
  byId('new-cart').onclick = () => {
    dialog.close();
    cart.empty();
    take(product);
  };
  dialog.showModal();
}

function drawCart() {
  const body = byId('cart-body');
  const lines = cart.content();
  drawBar(lines);
  if (lines.length === 0) {
    body.replaceChildren(make('p', { class: 'hint' }, word('cart_empty')));
    return;
  }
  body.replaceChildren(
    make('ul', { class: 'lines' }, ...lines.map(line)),
    make('p', { class: 'row total' }, make('span', {}, word('total')),
      amount(cart.total(), cart.currency())),
    make('button', { type: 'button', id: 'to-checkout', class: 'first wide', onclick: place },
      word('to_checkout')),
    make('p', { id: 'order-trouble', class: 'notice', role: 'alert', hidden: true }));
}

/** On a phone the cart lies below the shelves: this bar says that something is in it. */
function drawBar(lines) {
  const bar = byId('cart-bar');
  bar.hidden = lines.length === 0;
  if (bar.hidden) return;
  const count = lines.reduce((whole, { quantity }) => whole + quantity, 0);
  bar.replaceChildren(
    make('span', {}, word('cart'), make('span', { class: 'count' }, String(count))),
    amount(cart.total(), cart.currency()));
}

function line({ product, quantity, total }) {
  const name = nameOf(product);
  const step = (sign, key, count, full) => make('button', { type: 'button', class: 'step',
    'data-step': key, 'aria-label': word(count === 0 ? 'remove' : key, { name }), disabled: full,
    onclick: () => change(product.id, key, count) }, sign);
  return make('li', { 'data-line': product.id },
    make('span', { class: 'line-name' }, name),
    make('span', { class: 'steps', role: 'group', 'aria-label': word('quantity', { name }) },
      step('−', 'less', quantity - 1, false),
      make('output', {}, String(quantity)),
      step('+', 'more', quantity + 1, quantity >= cart.MOST)),
    amount(total, product.currency));
}

// The buttons are drawn anew, so the keyboard's place is given back by hand.
function change(id, key, count) {
  cart.put(id, count);
  drawCart();
  const steps = byId('cart-body').querySelector(`[data-line="${CSS.escape(id)}"]`);
  const next = steps?.querySelector(`[data-step="${key}"]:not(:disabled)`)
    ?? steps?.querySelector('.step') ?? byId('cart-body').querySelector('.step');
  next?.focus();
}

async function place() {
  const button = byId('to-checkout');
  const trouble = byId('order-trouble');
  button.disabled = true;
  button.textContent = word('placing');
  trouble.hidden = true;
  try {
    await checkout();
  } catch (error) {
    trouble.textContent = error.kind === 'refused'
      ? word('order_refused', { reason: error.message }) : word('order_failed');
    trouble.hidden = false;
  } finally {
    button.disabled = false;
    button.textContent = word('to_checkout');
  }
}
