// Measures the contenders in one browser, one after another in each round, on a slow phone and a slow network.
//
//   ROUNDS=7 node measure.mjs MODULES DIST RESULT [--quick]
//
// MODULES is the folder of the installed packages, DIST the built widget, RESULT the file of figures to write.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contenders } from './contenders.mjs';
import { launch, memory, metrics, open, seen } from './phone.mjs';
import { serve } from './server.mjs';

const [modules, dist, result, ...words] = process.argv.slice(2);
const isQuick = words.includes('--quick');
const ROUNDS = Number(process.env.ROUNDS ?? (isQuick ? 3 : 7));
const here = dirname(fileURLToPath(import.meta.url));
/** How long the countdown is watched, in ms. */
const TICKING = 5_000;

const browser = await launch(modules);

/** The button is there, time passes, it is pressed. */
const patient = async (context, contender, { origin, idle, taken }) => {
  const { page, session, until } = await open(context, contender, false);
  await page.goto(origin);
  await until('button');
  await idle();
  const { moved } = await seen(page);
  await page.evaluate(() => window.seen.press());
  await until('code');
  const first = await seen(page);
  const before = await metrics(session);
  await new Promise((done) => { setTimeout(done, TICKING); });
  const [after, last] = [await metrics(session), await seen(page)];
  const heap = await memory(page);
  await page.close();
  return {
    button: first.button, press: first.code - first.pressed, moved, blocked: first.blocked, bytes: taken(), heap,
    second: (after.TaskDuration - before.TaskDuration) * 1_000 / (TICKING / 1_000),
    tick: (last.ticking - first.ticking) / (last.ticks - first.ticks),
  };
};

/** The button is pressed in the moment in which it appears. */
const hasty = async (context, contender, { origin }) => {
  const { page, until } = await open(context, contender, true);
  await page.goto(origin);
  await until('code');
  const { code } = await seen(page);
  await page.close();
  return { load: code };
};

const measure = async (contender, shop) => {
  const [first, second] = [await browser.createBrowserContext(), await browser.createBrowserContext()];
  const cold = await patient(first, contender, shop);
  const warm = await patient(first, contender, shop);
  const { load } = await hasty(second, contender, shop);
  await Promise.all([first.close(), second.close()]);
  return { ...cold, load, warm: warm.button };
};

const shops = Object.entries(contenders({ pages: join(here, 'pages'), modules, dist, isQuick }));
// Whoever comes first would wait for the browser's own start.
const first = await serve(shops[0][1]);
await measure(shops[0][1], first);
first.end();
const results = Object.fromEntries(shops.map(([name, { title }]) => [name, { title, runs: [] }]));
for (let round = 1; round <= ROUNDS; round += 1) {
  for (const [name, contender] of shops) {
    const shop = await serve(contender);
    try {
      const run = await measure(contender, shop);
      results[name].runs.push(run);
      console.log(`round ${round} of ${ROUNDS}, ${name}: button ${run.button.toFixed(0)} ms, press to code `
        + `${run.press.toFixed(0)} ms, code at load ${run.load.toFixed(0)} ms`);
    } catch (cause) {
      console.log(`round ${round} of ${ROUNDS}, ${name}: ${cause.message}`);
    }
    shop.end();
  }
}
const version = await browser.version();
await browser.close();
writeFileSync(result, `${JSON.stringify({ browser: version, rounds: ROUNDS, results }, null, 1)}\n`);
const missing = Object.keys(results).filter((name) => results[name].runs.length === 0);
if (missing.length > 0) {
  console.error(`nothing was measured of ${missing.join(', ')}`);
  process.exitCode = 1;
}
