// Every screen of the widget, each standing still: what the backend would have to answer for it. `show` sets an element up
// for one of them and answers once it is there.

import { qrisPayload } from '/npm/src/mock-qris.js';

const NEVER = new Promise(() => {});
const ENDS_AT = '2026-11-26T07:35:00Z';

/** A picture as a provider sends one, which no decoder reads: rows of squares. */
const PICTURE = (() => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 200, height: 200 });
  const context = canvas.getContext('2d');
  for (let at = 0; at < 400; at += 1) {
    context.fillStyle = (at * 7 + Math.floor(at / 20) * 3) % 5 < 2 ? '#000' : '#fff';
    context.fillRect((at % 20) * 10, Math.floor(at / 20) * 10, 10, 10);
  }
  return canvas.toDataURL();
})();

const code = (extra = {}, action = {}) => ({
  provider: 'cashi',
  amount: { value: '15023', currency: 'IDR' },
  base_amount: { value: '15000', currency: 'IDR' },
  action: { type: 'qr', payload: qrisPayload({ amount: '15023' }), ...action },
  expires_at: ENDS_AT,
  expires_in_ms: 598_400,
  ...extra,
});

const page = (extra = {}) => ({
  provider: 'kashier',
  amount: { value: '165.50', currency: 'EGP' },
  action: { type: 'redirect', url: 'https://pay.example/1' },
  ...extra,
});

const refusal = (name, fields) => Object.assign(new Error(name), fields);

/**
 * By name: the element's attributes, what its functions answer, and the state that it comes to. `then` is the status after
 * the creation.
 */
const STATES = {
  loading: { providers: null, checkout: () => NEVER, start: false, state: 'choosing' },
  choose: { providers: 'cashi kashier cashii cashpay', start: false, state: 'choosing' },
  'choose one': { providers: 'cashi', start: false, state: 'choosing' },
  'nothing offered': {
    providers: null, checkout: (order) => ({ order, providers: [], payment: null }), start: false, state: 'choosing',
  },
  broken: { providers: 'paypal', start: false, state: 'broken' },
  refused: {
    create: () => { throw refusal('no', { status: 422, code: 'refused' }); }, state: 'choosing', has: '.notice',
  },
  'code refused': {
    create: () => code({}, { payload: qrisPayload({ amount: '999' }) }), state: 'choosing', has: '.notice',
  },
  starting: { create: () => NEVER, state: 'creating' },
  code: { create: () => code(), state: 'code' },
  'code, last minute': { create: () => code({ expires_in_ms: 42_400 }), state: 'code', test: true },
  'code, amount to type': {
    create: () => code({}, { payload: qrisPayload(), image: PICTURE }), state: 'code', has: '.notice',
  },
  'code, unchecked': { create: () => code({}, { payload: undefined, image: PICTURE }), state: 'code', has: '.notice' },
  'code elsewhere': {
    create: () => code({}, { payload: undefined, checkout_url: 'https://cashi.example/1' }), state: 'code', has: 'a',
  },
  'code, with a tip': {
    create: () => code({}, { payload: qrisPayload({ amount: '15023', asksForTip: true }) }), state: 'code', has: '.notice',
  },
  'code, another price': { amount: '14000', create: () => code(), state: 'code', has: '.notices > *' },
  'code, copied': { create: () => code(), state: 'code', press: '[part=copy]' },
  'code, offline': {
    create: () => code(), status: () => { throw new TypeError('Failed to fetch'); }, state: 'code', has: '.notices > *',
  },
  confirming: { create: () => code({ expires_in_ms: 1_500 }), status: () => NEVER, state: 'confirming' },
  expired: { create: () => code(), then: 'expired', state: 'expired' },
  failed: { by: 'kashier', create: () => page(), then: 'failed', state: 'failed' },
  canceled: { by: 'kashier', create: () => page(), then: 'canceled', state: 'canceled' },
  leaving: { by: 'kashier', create: () => page(), state: 'leaving' },
  open: { by: 'kashier', create: () => page({ action: null }), state: 'open' },
  checking: { by: 'kashier', create: () => page({ status: 'processing' }), status: () => NEVER, state: 'checking' },
  processing: { by: 'kashier', create: () => page(), then: 'processing', state: 'processing' },
  'in review': { create: () => code(), then: 'processing', review: 'amount_mismatch', state: 'processing' },
  paid: { create: () => code(), then: 'paid', state: 'paid' },
  'paid, going on': { create: () => code(), then: 'paid', state: 'paid', next: true },
  refunded: { create: () => code(), then: 'refunded', state: 'refunded' },
};

export const NAMES = Object.keys(STATES);

const until = async (test) => {
  while (!test()) await new Promise((done) => { setTimeout(done, 20); });
};

/** The answers of a state as the element's function properties. */
const functions = ({ checkout, create, status, then, review, test }, order) => {
  const known = (answer, stands) => ({
    id: `pay_${order}`, order, merchant_name: 'Toko Contoh', status: stands, poll_after_ms: 60_000,
    test: Boolean(test), review, ...answer,
  });
  return {
    fetchCheckout: async () => checkout?.(order) ?? NEVER,
    createPayment: async () => {
      const answer = await create();
      return known(answer, answer.status ?? 'pending');
    },
    fetchPayment: async () => (status ? status() : known(create(), then ?? 'pending')),
  };
};

/** Sets `element` up for a state; its language, theme and direction are the page's matter. */
export const show = async (name, element) => {
  const wanted = STATES[name];
  const order = `INV-${NAMES.indexOf(name)}`;
  Object.assign(element, functions(wanted, order), { order, currency: wanted.by ? 'EGP' : 'IDR', autoResume: 'off' });
  element.amount = wanted.amount ?? (wanted.by ? '165.50' : '15000');
  if (wanted.providers !== null) element.providers = wanted.providers ?? 'cashi kashier';
  if (wanted.next) element.successUrl = `${location.pathname}#next`;
  element.addEventListener('redirecting', (event) => event.preventDefault());
  element.addEventListener('paid', (event) => { if (!wanted.next) event.preventDefault(); });
  const root = element.shadowRoot;
  await until(() => element.state !== 'unopened' && root.querySelector('.frame'));
  if (wanted.start !== false) element.start(wanted.by ?? 'cashi');
  if (wanted.then || wanted.status) {
    await until(() => !['choosing', 'creating'].includes(element.state));
    element.checkNow();
  }
  await until(() => element.state === wanted.state && (!wanted.has || root.querySelector(wanted.has)));
  if (wanted.press) root.querySelector(wanted.press).click();
  await new Promise((done) => { setTimeout(done, 50); });
};
