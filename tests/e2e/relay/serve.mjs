// Puts the relay and a plain page with the built widget on one port. A shop would have its own
// pages and check here that the caller owns the order.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { create, status } from './relay.mjs';

const TYPES = { js: 'text/javascript', wasm: 'application/wasm', html: 'text/html' };
const page = new URL('./page.html', import.meta.url);

createServer(async (request, response) => {
  const url = new URL(request.url, 'http://shop');
  const [, place, id] = url.pathname.split('/').map(decodeURIComponent);
  try {
    if (place === 'payments') {
      let text = '';
      for await (const chunk of request) text += chunk;
      const answer = request.method === 'POST' && !id
        ? await create(JSON.parse(text), request.headers['idempotency-key'])
        : await status(url.searchParams.get('id') ?? id, url.searchParams.get('provider'));
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.text);
    } else {
      const file = place === 'dist' ? `${process.env.DIST}/${id}` : page;
      const type = place === 'dist' ? TYPES[id.split('.').pop()] : TYPES.html;
      response.writeHead(200, { 'content-type': type }).end(await readFile(file));
    }
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}).listen(Number(process.env.PORT), '127.0.0.1');
