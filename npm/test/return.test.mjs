// The way back: what is taken from an address, and what stays.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readReturn } from '../src/return.js';

const CASES = [
  ['nothing of ours', 'https://shop/cart?x=1&status=new', 'https://shop/cart?x=1&status=new', []],
  ['our mark alone', 'https://shop/cart?paywith=pay_1', 'https://shop/cart', [['paywith', 'pay_1']]],
  ["the shop's own stay", 'https://shop/cart?x=1&paywith=pay_1&y=2#top', 'https://shop/cart?x=1&y=2#top', [['paywith', 'pay_1']]],
  ['known names before the mark are the shop\'s', 'https://shop/?status=sale&paywith=k&status=paid', 'https://shop/?status=sale', [['paywith', 'k'], ['status', 'paid']]],
  ['a second question mark reads as &', 'https://shop/?paywith=cashii:1234567890123456?transaction_id=T&status=paid&signature=s', 'https://shop/', [['paywith', 'cashii:1234567890123456'], ['transaction_id', 'T'], ['status', 'paid'], ['signature', 's']]],
  ['a provider without our mark', 'https://shop/?a=1&transaction_id=T&status=paid', 'https://shop/?a=1', [['transaction_id', 'T'], ['status', 'paid']]],
  ['one known name alone is the shop\'s', 'https://shop/?amount=5&mode=dark', 'https://shop/?amount=5&mode=dark', []],
  ['broken encoding is no error', 'https://shop/?q=%E0%A4%A&paywith=k', 'https://shop/?q=%E0%A4%A', [['paywith', 'k']]],
];

for (const [rule, href, clean, pairs] of CASES) {
  test(rule, () => {
    assert.deepEqual(readReturn(href), { pairs, href: clean });
  });
}

test('names of the page\'s own choice are taken too', () => {
  const { pairs, href } = readReturn('https://shop/?paywith=k&token=t&x=1', ['token']);
  assert.deepEqual([pairs, href], [[['paywith', 'k'], ['token', 't']], 'https://shop/?x=1']);
});
