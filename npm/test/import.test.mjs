// Importing is safe on a server, and has no side effect.
import assert from 'node:assert/strict';
import { test } from 'node:test';

test('the element can be imported where there is no browser', async () => {
  const before = Object.keys(globalThis).sort();
  const { PaywithError, makeElement, register } = await import('../src/element.js');
  assert.equal(register('pay-with', makeElement()), undefined, 'nothing to register with');
  assert.deepEqual(Object.keys(globalThis).sort(), before);
  const error = new PaywithError({ code: 'busy', kind: 'backend', retryable: true, message: 'm' });
  assert.ok(error instanceof Error);
  assert.deepEqual([error.code, error.kind, error.retryable], ['busy', 'backend', true]);
});
