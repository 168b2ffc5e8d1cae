// Cashi for <pay-with>, in Node with Express. Try it: CASHI_KEY=… node relay.mjs
import express from 'express';
import { writeFile } from 'node:fs/promises';
const prices = new Map([['INV-9921', 15000]]); // the price is the server's, never the browser's
const cashi = async (path, body) => {
  const answer = await fetch((process.env.CASHI_URL ?? 'https://cashi.id') + path, { method: body ? 'POST' : 'GET', body: body && JSON.stringify(body),
    headers: { 'content-type': 'application/json', 'x-api-key': process.env.CASHI_KEY }, signal: AbortSignal.timeout(20_000) });
  return [answer.status, await answer.text()];
};
const answer = (response, [status, text]) => response.status(status).type('json').send(text);
const unknown = [404, '{"code":"not_found"}'];
const shop = express().use(express.static('public'));
shop.post('/api/payments', express.json(), async ({ body: { order }, headers }, response) => {
  if (!prices.has(order)) return answer(response, unknown); // check here, too, that the order is the caller's
  const name = `${order}-${headers['idempotency-key'].replaceAll('-', '').slice(0, 20)}`;
  answer(response, await cashi('/api/create-order', { amount: prices.get(order), order_id: name }));
});
shop.get('/api/payments/:id', async ({ params, query: { order, id = params.id } }, response) => {
  if (!prices.has(order) || id.slice(0, -20) !== `${order}-`) return answer(response, unknown);
  const [status, text] = await cashi(`/api/check-status/${encodeURIComponent(id)}`), told = status === 200 ? JSON.parse(text) : {};
  const added = told.amount - prices.get(order); // Cashi adds 1 to 99 rupiah
  if (told.status === 'SETTLED' && added >= 0 && added <= 99) await writeFile(`paid-${order}`, id); // ship from this
  answer(response, [status, text]);
});
shop.listen(process.env.PORT ?? 8090, '127.0.0.1');
