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
  ['broken encoding is not an error', 'https://shop/?q=%E0%A4%A&paywith=k', 'https://shop/?q=%E0%A4%A', [['paywith', 'k']]],
];

/** Addresses as providers, mail programs and routers leave them. */
const AS_FOUND = [
  ['behind the # of a hash router', 'https://shop/#/cart?x=1&paywith=pay_1', 'https://shop/#/cart?x=1', [['paywith', 'pay_1']]],
  ['a hash router\'s route alone stays', 'https://shop/app#/cart?paywith=pay_1', 'https://shop/app#/cart', [['paywith', 'pay_1']]],
  ['joined to a route by &', 'https://shop/#/cart&paywith=pay_1&status=paid', 'https://shop/#/cart', [['paywith', 'pay_1'], ['status', 'paid']]],
  ['a fragment that is a query', 'https://shop/#tab=2&paywith=pay_1', 'https://shop/#tab=2', [['paywith', 'pay_1']]],
  ['a #! route', 'https://shop/#!/cart?paywith=pay_1', 'https://shop/#!/cart', [['paywith', 'pay_1']]],
  ['appended behind a fragment', 'https://shop/?paywith=cashii:1234567890123456#/cart?transaction_id=T&status=paid&signature=s', 'https://shop/#/cart', [['paywith', 'cashii:1234567890123456'], ['transaction_id', 'T'], ['status', 'paid'], ['signature', 's']]],
  ['the shop\'s own before a mark behind the #', 'https://shop/?status=sale#/cart?paywith=pay_1', 'https://shop/?status=sale#/cart', [['paywith', 'pay_1']]],
  ['a provider without our mark behind the #', 'https://shop/#/done?charge_id=chg_1', 'https://shop/#/done', [['charge_id', 'chg_1']]],
  ['joined twice', 'https://shop/cart?x=1?paywith=pay_1?paywith=pay_1', 'https://shop/cart?x=1', [['paywith', 'pay_1'], ['paywith', 'pay_1']]],
  ['& written as in HTML', 'https://shop/cart?x=1&amp;paywith=pay_1&amp;status=paid', 'https://shop/cart?x=1', [['paywith', 'pay_1'], ['status', 'paid']]],
  ['the whole query escaped', 'https://shop/cart?paywith%3Dpay_1%26status%3Dpaid', 'https://shop/cart', [['paywith', 'pay_1'], ['status', 'paid']]],
  ['the question mark escaped', 'https://shop/cart%3Fpaywith%3Dpay_1', 'https://shop/cart', [['paywith', 'pay_1']]],
  ['only the question mark escaped', 'https://shop/cart%3Fpaywith=pay_1&x=1', 'https://shop/cart?x=1', [['paywith', 'pay_1']]],
  ['escaped behind a value of the shop\'s', 'https://shop/cart?x=1%26paywith%3Dpay_1', 'https://shop/cart?x=1', [['paywith', 'pay_1']]],
  ['small letters in codes', 'https://shop/cart%3fpaywith%3dpay_1', 'https://shop/cart', [['paywith', 'pay_1']]],
  ['an id that is escaped', 'https://shop/?paywith=INV%2F2026%2F1', 'https://shop/', [['paywith', 'INV/2026/1']]],
  ['an address that the shop carries along is its own', 'https://shop/login?next=%2Fcart%3Fpaywith%3Dpay_1', 'https://shop/login?next=%2Fcart%3Fpaywith%3Dpay_1', []],
  ['tracking of a mail program stays', 'https://shop/?paywith=pay_1&utm_source=mail&fbclid=f', 'https://shop/?utm_source=mail&fbclid=f', [['paywith', 'pay_1']]],
  ['an anchor stays', 'https://shop/?paywith=pay_1#top', 'https://shop/#top', [['paywith', 'pay_1']]],
  ['a page without an address', 'about:srcdoc', 'about:srcdoc', []],
  ['& written as WordPress writes it', 'https://shop/cart?x=1&#038;paywith=pay_1&#038;status=paid', 'https://shop/cart?x=1', [['paywith', 'pay_1'], ['status', 'paid']]],
  ['& written as in HTML twice', 'https://shop/#/cart?x=1&amp;amp;paywith=pay_1&#x26;status=paid', 'https://shop/#/cart?x=1', [['paywith', 'pay_1'], ['status', 'paid']]],
  ['& written as in HTML and escaped', 'https://shop/cart?x=1%26amp%3Bpaywith=pay_1', 'https://shop/cart?x=1', [['paywith', 'pay_1']]],
  ['joined by ;', 'https://shop/cart?x=1;paywith=pay_1;status=paid', 'https://shop/cart?x=1', [['paywith', 'pay_1'], ['status', 'paid']]],
  ['escaped twice', 'https://shop/cart%253Fpaywith%253Dpay_1', 'https://shop/cart', [['paywith', 'pay_1']]],
  ['the whole query escaped twice', 'https://shop/?paywith%253Dpay_1%2526status%253Dpaid', 'https://shop/', [['paywith', 'pay_1'], ['status', 'paid']]],
  ['escaped twice behind a value', 'https://shop/?x=1%2526paywith%253Dpay_1', 'https://shop/?x=1', [['paywith', 'pay_1']]],
  ['a provider\'s question mark that was escaped', 'https://shop/?paywith=cashii%3A1234567890123456%3Ftransaction_id%3DT&status=paid', 'https://shop/', [['paywith', 'cashii:1234567890123456'], ['transaction_id', 'T'], ['status', 'paid']]],
  ['the same, escaped twice', 'https://shop/?paywith=cashii:1234567890123456%253Ftransaction_id%3DT&status=paid', 'https://shop/', [['paywith', 'cashii:1234567890123456'], ['transaction_id', 'T'], ['status', 'paid']]],
  ['the fragment twice', 'https://shop/#/cart?paywith=pay_1#/cart?transaction_id=T&status=paid', 'https://shop/#/cart', [['paywith', 'pay_1'], ['transaction_id', 'T'], ['status', 'paid']]],
  ['a second fragment', 'https://shop/#/cart#paywith=pay_1', 'https://shop/#/cart', [['paywith', 'pay_1']]],
  ['a slash that a router puts to the end', 'https://shop/cart?paywith=pay_1/', 'https://shop/cart', [['paywith', 'pay_1']]],
  ['what a mail program took for a part of it', 'https://shop/cart?paywith=pay_1%20%22%3E).', 'https://shop/cart', [['paywith', 'pay_1']]],
  ['an address that is carried along, escaped twice', 'https://shop/login?next=%252Fcart%253Fpaywith%253Dpay_1', 'https://shop/login?next=%252Fcart%253Fpaywith%253Dpay_1', []],
  ['a browser\'s own fragment stays', 'https://shop/?paywith=pay_1#:~:text=Pay', 'https://shop/#:~:text=Pay', [['paywith', 'pay_1']]],
  ['user, port and a number as host', 'https://u:p@[::1]:8080/?rest_route=/cart&paywith=pay_1', 'https://u:p@[::1]:8080/?rest_route=/cart', [['paywith', 'pay_1']]],
  ['an empty value is taken, too', 'https://shop/?x=&paywith=', 'https://shop/?x=', [['paywith', '']]],
];

for (const [rule, href, clean, pairs] of AS_FOUND) {
  test(`c2: ${rule}`, () => {
    assert.deepEqual(readReturn(href), { pairs, href: clean });
  });
}

test('c2: what is cleaned stays clean', () => {
  for (const [rule, , clean] of AS_FOUND) {
    assert.deepEqual(readReturn(clean), { pairs: [], href: clean }, rule);
  }
});

for (const [rule, href, clean, pairs] of CASES) {
  test(rule, () => {
    assert.deepEqual(readReturn(href), { pairs, href: clean });
  });
}

test('names of the page\'s own choice are taken too', () => {
  const { pairs, href } = readReturn('https://shop/?paywith=k&token=t&x=1', ['token']);
  assert.deepEqual([pairs, href], [[['paywith', 'k'], ['token', 't']], 'https://shop/?x=1']);
});
