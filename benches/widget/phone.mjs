// A browser as on a cheap phone: 360 pixels wide, a processor four times slower. The slow network is in `server.mjs`.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SLOWER = 4;
const PATIENCE = 30_000;
const IN_PAGE = readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'in-page.js'), 'utf8');

/** A browser; `modules` is the folder of the installed packages. */
export const launch = async (modules) => {
  const { default: puppeteer } = await import(createRequire(join(modules, 'x.js')).resolve('puppeteer-core'));
  return puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    networkEnabled: false,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--js-flags=--expose-gc', '--no-first-run',
      '--disable-background-networking', '--disable-component-update'],
  });
};

/** A page, before it goes anywhere. `until(name)` waits for what `in-page.js` tells. */
export const open = async (context, { button, further = '' }, isPressedAtOnce) => {
  const page = await context.newPage();
  await page.setViewport({ width: 360, height: 640, deviceScaleFactor: 2 });
  const session = await page.createCDPSession();
  await session.send('Performance.enable');
  await session.send('Runtime.enable');
  await session.send('Runtime.addBinding', { name: 'tell' });
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  const heard = new Set();
  session.on('Runtime.bindingCalled', ({ payload }) => heard.add(payload));
  const until = async (name) => {
    const end = Date.now() + PATIENCE;
    while (!heard.has(name)) {
      if (Date.now() > end) throw new Error(`no ${name} within ${PATIENCE} ms`);
      await new Promise((done) => { setTimeout(done, 20); });
    }
  };
  const words = [button, further, isPressedAtOnce].map((word) => JSON.stringify(word));
  await page.evaluateOnNewDocument(`${IN_PAGE}; window.seen = bench(${words.join(', ')});`);
  return { page, session, until };
};

export const seen = (page) => page.evaluate(() => ({ ...window.seen, further: undefined }));

/** Chromium's own counters of a page. */
export const metrics = async (session) => {
  const { metrics: list } = await session.send('Performance.getMetrics');
  return Object.fromEntries(list.map(({ name, value }) => [name, value]));
};

/** JavaScript's heap and the module's memory, in bytes. */
export const memory = (page) => page.evaluate(() => {
  window.gc();
  return performance.memory.usedJSHeapSize + (window.memory?.buffer.byteLength ?? 0);
});
