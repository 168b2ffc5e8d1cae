// The cart: lines of product and quantity, all in one currency, because one payment takes one.
// It knows no page and no prices but those of the products it is given.

import { sum, times } from './money.js';
import { browser } from './store.js';

const KEY = 'kafila:cart';
/** The server's own limit for one line. */
export const MOST = 20;

/** @type {Map<string, number>} product id to quantity */
const lines = new Map();
/** @type {Map<string, import('./catalog.js').Product>} */
let known = new Map();

/** Takes the products in and brings back what the browser remembers of the cart. */
export function stock(products) {
  known = new Map(products.map((product) => [product.id, product]));
  lines.clear();
  const kept = browser.read(KEY);
  for (const line of Array.isArray(kept) ? kept : []) {
    const product = known.get(line?.id);
    if (product && fits(product)) put(line.id, line.quantity);
  }
}

/** Whether this product can go into the cart as it is. */
export function fits(product) {
  const current = currency();
  return current === null || current === product.currency;
}

/** Sets a line's quantity; nothing or less takes it out, more than the limit is the limit. */
export function put(id, quantity) {
  const count = Number.isInteger(quantity) ? Math.min(quantity, MOST) : 0;
  if (count > 0) lines.set(id, count);
  else lines.delete(id);
  save();
}

/** One more of that product. */
export function add(id) {
  put(id, quantityOf(id) + 1);
}

export function empty() {
  lines.clear();
  save();
}

/** Empties the cart when it holds exactly these items, also before the products are known. */
export function emptyOf(ordered) {
  const held = lines.size > 0 ? items() : browser.read(KEY);
  if (JSON.stringify(held) === JSON.stringify(ordered)) empty();
}

export function quantityOf(id) {
  return lines.get(id) ?? 0;
}

/** @returns {{ product: import('./catalog.js').Product, quantity: number, total: string }[]} */
export function content() {
  return [...lines].map(([id, quantity]) => {
    const product = known.get(id);
    return { product, quantity, total: times(product.price, quantity) };
  });
}

/** The lines as the server wants them. */
export function items() {
  return [...lines].map(([id, quantity]) => ({ id, quantity }));
}

/** The cart's currency, or `null` when it is empty. */
export function currency() {
  const first = lines.keys().next().value;
  return first === undefined ? null : known.get(first).currency;
}

/** What the lines come to. The amount that is paid comes from the server. */
export function total() {
  return sum(content().map((line) => line.total));
}

/** The providers that suit what is in the cart. */
export function providers() {
  const lists = content().map((line) => line.product.providers);
  return (lists[0] ?? []).filter((id) => lists.every((list) => list.includes(id)));
}

function save() {
  browser.write(KEY, items());
}
