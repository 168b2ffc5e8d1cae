// What the main thread does from the press to the code: Paywith and the yardstick, each with a trace that Chromium's
// own tools open (Performance, "Load profile"). Tracing makes everything slower: compare the parts, not the whole.
//
//   node trace.mjs MODULES DIST FOLDER
//
// FOLDER gets a file for each: trace-paywith.json, trace-yardstick.json.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contenders } from './contenders.mjs';
import { launch, open, seen } from './phone.mjs';
import { serve } from './server.mjs';

const [modules, dist, folder] = process.argv.slice(2);
const pages = join(dirname(fileURLToPath(import.meta.url)), 'pages');
const CATEGORIES = [
  'devtools.timeline', 'blink.user_timing', 'v8', 'v8.wasm', 'toplevel', 'disabled-by-default-devtools.timeline',
  'disabled-by-default-v8.compile', 'disabled-by-default-v8.wasm.detailed',
];
/** Kinds of work, by the names that Chromium gives its events; what lies inside another kind counts for itself. */
const KINDS = {
  'compiling WebAssembly': /^wasm\.(CompileLazy|PublishCode|OnBytes)|^v8\.wasm/,
  'compiling JavaScript': /^V8\.(Compile|Parse)/,
  'running scripts': /^(FunctionCall|v8\.(callFunction|evaluateModule|run)|EvaluateScript|RunMicrotasks)/,
  'style and layout': /^(UpdateLayoutTree|Layout|PrePaint)$/,
  painting: /^(Paint|Commit|Layerize)$/,
};

const kindOf = (name) => Object.keys(KINDS).find((kind) => KINDS[kind].test(name));

/** Milliseconds of each kind between two moments of one thread. */
const work = (events, from, to) => {
  const sums = Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, 0]));
  const open = [];
  const until = (moment) => {
    while (open.length > 0 && open[open.length - 1].end <= moment) open.pop();
  };
  for (const { name, ts, dur } of events.filter((one) => one.ts >= from && one.ts + one.dur <= to)) {
    until(ts);
    const kind = kindOf(name);
    if (!kind) continue;
    sums[kind] += dur / 1_000;
    const outer = open[open.length - 1];
    if (outer) sums[outer.kind] -= dur / 1_000;
    open.push({ kind, end: ts + dur });
  }
  return sums;
};

const trace = async (name, contender) => {
  const browser = await launch(modules);
  const shop = await serve(contender);
  const { page, until } = await open(browser, contender, false);
  const path = join(folder, `trace-${name}.json`);
  await page.tracing.start({ path, categories: CATEGORIES });
  await page.goto(shop.origin);
  await until('button');
  await shop.idle();
  await page.evaluate(() => {
    performance.mark('press');
    window.seen.press();
  });
  await until('code');
  await page.evaluate(() => performance.mark('code'));
  const { pressed, code } = await seen(page);
  await page.tracing.stop();
  await browser.close();
  shop.end();
  const { traceEvents } = JSON.parse(readFileSync(path, 'utf8'));
  const mark = (text) => traceEvents.find((one) => one.name === text && one.cat.includes('blink.user_timing'));
  const [press, end] = [mark('press'), mark('code')];
  const events = traceEvents
    .filter(({ pid, tid, ph }) => pid === press.pid && tid === press.tid && ph === 'X')
    .sort((a, b) => a.ts - b.ts || b.dur - a.dur);
  console.log(`${contender.title}: ${Math.round(code - pressed)} ms from the press to the code, 150 of them the network's`);
  for (const [kind, ms] of Object.entries(work(events, press.ts, end.ts))) {
    console.log(`  ${kind.padEnd(24)}${ms.toFixed(1).padStart(8)} ms`);
  }
};

const { yardstick, paywith } = contenders({ pages, modules, dist, isQuick: true });
await trace('yardstick', yardstick);
await trace('paywith', paywith);
