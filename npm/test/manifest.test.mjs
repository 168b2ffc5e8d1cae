// The manifest, the code, the types and the documents name the same things.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const at = (path) => new URL(`../../${path}`, import.meta.url);
const read = (path) => readFileSync(at(path), 'utf8');
const sorted = (names) => [...new Set(names)].sort();
const all = (text, pattern) => [...text.matchAll(pattern)].map(([, name]) => name);
const between = (text, from, to) => {
  const [, rest] = text.split(from);
  assert.ok(rest !== undefined, `no ${from}`);
  return rest.split(to)[0];
};

const element = JSON.parse(read('npm/custom-elements.json')).modules
  .flatMap(({ declarations }) => declarations)
  .find(({ tagName }) => tagName === 'pay-with');
const code = read('npm/src/element.js') + read('npm/src/options.js') + read('npm/src/fault.js');
const docs = read('docs/element.md');
const types = read('npm/types/index.d.ts');
const react = read('npm/src/react.js');
const names = (list) => sorted(list.map(({ name }) => name));
const members = (kind) => element.members.filter((member) => member.kind === kind);

/** What the screens of the widget are made of. */
const screens = readdirSync(at('src/ui'), { recursive: true })
  .filter((name) => name.endsWith('.rs'))
  .map((name) => read(`src/ui/${name}`))
  .join('\n');

test('attributes', () => {
  const inCode = all(between(code, 'const ATTRIBUTES = {', '}'), /'([a-z-]+)':/g);
  assert.deepEqual(names(element.attributes), sorted([...inCode, 'disabled']));
  const table = between(docs, '## Attributes', '## Properties');
  const cells = all(table, /^\| ([^|]+) \|/gm).join(' ');
  const inDocs = all(cells, /`([a-z-]+)`/g);
  assert.deepEqual(sorted(inDocs), sorted([...names(element.attributes), 'lang', 'dir']));
});

test('properties', () => {
  const inCode = all(between(code, 'const PROPERTIES = [', ']'), /'(\w+)'/g);
  const plain = members('field').filter(({ attribute, readonly }) => !attribute && !readonly);
  assert.deepEqual(names(plain), sorted(inCode));
  const paragraph = between(docs, '## Properties', '## Methods');
  for (const name of inCode) assert.ok(paragraph.includes(`\`${name}`), `docs: ${name}`);
  const settable = members('field').filter(({ readonly }) => !readonly);
  const options = between(types, 'export interface PayWithOptions {', '\n}');
  assert.deepEqual(sorted(all(options, /^  (\w+)\?:/gm)), names(settable));
});

test('methods', () => {
  const inCode = all(code, /^  (?:async )?(\w+)\([^)]*\) \{/gm)
    .filter((name) => !['constructor', 'if', 'for', 'connectedCallback', 'disconnectedCallback',
      'attributeChangedCallback'].includes(name));
  assert.deepEqual(names(members('method')), sorted(inCode));
  const table = between(docs, '## Methods', '## Events');
  assert.deepEqual(names(members('method')), sorted(all(table, /`(\w+)\([^)]*\)`/g)));
});

test('events', () => {
  const moments = all(read('crates/checkout/src/effect.rs'), /Moment::\w+(?: \{ \.\. \})? => "(\w+)"/g);
  const others = all(read('src/element/runtime/effects.rs'), /emit\("(\w+)"/g);
  const built = sorted([...moments, ...others]);
  // The dialog comes later; its event is part of the contract.
  assert.deepEqual(names(element.events), sorted([...built, 'dismissed']));
  const table = between(docs, '## Events', '`paid` is for the page');
  const cells = all(table, /^\| ([^|]+) \|/gm).join(' ');
  assert.deepEqual(sorted([...all(cells, /`(\w+)`/g), 'dismissed']), names(element.events));
  const map = between(types, 'export interface PayWithEventMap {', '\n}');
  assert.deepEqual(sorted(all(map, /^  (\w+): CustomEvent/gm)), names(element.events));
  const inReact = all(between(react, 'const EVENTS = {', '}'), /: '(\w+)'/g);
  assert.deepEqual(sorted(inReact), names(element.events));
});

test('faults', () => {
  const built = all(read('crates/checkout/src/fault.rs'), /FaultCode::\w+ => "(\w+)"/g);
  const inCode = all(code, /code: '(\w+)'/g);
  const inTypes = all(between(types, 'export type FaultCode =', ';'), /'(\w+)'/g);
  assert.deepEqual(sorted(inTypes), sorted([...built, ...inCode]));
  const table = between(read('docs/errors.md'), '## From the element', '\n`kind`');
  const cells = all(table, /^\| ([^|]+) \|/gm).join(' ');
  assert.deepEqual(sorted(all(cells, /`(\w+)`/g)), sorted(inTypes));
});

test('parts and custom properties', () => {
  // Saving, sharing and the dialog come later; their names are part of the contract.
  const later = ['save', 'share', 'dialog'];
  const shown = between(docs, '## Looks', '## Policy');
  for (const { name } of element.cssParts) {
    assert.ok(shown.includes(name), `docs: ${name}`);
    if (!later.includes(name)) assert.ok(screens.includes(`"${name}"`), `no screen has ${name}`);
  }
  const styled = sorted(all(read('src/ui/first_screen.css') + read('src/ui/style.css'), /var\(--paywith-([a-z-]+)/g));
  assert.deepEqual(names(element.cssProperties), styled.map((name) => `--paywith-${name}`));
});

test('the React component hands over every property that no attribute can hold', () => {
  const inReact = all(between(react, 'const PROPERTIES = new Set([', ']'), /'(\w+)'/g);
  const inCode = all(between(code, 'const PROPERTIES = [', ']'), /'(\w+)'/g);
  assert.deepEqual(sorted(inReact), sorted(inCode));
});
