// The orders this browser has placed, by order id, with their tokens. A token is kept and shown
// byte for byte as the server signed it: the widget recognises a payment by it. The tab's copy
// serves the way back from a hosted page, the browser's copy a return in another tab.

import { browser, tab } from './store.js';

const KEY = 'kafila:orders';
const KEPT = 10;
/** A token lives for a while only; an unpaid order older than this is placed anew. */
const REUSED_FOR_MS = 20 * 60 * 1000;

/**
 * @typedef {{ order: string, order_id: string, amount: string, currency: string,
 *   description?: string, providers: string[], items: { id: string, quantity: number }[],
 *   placed_ms: number, thanked: boolean }} Order
 */

/** @returns {Order[]} newest first */
function all() {
  const kept = tab.read(KEY) ?? browser.read(KEY);
  const elsewhere = browser.read(KEY);
  const orders = [...(Array.isArray(kept) ? kept : []), ...(Array.isArray(elsewhere) ? elsewhere : [])]
    .filter((order) => typeof order?.order === 'string' && typeof order.order_id === 'string');
  const seen = new Set();
  return orders.filter((order) => !seen.has(order.order_id) && seen.add(order.order_id));
}

/** Puts an order first; the same id replaces its older record. */
export function keep(order) {
  const orders = [order, ...all().filter((other) => other.order_id !== order.order_id)].slice(0, KEPT);
  tab.write(KEY, orders);
  browser.write(KEY, orders);
}

/** @returns {Order | undefined} */
export function find(orderId) {
  return all().find((order) => order.order_id === orderId);
}

/** The unpaid order that was placed for exactly these items a short while ago. */
export function openFor(items, nowMs) {
  const wanted = JSON.stringify(items);
  return all().find((order) => !order.thanked
    && nowMs - order.placed_ms < REUSED_FOR_MS
    && JSON.stringify(order.items) === wanted);
}
