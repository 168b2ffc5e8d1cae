// A relaying backend: it hands the provider's own answers to the browser, unchanged. No storage.
// What it keeps to itself: the keys, the prices, and whose order this is.
const PRICES = { 'R-IDR': [15000, 'IDR'], 'R-EGP': ['165.50', 'EGP'], 'R-SYP': [10098, 'SYP'], 'R-YER': [2000, 'YER'] };
const call = async (path, headers, body) => {
  const sent = await fetch(process.env.SANDBOX + path, { method: body ? 'POST' : 'GET', headers: { 'content-type': 'application/json', ...headers }, body: body && JSON.stringify(body) });
  return { status: sent.status, text: await sent.text() };
};
const token = async () => JSON.parse((await call('/cashpay/auth/token', {}, { client_id: 'cashpay-test-client', client_secret: 'cashpay-test-secret' })).text).access_token;
const PROVIDERS = {
  cashii: [() => ({ authorization: 'Bearer cashii-test-key' }), '/cashii/api/v1/remote-payments', ({ order, amount, currency }) => ({ amount, currency, note: order, metadata: { orderId: order } }), (id) => `/cashii/api/v1/remote-payments/${id}`],
  cashpay: [async () => ({ authorization: `Bearer ${await token()}` }), '/cashpay/charges', ({ order, amount, currency, return_url }) => ({ amount, currency, description: order, redirect_url: return_url }), (id) => `/cashpay/charges/${id}`],
  kashier: [() => ({ authorization: 'kashier$test$secret-key', 'api-key': 'kashier-test-api-key' }), '/kashier/v3/payment/sessions', ({ order, name, amount, currency, return_url }) => ({ merchantId: 'MID-0-1', order: name, amount, currency, merchantRedirect: return_url, customer: { reference: order, email: 'guest@example.com' } }), (id) => `/kashier/v3/payment/sessions/${id}/payment`],
  cashi: [() => ({ 'x-api-key': 'CASHI-TEST-KEY' }), '/cashi/api/create-order', ({ name, amount }) => ({ amount, order_id: name }), (id) => `/cashi/api/check-status/${id}`],
};
export const create = async ({ order, provider, return_url }, key, [keys, path, body] = PROVIDERS[provider]) => call(path, await keys(), body({ order, return_url, name: `${order}-${key.replaceAll('-', '').slice(0, 20)}`, amount: PRICES[order][0], currency: PRICES[order][1] }));
export const status = async (id, provider, [keys, , , path] = PROVIDERS[provider]) => call(path(encodeURIComponent(id)), await keys());
