// Cashi for <pay-with>, in Node with Express. Try it: CASHI_KEY=… node relay.mjs
import express from 'express';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
const prices = new Map([['INV-9921', 15000]]); // the price is the server's, never the browser's
const { CASHI_URL = 'https://cashi.id', CASHI_KEY, CASHI_WEBHOOK_SECRET: secret, PORT = 8090 } = process.env;
const cashi = (path, body) => fetch(CASHI_URL + path, { method: body ? 'POST' : 'GET', body: body && JSON.stringify(body),
  headers: { 'content-type': 'application/json', 'x-api-key': CASHI_KEY }, signal: AbortSignal.timeout(20_000) })
  .then(async (answer) => [answer.status, await answer.text()]);
const read = (text) => { try { return JSON.parse(text) ?? {}; } catch { return {}; } };
const answer = (response, [status, text]) => response.status(status).set('cache-control', 'no-store').type('json').send(text), refuse = (status, code) => [status, JSON.stringify({ code })];
const check = async (id, order) => { // asks Cashi, and records what Cashi says is paid
  if (!prices.has(order) || id.slice(0, -20) !== `${order}-`) return refuse(404, 'not_found');
  const [status, text] = await cashi(`/api/check-status/${encodeURIComponent(id)}`), told = read(text);
  const added = told.amount - prices.get(order), isPaid = told.status === 'SETTLED' && added >= 1 && added <= 99; // Cashi adds 1 to 99 rupiah
  if (isPaid) await writeFile(`paid-${order}`, id); // ship from this
  return [status, text, isPaid];
};
const hear = async (body, signature = '') => { // a webhook proves nothing: Cashi is asked
  const [right, given] = [createHmac('sha256', secret).update(body).digest('hex'), signature.toLowerCase()].map((text) => Buffer.from(text));
  if (right.length !== given.length || !timingSafeEqual(right, given)) return refuse(401, 'bad_signature');
  const id = read(body).data?.order_id; if (typeof id !== 'string') return refuse(400, 'bad_request');
  if (id.startsWith('TEST-')) return [200, '{}'];
  const [status, text, isPaid] = await check(id, id.slice(0, -21));
  return isPaid || status !== 200 ? [status, text] : refuse(503, 'not_paid_yet');
};
const shop = express().use(express.static('public'));
shop.post('/api/webhooks/cashi', express.raw({ type: () => true }), async ({ body = '', headers }, response) =>
  answer(response, secret ? await hear(body, headers['x-gateway-signature']) : refuse(503, 'webhook_secret_missing')));
shop.post('/api/payments', express.json(), async ({ body: { order }, headers }, response) => {
  const order_id = `${order}-${headers['idempotency-key'].replaceAll('-', '').slice(0, 20)}`; // check here, too, that the order is the caller's
  answer(response, prices.has(order) ? await cashi('/api/create-order', { amount: prices.get(order), order_id }) : refuse(404, 'not_found'));
});
shop.get('/api/payments/:id', async ({ params, query: { order, id = params.id } }, response) => answer(response, await check(id, order)));
shop.listen(PORT, '127.0.0.1');
