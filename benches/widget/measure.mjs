// Measures the contenders in one browser, one after another in each round, on a slow phone and a slow network.
//
//   ROUNDS=7 node measure.mjs MODULES DIST RESULT [--quick]
//
// MODULES is the folder of the installed packages, DIST the built widget, RESULT the file of figures to write.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contenders } from './contenders.mjs';
import { serve } from './server.mjs';

const [modules, dist, result, ...words] = process.argv.slice(2);
const isQuick = words.includes('--quick');
const ROUNDS = Number(process.env.ROUNDS ?? (isQuick ? 3 : 7));
const here = dirname(fileURLToPath(import.meta.url));
const { default: puppeteer } = await import(createRequire(join(modules, 'x.js')).resolve('puppeteer-core'));

/** 1.6 Mbit/s each way, 150 ms, and a processor four times slower. */
const NETWORK = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 200_000 };
const SLOWER = 4;
const PATIENCE = { timeout: 30_000, polling: 50 };
/** How long the countdown is watched, in ms. */
const TICKING = 5_000;
const IN_PAGE = readFileSync(join(here, 'in-page.js'), 'utf8');

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--js-flags=--expose-gc', '--no-first-run',
    '--disable-background-networking', '--disable-component-update'],
});

const open = async (context, { button, further = '' }, isPressedAtOnce) => {
  const page = await context.newPage();
  await page.setViewport({ width: 360, height: 640, deviceScaleFactor: 2 });
  const session = await page.createCDPSession();
  await session.send('Network.enable');
  await session.send('Performance.enable');
  await session.send('Network.emulateNetworkConditions', NETWORK);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  const wire = { bytes: 0 };
  const [counted, ofBackend] = [new Set(), new Set()];
  session.on('Network.responseReceived', ({ requestId, type }) => {
    if (['Script', 'Stylesheet', 'Fetch', 'Other', 'Preload', 'Font', 'Image'].includes(type)) counted.add(requestId);
  });
  session.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (request.url.includes('/api/')) ofBackend.add(requestId);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (counted.has(requestId) && !ofBackend.has(requestId)) wire.bytes += encodedDataLength;
  });
  const words = [button, further, isPressedAtOnce].map((word) => JSON.stringify(word));
  await page.evaluateOnNewDocument(`${IN_PAGE}; window.seen = bench(${words.join(', ')});`);
  return { page, session, wire };
};

const seen = (page) => page.evaluate(() => ({ ...window.seen, further: undefined }));
const until = (page, name) => page.waitForFunction((key) => window.seen[key] !== undefined, PATIENCE, name);

const metrics = async (session) => {
  const { metrics: list } = await session.send('Performance.getMetrics');
  return Object.fromEntries(list.map(({ name, value }) => [name, value]));
};

/** The button is there, time passes, it is pressed. */
const patient = async (context, contender, origin) => {
  const { page, session, wire } = await open(context, contender, false);
  await page.goto(origin);
  await until(page, 'button');
  await page.waitForNetworkIdle({ idleTime: 1_000 });
  const { moved } = await seen(page);
  await page.evaluate(() => window.seen.press());
  await until(page, 'code');
  const { button, pressed, code, blocked } = await seen(page);
  const before = await metrics(session);
  await new Promise((done) => { setTimeout(done, TICKING); });
  const after = await metrics(session);
  const heap = await page.evaluate(() => {
    window.gc();
    return performance.memory.usedJSHeapSize + (window.memory?.buffer.byteLength ?? 0);
  });
  await page.close();
  return {
    button, press: code - pressed, moved, blocked, bytes: wire.bytes, heap,
    ticking: (after.TaskDuration - before.TaskDuration) * 1_000 / (TICKING / 1_000),
  };
};

/** The button is pressed in the moment in which it appears. */
const hasty = async (context, contender, origin) => {
  const { page } = await open(context, contender, true);
  await page.goto(origin);
  await until(page, 'code');
  const { code } = await seen(page);
  await page.close();
  return { load: code };
};

const measure = async (contender, origin) => {
  const [first, second] = [await browser.createBrowserContext(), await browser.createBrowserContext()];
  const cold = await patient(first, contender, origin);
  const warm = await patient(first, contender, origin);
  const { load } = await hasty(second, contender, origin);
  await Promise.all([first.close(), second.close()]);
  return { ...cold, load, warm: warm.button };
};

const shops = Object.entries(contenders({ pages: join(here, 'pages'), modules, dist, isQuick }));
const results = Object.fromEntries(shops.map(([name, { title }]) => [name, { title, runs: [] }]));
for (let round = 1; round <= ROUNDS; round += 1) {
  for (const [name, contender] of shops) {
    const { origin, end } = await serve(contender);
    try {
      const run = await measure(contender, origin);
      results[name].runs.push(run);
      console.log(`round ${round} of ${ROUNDS}, ${name}: button ${run.button.toFixed(0)} ms, press to code `
        + `${run.press.toFixed(0)} ms, code at load ${run.load.toFixed(0)} ms`);
    } catch (cause) {
      console.log(`round ${round} of ${ROUNDS}, ${name}: ${cause.message}`);
    }
    end();
  }
}
const version = await browser.version();
await browser.close();
writeFileSync(result, `${JSON.stringify({ browser: version, rounds: ROUNDS, results }, null, 1)}\n`);
