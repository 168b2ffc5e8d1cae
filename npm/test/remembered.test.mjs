// The loader looks for the very key that the module writes (`src/shell/storage.rs`).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyOf, remembers } from '../src/remembered.js';

test('the_key_of_an_order_is_the_modules', () => {
  assert.equal(keyOf('/api', 'INV-9921'), 'paywith:1:1818a271c243c6bd');
  assert.equal(keyOf('', 'طلب 7'), 'paywith:1:3bdcd627773f0da0');
});

test('storage_that_is_denied_remembers_nothing', () => {
  assert.equal(remembers('/api', 'INV-9921'), false);
});
