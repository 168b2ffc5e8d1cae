// Ten minutes with a code on the screen of a slow phone, then a minute in which nobody sees it: what the page works,
// how often it wakes up, what it asks, what it takes. The yardstick and Paywith at the same time, a browser each.
//
//   MINUTES=9 node wait.mjs MODULES DIST RESULT
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contenders } from './contenders.mjs';
import { launch, memory, metrics, open } from './phone.mjs';
import { serve } from './server.mjs';

const [modules, dist, result] = process.argv.slice(2);
/** The code ends after ten; what comes then is not waiting any more. */
const MINUTES = Number(process.env.MINUTES ?? 9);
const pages = join(dirname(fileURLToPath(import.meta.url)), 'pages');
const minutes = (count) => new Promise((done) => { setTimeout(done, count * 60_000); });

/** Counts in the page how often a timer or a frame calls a script. */
const COUNT = `window.woken = 0;
for (const name of ['setTimeout', 'setInterval', 'requestAnimationFrame']) {
  const original = window[name];
  window[name] = (call, ...words) => original((...given) => { window.woken += 1; return call(...given); }, ...words);
}`;

const look = async ({ page, session }, shop) => ({
  ...await metrics(session), memory: await memory(page), asked: shop.asked(), woken: await page.evaluate('window.woken'),
});

/** Per minute, between two looks. */
const between = (before, after, count) => ({
  script: (after.ScriptDuration - before.ScriptDuration) * 1_000 / count,
  work: (after.TaskDuration - before.TaskDuration) * 1_000 / count,
  woken: (after.woken - before.woken) / count,
  asked: (after.asked - before.asked) / count,
});

const wait = async (contender) => {
  const browser = await launch(modules);
  const shop = await serve(contender);
  const visit = await open(browser, contender, true);
  await visit.page.evaluateOnNewDocument(COUNT);
  await visit.page.goto(shop.origin);
  await visit.until('code');
  await minutes(0.1);
  const first = await look(visit, shop);
  await minutes(MINUTES / 2);
  const middle = await look(visit, shop);
  await minutes(MINUTES / 2);
  const last = await look(visit, shop);
  const other = await browser.newPage();
  await other.bringToFront();
  const isHidden = await visit.page.evaluate(() => document.hidden);
  if (!isHidden) throw new Error('the page is still seen');
  // What was under way when it was hidden ends first.
  await minutes(0.1);
  const unseen = await look(visit, shop);
  await minutes(1);
  const end = await look(visit, shop);
  await browser.close();
  shop.end();
  return {
    title: contender.title, shown: between(first, last, MINUTES), hidden: between(unseen, end, 1),
    memory: [first, middle, last].map((one) => one.memory),
  };
};

const { yardstick, paywith } = contenders({ pages, modules, dist, isQuick: true });
const results = await Promise.all([yardstick, paywith].map(wait));
console.log(JSON.stringify(results, null, 1));
writeFileSync(result, `${JSON.stringify({ minutes: MINUTES, results }, null, 1)}\n`);
