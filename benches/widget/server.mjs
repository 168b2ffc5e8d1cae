// One shop of a contender: its page, its files as a good web server sends them, and a backend that answers at once.
// The slow network is here, too: a browser that slows its own one takes a stack trace of each request for it, and
// parses a whole script again for that.
import { createServer } from 'node:http';
import { brotliCompressSync, constants, deflateSync } from 'node:zlib';

/** A sound QRIS code of 15,023 rupiah, from the repository's vectors. */
const PAYLOAD = '00020101021226690017ID.CO.EXAMPLE.WWW011893600000000000000002150000000000000000303UMI'
  + '51440014ID.CO.QRIS.WWW0215ID10200000000000303UMI5204581253033605405150235802ID5911TOKO CONTOH'
  + '6013JAKARTA PUSAT61051064062190108INV-99210703A016304314B';

const payment = () => ({
  id: 'pay_1', order: 'INV-1', merchant_name: 'Toko Contoh', provider: 'cashi', status: 'pending',
  amount: { value: '15023', currency: 'IDR' }, base_amount: { value: '15000', currency: 'IDR' },
  action: { type: 'qr', payload: PAYLOAD, image: null, checkout_url: null },
  expires_at: new Date(Date.now() + 600_000).toISOString(), expires_in_ms: 600_000, poll_after_ms: 3_000,
  test: false,
});

/** As PNG has it; Node's own is younger than the versions that we take. */
const crc32 = (bytes) => {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
};

/** A picture of 29 by 29 modules, nine pixels each: what Adyen's server answers instead of a text to draw. */
const picture = () => {
  const size = 261;
  const rows = Buffer.alloc((size + 1) * size);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const module = Math.floor(x / 9) * 31 + Math.floor(y / 9) * 17;
      rows[y * (size + 1) + x + 1] = (module * module) % 7 < 3 ? 0 : 255;
    }
  }
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header[8] = 8;
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0)),
  ]);
};
const PICTURE = picture();

const TYPES = { js: 'text/javascript', css: 'text/css', wasm: 'application/wasm', html: 'text/html' };

const compressed = (bytes) => brotliCompressSync(bytes, { params: {
  [constants.BROTLI_PARAM_QUALITY]: 11,
  [constants.BROTLI_PARAM_LGWIN]: 24,
  [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
} });

/** 1.6 Mbit/s for everything that a page loads, in slices of 10 ms; an answer begins after 150 ms. */
const [BYTES_A_SLICE, SLICE, LATENCY] = [2_000, 10, 150];

/** The way to the browser: `send(response, status, headers, body)`; open answers share it in turn. */
const slowLink = () => {
  const open = [];
  const slice = () => {
    for (let left = BYTES_A_SLICE; left > 0 && open.length > 0;) {
      const one = open.shift();
      const part = one.body.subarray(0, Math.min(left, 1_000));
      one.body = one.body.subarray(part.length);
      left -= part.length;
      one.response.write(part);
      if (one.body.length > 0) open.push(one);
      else one.response.end();
    }
  };
  const timer = setInterval(slice, SLICE);
  return {
    send: (response, status, headers, body) => setTimeout(() => {
      response.writeHead(status, { ...headers, 'content-length': body.length });
      response.flushHeaders();
      open.push({ response, body });
    }, LATENCY),
    end: () => clearInterval(timer),
  };
};

const answerOfBackend = (pathname, method) => {
  if (pathname.endsWith('barcode.png')) return [200, { 'content-type': 'image/png' }, PICTURE];
  // Adyen asks its own server how the payment stands.
  const isAdyen = pathname.endsWith('/v1/status');
  const said = isAdyen ? { type: 'pending', resultCode: 'pending', payload: '' } : payment();
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return [method === 'POST' ? 201 : 200, headers, Buffer.from(JSON.stringify(said))];
};

/**
 * Serves a contender on a free port; answers its origin, how many bytes its files have taken on the wire since the
 * last question, how often its backend was asked, a promise of a second without a request, and how to end it.
 */
export const serve = async ({ html, files }) => {
  const ready = new Map(Object.entries(files).map(([path, bytes]) => [path, compressed(bytes)]));
  ready.set('/', compressed(Buffer.from(html)));
  const link = slowLink();
  const wire = { bytes: 0, asked: 0, waiting: 0, busyUntil: 0 };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://shop');
    const before = request.socket.bytesWritten;
    wire.waiting += 1;
    response.on('close', () => {
      wire.waiting -= 1;
      wire.busyUntil = Date.now();
      const isFile = pathname !== '/' && !pathname.startsWith('/api/');
      if (isFile) wire.bytes += request.socket.bytesWritten - before;
    });
    if (pathname.startsWith('/api/')) {
      wire.asked += 1;
      request.resume();
      link.send(response, ...answerOfBackend(pathname, request.method));
      return;
    }
    const body = ready.get(pathname);
    const type = TYPES[pathname.split('.')[1] ?? 'html'];
    const headers = {
      'content-type': type, 'content-encoding': 'br',
      'cache-control': pathname === '/' ? 'no-cache' : 'public, max-age=3600',
    };
    if (body) link.send(response, 200, headers, body);
    else link.send(response, 404, {}, Buffer.alloc(0));
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    taken: () => {
      const { bytes } = wire;
      wire.bytes = 0;
      return bytes;
    },
    asked: () => wire.asked,
    idle: async () => {
      while (wire.waiting > 0 || Date.now() - wire.busyUntil < 1_000) {
        await new Promise((done) => { setTimeout(done, 100); });
      }
    },
    end: () => {
      link.end();
      server.closeAllConnections();
      server.close();
    },
  };
};
