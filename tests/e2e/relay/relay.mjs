// A relaying backend: it hands the provider's own answers to the browser, unchanged. No storage.
// What it keeps to itself: the keys, the prices, and whose order this is.
const { SANDBOX } = process.env;
const PRICES = { 'R-IDR': [15000, 'IDR'], 'R-EGP': ['165.50', 'EGP'], 'R-SYP': [10098, 'SYP'], 'R-YER': [2000, 'YER'] };
const call = async (url, headers, body) => {
  const sent = await fetch(SANDBOX + url, { method: body ? 'POST' : 'GET', headers: { 'content-type': 'application/json', ...headers }, body: body && JSON.stringify(body) });
  return { status: sent.status, text: await sent.text() };
};
const cashii = { authorization: 'Bearer cashii-test-key' }, cashi = { 'x-api-key': 'CASHI-TEST-KEY' };
const kashier = { authorization: 'kashier$test$secret-key', 'api-key': 'kashier-test-api-key' };
const cashpay = async () => ({ authorization: `Bearer ${JSON.parse((await call('/cashpay/auth/token', {}, { client_id: 'cashpay-test-client', client_secret: 'cashpay-test-secret' })).text).access_token}` });

export const create = async ({ order, provider, return_url }, key) => {
  const [amount, currency] = PRICES[order];
  const reference = `${order}-${key.replaceAll('-', '').slice(0, 20)}`;
  if (provider === 'cashii') return call('/cashii/api/v1/remote-payments', cashii, { amount, currency, note: order, metadata: { orderId: order } });
  if (provider === 'cashpay') return call('/cashpay/charges', await cashpay(), { amount, currency, description: order, redirect_url: return_url });
  if (provider === 'kashier') return call('/kashier/v3/payment/sessions', kashier, { merchantId: 'MID-0-1', order: reference, amount, currency, merchantRedirect: return_url, customer: { reference: order, email: 'guest@example.com' } });
  return call('/cashi/api/create-order', cashi, { amount, order_id: reference });
};

export const status = async (id, provider) => {
  const path = encodeURIComponent(id);
  if (provider === 'cashii') return call(`/cashii/api/v1/remote-payments/${path}`, cashii);
  if (provider === 'cashpay') return call(`/cashpay/charges/${path}`, await cashpay());
  if (provider === 'kashier') return call(`/kashier/v3/payment/sessions/${path}/payment`, kashier);
  return call(`/cashi/api/check-status/${path}`, cashi);
};
