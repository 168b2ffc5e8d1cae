// The backend that is not there: what it answers is the contract's, its codes are sound where they should be, and a
// scenario plays the same each time. Time is played, so that ten minutes take none.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { beforeEach, mock as fake, test } from 'node:test';
import { END_STATES, SCENARIOS, mockBackend } from '../src/mock.js';

const at = (path) => new URL(`../../${path}`, import.meta.url);
const read = (path) => readFileSync(at(path), 'utf8');

const tools = createRequire(at('.tools/package.json'));
const Ajv = tools('ajv/dist/2020.js').default;
const ajv = new Ajv({ strict: false, allErrors: true });
tools('ajv-formats').default(ajv);
ajv.addSchema(JSON.parse(read('docs/openapi.json')), 'contract');
const check = (name, value, what) => {
  const valid = ajv.getSchema(`contract#/components/schemas/${name}`);
  assert.ok(valid(value), `${what}: ${name} ${ajv.errorsText(valid.errors)} in ${JSON.stringify(value)}`);
};

const PROVIDERS = ['cashi', 'kashier', 'cashii', 'cashpay'];
/** Longer than any answer that comes at all. */
const PATIENCE_MS = 20_000;
const NO_ANSWER = Symbol('no answer');

const restartClock = () => {
  fake.timers.reset();
  fake.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 10, 20, 7, 25) });
};
beforeEach(restartClock);

/** Lets time pass until a call is over; the answer, or the error. */
const settle = async (make) => {
  const stop = new AbortController();
  let over;
  make({ signal: stop.signal }).then((answer) => { over = { answer }; }, (error) => { over = { answer: error }; });
  for (let passed = 0; !over && passed < PATIENCE_MS; passed += 100) {
    fake.timers.tick(100);
    await new Promise(setImmediate);
  }
  if (over) return over.answer;
  stop.abort();
  await new Promise(setImmediate);
  assert.equal(over.answer.name, 'AbortError', 'a call that is given up ends at once');
  return NO_ANSWER;
};

/** One payment from the offer on, asked about every two seconds for three quarters of a minute. */
const play = async (scenario, provider, options = {}) => {
  const backend = mockBackend({ scenario, ...options });
  const answers = [];
  const ask = async (kind, make) => {
    const answer = await settle(make);
    answers.push([kind, answer]);
    return answer;
  };
  const request = { order: 'A', provider, supersedes: null, idempotency_key: 'k1' };
  const create = () => ask('Payment', (signal) => backend.createPayment(request, signal));
  await ask('Checkout', (signal) => backend.fetchCheckout({ order: 'A' }, signal));
  let payment = await create();
  if (payment instanceof Error) payment = await create();
  for (let passed = 0; payment.id && passed < 45; passed += 2) {
    fake.timers.tick(2000);
    await ask('Payment', (signal) => backend.fetchPayment({ id: payment.id }, signal));
  }
  return { answers, log: backend.log };
};

const checkError = (error, what) => {
  if (error instanceof TypeError) return;
  check('Problem', { ...error }, what);
  assert.ok(error.message.startsWith('mock: '), what);
};

test('every answer of every scenario is the contract’s', async () => {
  for (const scenario of Object.keys(SCENARIOS)) {
    for (const provider of PROVIDERS) {
      const what = `${scenario}, ${provider}`;
      const { answers } = await play(scenario, provider);
      for (const [kind, answer] of answers.filter(([, one]) => one !== NO_ANSWER)) {
        if (answer instanceof Error) checkError(answer, what);
        else if (answer.status === 'settling') check(kind, { ...answer, status: 'pending' }, what);
        else check(kind, answer, what);
        if (!(answer instanceof Error)) assert.equal(answer.test, true, what);
      }
    }
  }
});

test('each scenario ends as it says', async () => {
  const pending = ['code', 'open', 'leaving', 'window', 'elsewhere'];
  const silent = ['checking', 'last_check'];
  for (const [scenario, state] of Object.entries(END_STATES)) {
    if (['choosing', 'creating', 'broken'].includes(state) || silent.includes(scenario)) continue;
    const { answers } = await play(scenario, 'cashi');
    const [, last] = answers.filter(([kind, answer]) => kind === 'Payment' && answer.id).at(-1);
    assert.equal(last.status, pending.includes(state) ? 'pending' : state, scenario);
  }
});

test('what cannot be answered is not', async () => {
  const silent = { starting: 'Payment', loading: 'Checkout', checking: 'Payment', last_check: 'Payment' };
  for (const [scenario, kind] of Object.entries(silent)) {
    const { answers } = await play(scenario, 'kashier');
    assert.ok(answers.some(([asked, answer]) => asked === kind && answer === NO_ANSWER), scenario);
  }
});

test('a scenario is the same each time, and a tenth as long at ten times its pace', async () => {
  for (const scenario of ['paid', 'server_errors', 'paid_late', 'refused']) {
    const plays = [];
    for (let time = 0; time < 2; time += 1) {
      restartClock();
      plays.push(JSON.stringify(await play(scenario, 'cashi')));
    }
    assert.ok(plays[0] === plays[1], scenario);
  }
  const backend = mockBackend({ speed: 10 });
  const payment = await settle((signal) => backend.createPayment({ order: 'A', provider: 'cashi' }, signal));
  assert.equal(payment.poll_after_ms, 200);
  fake.timers.tick(500);
  assert.equal((await settle((signal) => backend.fetchPayment(payment, signal))).status, 'paid');
});

/** Tags with their values; lengths count characters. */
const tags = (text) => {
  const found = {};
  for (let place = 0; place < text.length;) {
    const [tag, length] = [text.slice(place, place + 2), Number(text.slice(place + 2, place + 4))];
    found[tag] = text.slice(place + 4, place + 4 + length);
    assert.equal(found[tag].length, length, `tag ${tag} is whole`);
    place += 4 + length;
  }
  return found;
};

/** CRC-16/CCITT-FALSE, written as a division of polynomials rather than as the mock does it. */
const remainder = (text) => {
  const bits = [...Buffer.from(text)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  let sum = 0xffffn;
  for (const bit of bits) {
    const isOut = ((sum >> 15n) & 1n) !== BigInt(bit);
    sum = (sum << 1n) & 0xffffn;
    if (isOut) sum ^= 0x1021n;
  }
  return sum.toString(16).toUpperCase().padStart(4, '0');
};

test('the codes are sound where they should be, by another reading', async () => {
  // The check value that every catalogue of CRCs gives, and the published examples.
  assert.equal(remainder('123456789'), '29B1');
  const sound = JSON.parse(read('crates/qris/tests/vectors.json')).filter(({ crc_ok }) => crc_ok);
  assert.ok(sound.length > 3);
  for (const { payload } of sound) assert.equal(remainder(payload.slice(0, -4)), payload.slice(-4));
  const codeOf = async (scenario, amount) => {
    const { answers } = await play(scenario, 'cashi', { amount });
    const { amount: asked, base_amount: price, action } = answers[1][1];
    assert.equal(remainder(action.payload.slice(0, -4)), action.payload.slice(-4), scenario);
    return { asked: asked.value, price: price.value, read: tags(action.payload) };
  };
  for (const amount of ['15000', '999', '250000']) {
    const { asked, price, read } = await codeOf('waiting', amount);
    assert.equal(price, amount);
    assert.ok(Number(asked) - Number(amount) >= 1 && Number(asked) - Number(amount) <= 99);
    assert.equal(read['54'], asked);
    assert.deepEqual(
      [read['00'], read['01'], read['53'], read['58'], read['59'], read['60']],
      ['01', '12', '360', 'ID', 'TOKO CONTOH', 'JAKARTA'],
    );
    assert.match(tags(read['51'])['02'], /^ID\d{13}$/);
  }
  const wrong = await codeOf('contradictory_code', '15000');
  assert.notEqual(wrong.read['54'], wrong.asked);
  const open = await codeOf('amount_to_type', '15000');
  assert.deepEqual([open.read['01'], open.read['54']], ['11', undefined]);
  assert.equal((await codeOf('tip', '15000')).read['55'], '01');
});

test('one key is one payment, and another provider needs to say what it replaces', async () => {
  const backend = mockBackend({ scenario: 'waiting' });
  const create = (provider, key, supersedes = null) => settle((signal) => backend.createPayment(
    { order: 'A', provider, idempotency_key: key, supersedes }, signal,
  ));
  const first = await create('cashi', 'k1');
  assert.equal((await create('cashi', 'k1')).id, first.id);
  assert.equal((await create('cashi', 'k2')).id, first.id);
  const refused = await create('kashier', 'k3');
  assert.deepEqual([refused.status, refused.code, refused.payment.id], [409, 'payment_open', first.id]);
  const second = await create('kashier', 'k3', first.id);
  assert.notEqual(second.id, first.id);
  const asked = await settle((signal) => backend.fetchPayment(first, signal));
  assert.equal(asked.status, 'canceled', 'the replaced payment is still known');
  const offer = await settle((signal) => backend.fetchCheckout({ order: 'A' }, signal));
  assert.equal(offer.payment.id, second.id);
  assert.equal((await settle((signal) => backend.fetchPayment({ id: 'pay_other' }, signal))).status, 404);
});

test('paid stays paid, also when it is canceled', async () => {
  const backend = mockBackend({ scenario: 'waiting' });
  const payment = await settle((signal) => backend.createPayment({ order: 'A', provider: 'cashi' }, signal));
  backend.set('paid');
  assert.equal((await settle((signal) => backend.cancelPayment(payment, signal))).status, 'paid');
  backend.play('declined');
  const next = await settle((signal) => backend.createPayment({ order: 'B', provider: 'cashi' }, signal));
  assert.equal((await settle((signal) => backend.cancelPayment(next, signal))).status, 'canceled');
});

test('a call that is given up before it begins never begins', async () => {
  const backend = mockBackend();
  const asked = backend.createPayment({ order: 'A', provider: 'cashi' }, { signal: AbortSignal.abort() });
  await assert.rejects(asked, { name: 'AbortError' });
  assert.deepEqual(backend.log, []);
});

test('a wrong name, amount or speed is refused with what would be right', () => {
  assert.throws(() => mockBackend({ scenario: 'lucky' }), /"lucky": use one of paid, /);
  assert.throws(() => mockBackend({ scenario: 'toString' }), /no scenario/);
  assert.throws(() => mockBackend({ amount: '15.000,00' }), /"15.000,00" is not a decimal/);
  assert.throws(() => mockBackend({ speed: 0 }), /"0" is not a number above 0/);
});

test('documentation and types name the scenarios that there are', () => {
  const names = Object.keys(SCENARIOS);
  const rows = [...read('docs/mock.md').matchAll(/^\| `(\w+)` \| (.+) \| `(\w+)` \|$/gm)].map(([, ...row]) => row);
  assert.deepEqual(rows, names.map((name) => [name, SCENARIOS[name], END_STATES[name]]));
  const [, union] = read('npm/types/mock.d.ts').split('export type ScenarioName =');
  assert.deepEqual([...union.split(';')[0].matchAll(/'(\w+)'/g)].map(([, name]) => name), names);
});
