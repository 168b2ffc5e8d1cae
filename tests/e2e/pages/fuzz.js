// Hands the widget what no page should: every attribute, property and answer takes values of every kind.
// What is allowed to come of it is a fault with a stable code, or nothing where the value happens to be
// sound; a module that stops is the one thing that must never come.

/** Numbers that are the same for the same seed (mulberry32). */
const random = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let value = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
  return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
};

const fail = () => { throw new Error('hostile'); };
const throwing = new Proxy(function hostile() {}, {
  get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail, apply: fail,
});
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const cycle = () => {
  const one = { list: [] };
  one.list.push(one);
  return one;
};
const deep = () => {
  let value = 1;
  for (let level = 0; level < 3_000; level += 1) value = [value];
  return value;
};

/** Values that are neither a setting nor an answer of any kind. */
const HOSTILE = {
  'a symbol': () => Symbol('hostile'),
  'a big integer': () => 10n,
  'a proxy that throws': () => throwing,
  'a revoked proxy': revoked,
  'a cycle': cycle,
  'nested deep': deep,
  'a getter that throws': () => ({ get cashi() { return fail(); }, get id() { return fail(); } }),
  'a toJSON that throws': () => ({ toJSON: fail }),
  'an iterator that throws': () => ({ [Symbol.iterator]: fail }),
  'an iterator without end': () => ({ [Symbol.iterator]: () => ({ next: () => ({ value: 1, done: false }) }) }),
  'the window': () => window,
  'a number': () => 7,
  'a text': () => 'hostile',
  'true': () => true,
};

/** Values that may be sound in some places. */
const ODD = {
  ...HOSTILE,
  'undefined': () => undefined,
  'null': () => null,
  'nothing': () => '',
  'zero': () => 0,
  'not a number': () => NaN,
  'infinity': () => Infinity,
  'beyond 2^53': () => 2 ** 60,
  'half a character': () => 'x\ud800y',
  'a null character': () => 'a\0b',
  'directions': () => '\u202eevil\u2066',
  'markup': () => '<img src=x onerror=alert(1)>',
  'a very long text': () => 'x'.repeat(100_000),
  'a text of megabytes': () => 'x'.repeat(3_000_000),
  'a function': () => () => 'hostile',
  'a function that throws': () => fail,
  'a class': () => class Hostile {},
  'a list': () => [],
  'a list of odd things': () => [null, Symbol('x'), throwing, [['a']], { 0: 1 }],
  'pairs': () => [['X-A', 'b'], ['cashi', 'https://pay.example']],
  'an object': () => ({}),
  'without a prototype': () => Object.create(null),
  'odd names': () => ({ '': 'a', '__proto__x': {}, 'X Y': 'b', 'X-Ä': 'ü', constructor: 1 }),
  'a date that is none': () => new Date(NaN),
  'a map': () => new Map([['X-A', 'b']]),
  'a set': () => new Set(['a', 'b']),
  'headers': () => new Headers({ 'x-a': 'b' }),
  'a response': () => new Response('{}'),
  'an error': () => Object.assign(new Error('hostile'), { status: 'x', code: 7 }),
  'a promise without end': () => new Promise(() => {}),
  'a thenable that throws': () => ({ get then() { return fail(); } }),
  'a thenable that answers twice': () => ({ then: (yes, no) => { yes({}); no({}); yes(1); } }),
  'bytes': () => new Uint8Array(1_000),
  'an element': () => document.createElement('pay-with'),
  'an address': () => 'javascript:alert(1)',
};

const PAYMENT = {
  id: 'pay_1', order: 'INV-1', merchant_name: 'Toko', provider: 'cashi', status: 'pending',
  amount: { value: '15023', currency: 'IDR' }, base_amount: { value: '15000', currency: 'IDR' },
  action: { type: 'qr', payload: null, image: null, checkout_url: 'https://cashi.id/pay/1' },
  expires_at: '2026-11-20T07:35:00Z', expires_in_ms: 598_000, poll_after_ms: 3_000, test: false,
};
const NATIVE = { success: true, order_id: 'INV-1', amount: 15023, checkout_url: 'https://cashi.id/pay/1', qrUrl: null };
const OFFER = { order: 'INV-1', amount: { value: '15000', currency: 'IDR' }, providers: ['cashi'], payment: null };

const ATTRIBUTES = ['endpoint', 'order', 'providers', 'amount', 'currency', 'mode', 'returnUrl', 'successUrl',
  'theme', 'numbering', 'autoResume', 'disabled', 'lang', 'dir'];
const SETTINGS = ['messages', 'headers', 'credentials', 'providerPages', 'allowedHosts', 'returnParams'];
const FUNCTIONS = ['createPayment', 'fetchPayment', 'fetchCheckout', 'cancelPayment'];
const ACTIONS = ['start', 'checkNow', 'renew', 'cancel', 'reset', 'resume', 'close'];

/** No value may keep the page busy for longer than this. */
const SLOW_MS = 3_000;

const settled = async (turns = 8) => {
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
};

/** A fresh element that works, with what its page was told. */
const mount = (order) => {
  const element = document.createElement('pay-with');
  element.faults = [];
  element.addEventListener('fault', ({ detail }) => element.faults.push(detail));
  Object.assign(element, {
    order, providers: 'cashi kashier', lang: 'en',
    createPayment: () => PAYMENT, fetchPayment: () => PAYMENT, fetchCheckout: () => OFFER,
    cancelPayment: () => PAYMENT,
  });
  document.querySelector('main').append(element);
  return element;
};

const CODES = new Set(['missing_endpoint', 'missing_order', 'unknown_provider', 'no_providers', 'bad_amount',
  'bad_setting', 'unreachable', 'call_blocked', 'busy', 'not_json', 'unreadable_answer', 'stale_answer',
  'not_found', 'backend_refused', 'provider_refused', 'unsafe_redirect', 'unsafe_code', 'picture_blocked']);

/** `count` inputs from a seed; answers the first one that stopped the module, or was told oddly. */
export const fuzz = async (seed, count) => {
  const last = [];
  let stop;
  const onFault = ({ detail }) => {
    if (detail.code === 'panic') stop ??= { stopped: [...last] };
  };
  const onError = ({ error }) => last.push(String(error?.stack).slice(0, 600));
  addEventListener('fault', onFault);
  addEventListener('error', onError);
  try {
    const found = await hand(seed, count, last);
    await new Promise((resolve) => { setTimeout(resolve, 20); });
    return stop ?? found;
  } finally {
    removeEventListener('fault', onFault);
    removeEventListener('error', onError);
  }
};

const hand = async (seed, count, last) => {
  const next = random(seed);
  const pick = (list) => list[Math.floor(next() * list.length)];
  let element;
  for (let input = 0; input < count; input += 1) {
    if (input % 50 === 0) {
      element?.remove();
      element = mount(`INV-${seed}-${input}`);
      await settled();
    }
    const begun = performance.now();
    const [kind, value] = pick(Object.entries(ODD));
    // Reading megabytes takes its time: rarely.
    if (kind === 'a text of megabytes' && next() > 0.01) continue;
    const place = pick([...ATTRIBUTES, ...SETTINGS, ...SETTINGS, ...FUNCTIONS, ...FUNCTIONS, ...FUNCTIONS]);
    const base = pick([PAYMENT, NATIVE, OFFER]);
    const within = pick(['whole', ...Object.keys(base)]);
    try {
      if (FUNCTIONS.includes(place)) {
        const how = next();
        const answer = () => (within === 'whole' ? value() : { ...base, [within]: value() });
        if (how < 0.2) element[place] = value();
        else if (how < 0.3) element[place] = async () => { throw answer(); };
        else element[place] = answer;
      } else {
        element[place] = value();
      }
    } catch {
      // What cannot be an attribute is refused in the page's own line, as by built-in elements.
    }
    const action = pick(ACTIONS);
    element[action](...(next() < 0.3 && action === 'start' ? [pick(['cashi', 'kashier', 'paypal', 7])] : []));
    await settled(4);
    const odd = element.faults.find(({ code, message, kind: whose }) => !CODES.has(code) || !message || !whose);
    last.push([input, place, kind, within, action].join(' '));
    if (last.length > 30) last.shift();
    const took = Math.round(performance.now() - begun);
    if (odd || took > SLOW_MS) return { input, seed, place, kind, within, action, took, fault: odd };
    if (next() < 0.3) element[place] = undefined;
  }
  element?.remove();
  return null;
};

/** Every setting and answer with every value that is none: what was told of it, where nothing was. */
export const silences = async () => {
  const silent = [];
  // A text may be what the page means, and numbers may stand where texts do.
  const sound = { credentials: [], returnParams: [], messages: [], headers: [], providerPages: [], allowedHosts: [] };
  for (const place of SETTINGS) {
    for (const [kind, value] of Object.entries(HOSTILE)) {
      const element = mount(`INV-${place}-${kind}`);
      element[place] = value();
      await settled(20);
      const told = element.faults.some(({ code, message }) => code === 'bad_setting' && message.includes(place));
      if (!told && !sound[place].includes(kind)) silent.push(`${place}: ${kind} ${JSON.stringify(element.faults)}`);
      element.remove();
    }
  }
  for (const place of FUNCTIONS) {
    for (const [kind, value] of Object.entries(HOSTILE)) {
      const element = mount(`INV-${place}-${kind}`);
      if (place === 'fetchCheckout') element.providers = undefined;
      element[place] = () => value();
      if (place === 'fetchPayment') element.createPayment = () => ({ ...PAYMENT, status: 'processing' });
      await settled(20);
      element.start('cashi');
      await settled(20);
      if (place === 'fetchPayment') element.checkNow();
      await settled(30);
      const told = element.faults.some(({ kind: whose }) => whose === 'backend');
      // The answer to a cancellation is not awaited.
      if (!told && place !== 'cancelPayment') silent.push(`${place} answers ${kind}: ${element.state} ${JSON.stringify(element.faults)}`);
      element.remove();
    }
  }
  return silent;
};
