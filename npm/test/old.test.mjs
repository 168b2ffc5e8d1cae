// Browsers that lack a part of the platform.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const tools = createRequire(new URL('../../.tools/', import.meta.url));

test('a8_without_constructable_sheets_or_a_module_the_content_stays_and_one_fault_says_why', async () => {
  const { JSDOM } = tools('jsdom');
  const page = '<!doctype html><main><pay-with lang="en" order="A"><a href="/pay/A">Pay</a></pay-with></main>';
  const { window } = new JSDOM(page, { url: 'https://shop.example/cart?paywith=pay_1' });
  for (const name of ['window', 'document', 'HTMLElement', 'customElements', 'CustomEvent', 'location',
    'history', 'MutationObserver']) {
    Object.defineProperty(globalThis, name, { configurable: true, value: name === 'window' ? window : window[name] });
  }
  // A copy of its own: the class takes its base when it is read.
  const { makeElement, register } = await import('../src/element.js?jsdom');
  const told = [];
  window.addEventListener('fault', ({ detail }) => told.push(detail));
  register('pay-with', makeElement(async () => { throw new Error('no module here'); }));
  // It is tried a second time before it is reported.
  await new Promise((resolve) => { setTimeout(resolve, 1_300); });
  const element = window.document.querySelector('pay-with');
  assert.deepEqual(told.map(({ code }) => code), ['load_failed']);
  assert.match(told[0].message, /no module here/);
  assert.equal(element.querySelector('a').textContent, 'Pay');
  assert.ok(element.shadowRoot.querySelector('slot'), 'the content is shown');
  assert.ok(element.shadowRoot.querySelector('button'), 'and there is a way to try again');
  assert.equal(window.location.search, '', 'the return address is read all the same');
  await assert.rejects(element.start('cashi'), { code: 'load_failed' });

  class Bare extends makeElement(async () => ({})) { attachShadow() { throw new TypeError('no shadow'); } }
  window.customElements.define('pay-bare', Bare);
  const bare = window.document.createElement('pay-bare');
  bare.append('Pay another way');
  window.document.body.append(bare);
  await new Promise((resolve) => { setTimeout(resolve, 50); });
  assert.match(told.at(-1).message, /no shadow/);
  assert.equal(bare.textContent, 'Pay another way');
});
