// The demo routes of the merchant backend: what the shop sells, orders, and what the server
// knows of an order. The only file that knows their JSON; it knows nothing of the page.

/** What went wrong, by remedy: nobody answered, or the server said no (with its own words). */
export class ShopError extends Error {
  /**
   * @param {'network' | 'refused'} kind
   * @param {string} message
   */
  constructor(kind, message) {
    super(message);
    this.name = 'ShopError';
    this.kind = kind;
  }
}

async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, {
      cache: 'no-store', signal: AbortSignal.timeout(15_000), ...options,
    });
  } catch (cause) {
    throw new ShopError('network', String(cause));
  }
  // A proxy without a backend answers with a page or with nothing; that is no refusal.
  const body = await answer.json().catch(() => null);
  if (answer.ok && body) return body;
  if (body && answer.status >= 400 && answer.status < 500) {
    throw new ShopError('refused', body.detail ?? body.title ?? `HTTP ${answer.status}`);
  }
  throw new ShopError('network', `HTTP ${answer.status}`);
}

/**
 * @typedef {{ id: string, name: Record<string, string>, price: string, currency: string,
 *   providers: string[] }} Product
 * @returns {Promise<Product[]>}
 */
export async function products() {
  const body = await ask('/api/demo/products');
  return body.products;
}

/**
 * @param {{ id: string, quantity: number }[]} items
 * @returns {Promise<{ order: string, order_id: string, amount: string, currency: string,
 *   description?: string }>} `order` is the signed token, handed on byte for byte
 */
export function placeOrder(items) {
  return ask('/api/demo/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ items }),
  });
}

/**
 * The server's own view of an order.
 * @returns {Promise<{ order_id: string, paid: boolean, payments: object[] }>}
 */
export function serverView(orderId) {
  return ask(`/api/demo/orders/${encodeURIComponent(orderId)}`);
}
