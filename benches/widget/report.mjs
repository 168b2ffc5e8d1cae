// Writes the figures of a run into docs/performance.md and the plot beside it, or judges a quick run.
//
//   node report.mjs RESULT docs        the table between the two marks of docs/performance.md, and the plot
//   node report.mjs RESULT wait        the table of a long wait, between its own two marks
//   node report.mjs RESULT judge       exits with an error where a ratio is far worse than it was
import { readFileSync, writeFileSync } from 'node:fs';

const [result, what] = process.argv.slice(2);
const { browser, rounds, minutes, results } = JSON.parse(readFileSync(result, 'utf8'));

const sorted = (name, key) => results[name].runs.map((run) => run[key]).sort((a, b) => a - b);
const median = (name, key) => {
  const all = sorted(name, key);
  return all.length === 0 ? NaN : all[Math.floor(all.length / 2)];
};
const ms = (name, key) => {
  const all = sorted(name, key);
  if (all.length === 0) return '–';
  const [least, most] = [all[0], all[all.length - 1]].map(Math.round);
  return `${Math.round(median(name, key))} (${least}–${most})`;
};
const times = (name, key) => (median(name, key) / median('yardstick', key)).toFixed(2);

const COLUMNS = [
  ['first button, ms', (name) => ms(name, 'button')],
  ['× yardstick', (name) => times(name, 'button')],
  ['press to code, ms', (name) => ms(name, 'press')],
  ['× yardstick', (name) => times(name, 'press')],
  ['code at load, ms', (name) => ms(name, 'load')],
  ['warm cache: button, ms', (name) => ms(name, 'warm')],
  ['wire, kB', (name) => (median(name, 'bytes') / 1_000).toFixed(1)],
  ['blocked, ms', (name) => Math.round(median(name, 'blocked'))],
  ['moved after the button', (name) => median(name, 'moved').toFixed(3)],
  ['memory with a code, MB', (name) => (median(name, 'heap') / 1e6).toFixed(1)],
  ['a second of countdown, ms', (name) => median(name, 'second').toFixed(1)],
  // JSON has no word for what is not a number: without a tick in five seconds there is none.
  ['a tick, ms', (name) => median(name, 'tick')?.toFixed(2) ?? '–'],
];

const names = Object.keys(results).filter((name) => results[name].runs?.length > 0);

const table = () => {
  const head = `| | ${COLUMNS.map(([title]) => title).join(' | ')} |\n|---|${COLUMNS.map(() => '---').join('|')}|\n`;
  const rows = names.map((name) =>
    `| ${results[name].title} | ${COLUMNS.map(([, cell]) => cell(name)).join(' | ')} |`);
  return `${head}${rows.join('\n')}\n\n${browser}, ${rounds} rounds, each contender once in each round; `
    + 'median (least–most).\n';
};

/** Three bars for each contender: the button, the code after a press, the code at load. */
const plot = () => {
  const kinds = [['button', '#6ea1ff', 'first button'], ['press', '#5fd39a', 'press to code'], ['load', '#c98a00', 'code at load']];
  const [left, width, row] = [250, 420, 58];
  const most = Math.max(...names.flatMap((name) => kinds.map(([key]) => median(name, key) || 0)));
  const text = (x, y, words, anchor = 'start') =>
    `<text x="${x}" y="${y}" text-anchor="${anchor}">${words.replaceAll('*', '').replaceAll('&', '&amp;')}</text>`;
  const bars = names.flatMap((name, at) => [
    text(left - 10, at * row + 62, results[name].title, 'end'),
    ...kinds.flatMap(([key, color], kind) => {
      const value = median(name, key);
      const y = at * row + 34 + kind * 15;
      const length = Math.round(value / most * width);
      return [`<rect x="${left}" y="${y}" width="${length}" height="12" fill="${color}"/>`,
        text(left + length + 5, y + 10, `${Math.round(value)} ms`)];
    }),
  ]);
  const legend = kinds.flatMap(([, color, words], at) => [
    `<rect x="${left + at * 130}" y="6" width="12" height="12" fill="${color}"/>`,
    text(left + at * 130 + 17, 16, words),
  ]);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 ${names.length * row + 40}" font-family="system-ui" `
    + `font-size="11"><rect width="100%" height="100%" fill="#fff"/>${[...legend, ...bars].join('')}</svg>\n`;
};

/** How many times the yardstick a quick run may take, on whatever machine: far above what is measured. */
const MOST = { button: 2, press: 2, load: 4 };

/** Puts a text between the two marks of docs/performance.md that carry this name. */
const intoDocs = (name, text) => {
  const page = 'docs/performance.md';
  const [before, , after] = readFileSync(page, 'utf8').split(new RegExp(`<!-- (?:end of )?${name} -->\n`));
  writeFileSync(page, `${before}<!-- ${name} -->\n${text}<!-- end of ${name} -->\n${after}`);
};

const waitTable = () => {
  const head = '| each minute | scripts, ms | main thread, ms | timers and frames | calls |\n|---|---|---|---|---|\n';
  const row = (title, { script, work, woken, asked }) =>
    `| ${title} | ${Math.round(script)} | ${Math.round(work)} | ${Math.round(woken)} | ${Math.round(asked)} |\n`;
  const rows = results.map(({ title, shown, hidden }) => row(title, shown) + row(`${title}, unseen`, hidden));
  const inMemory = results.map(({ title, memory }) =>
    `${title} ${memory.map((bytes) => (bytes / 1e6).toFixed(2)).join(', ')} MB`);
  return `${head}${rows.join('')}\n${minutes} minutes. Memory at the start, in the middle, at the end: ${inMemory.join('; ')}.\n`;
};

if (what === 'docs') {
  intoDocs('figures', table());
  writeFileSync('docs/pictures/performance.svg', plot());
} else if (what === 'wait') {
  intoDocs('wait', waitTable());
} else {
  console.log(table());
  const worse = Object.keys(MOST).filter((key) => !(median('paywith', key) <= MOST[key] * median('yardstick', key)));
  for (const key of worse) console.error(`${key} is ${times('paywith', key)} times the yardstick; ${MOST[key]} is the most`);
  process.exitCode = worse.length === 0 ? 0 : 1;
}
