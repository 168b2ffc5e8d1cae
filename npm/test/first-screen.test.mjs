// The first screens, for whatever a page hands over.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { firstScreen, listed } from '../src/first-screen.js';

const { JSDOM } = createRequire(new URL('../../.tools/', import.meta.url))('jsdom');
globalThis.document = new JSDOM('').window.document;

const draw = (options) => firstScreen('choose', { providers: ['cashi', 'kashier'], lang: 'en', ...options }, {});
const names = (frame) => [...frame.querySelectorAll('.pay-name')].map(({ textContent }) => textContent);

test('the_pages_own_wording_is_taken_whatever_holds_it_and_nothing_else_is', () => {
  const throws = new Proxy({}, { ownKeys: () => { throw new Error('not mine'); } });
  for (const messages of [{ pay_with: 'Pay by {0}' }, [['pay_with', 'Pay by {0}']]]) {
    assert.deepEqual(names(draw({ messages })), ['Pay by Cashi', 'Pay by Kashier']);
  }
  for (const messages of [undefined, null, 5, 'unreadable', { pay_with: 5 }, { pay_with: null }, [1, 2], throws]) {
    assert.deepEqual(names(draw({ messages })), ['Pay with Cashi', 'Pay with Kashier']);
  }
});

test('a_language_falls_to_its_parent_and_then_to_english', () => {
  const of = (lang) => draw({ lang }).getAttribute('lang');
  const tags = ['ar-SY', 'id_ID', 'in', 'TR', 'ckb', '', undefined, 'constructor'];
  assert.deepEqual(tags.map(of), ['ar', 'id', 'id', 'tr', 'en', 'en', 'en', 'en']);
  assert.equal(draw({ lang: 'ar' }).getAttribute('dir'), 'rtl');
  assert.equal(draw({ lang: 'ar', dir: 'ltr' }).getAttribute('dir'), 'ltr');
  assert.equal(draw({ lang: 'en', dir: 'auto' }).getAttribute('dir'), 'ltr');
});

test('providers_are_listed_once_and_an_unknown_one_is_left_to_the_module', () => {
  assert.deepEqual(listed(' cashi  kashier cashi '), ['cashi', 'kashier']);
  for (const text of ['cashi paypal', 'toString', 'Cashi']) assert.deepEqual(listed(text), []);
});

test('the_second_click_of_a_double_click_presses_nothing', () => {
  const pressed = [];
  const frame = firstScreen('choose', { providers: ['cashi'] }, { start: (id) => pressed.push(id) });
  const button = frame.querySelector('button');
  const { MouseEvent } = document.defaultView;
  for (const detail of [0, 1, 2, 3]) button.dispatchEvent(new MouseEvent('click', { detail }));
  assert.deepEqual(pressed, ['cashi', 'cashi']);
});
