// The backend that is not there: what it answers is the contract's, its codes are sound where they should be, and a
// scenario plays the same each time.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { SCENARIOS, mock, mockBackend } from '../src/mock.js';
import { checksum, qrisPayload } from '../src/mock-qris.js';

const tools = createRequire(new URL('../../.tools/package.json', import.meta.url));
const Ajv = tools('ajv/dist/2020.js').default;
const addFormats = tools('ajv-formats').default;

const contract = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(contract, 'contract');
const check = (name, value) => {
  const valid = ajv.getSchema(`contract#/components/schemas/${name}`);
  assert.ok(valid(value), `${name}: ${ajv.errorsText(valid.errors)} in ${JSON.stringify(value)}`);
};

const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });
const SPEED = 100;

/** Everything that a backend answers for one payment, at a hundred times its pace. */
const played = async (scenario, provider) => {
  const backend = mockBackend({ scenario, speed: SPEED });
  const answers = [];
  const ask = async (kind, question) => {
    try {
      answers.push([kind, await question]);
    } catch (error) {
      answers.push([kind, error]);
    }
    return answers.at(-1)[1];
  };
  await ask('Checkout', backend.fetchCheckout({ order: 'A' }));
  let payment = await ask('Payment', backend.createPayment({ order: 'A', provider }));
  if (payment instanceof Error) payment = await ask('Payment', backend.createPayment({ order: 'A', provider }));
  for (let time = 0; time < 8 && payment.id; time += 1) {
    await sleep(45);
    await ask('Payment', backend.fetchPayment({ id: payment.id }));
  }
  return answers;
};

test('every answer of every scenario is the contract\'s', async () => {
  const plays = Object.keys(SCENARIOS).flatMap((scenario) =>
    ['cashi', 'kashier'].map(async (provider) => {
      for (const [kind, answer] of await played(scenario, provider)) {
        if (answer instanceof Error) {
          assert.ok(answer instanceof TypeError || answer.status >= 400, `${scenario}: ${answer}`);
        } else if (answer.status !== 'settling') {
          check(kind, answer);
        }
      }
    }));
  await Promise.all(plays);
});

test('a scenario ends as its sentence says', async () => {
  const ends = {
    paid: 'paid', late_webhook: 'paid', last_second: 'paid', processing: 'paid', server_errors: 'paid', offline: 'paid',
    unknown_word: 'paid', declined: 'failed', canceled: 'canceled', expired: 'expired', paid_late: 'paid',
    wrong_amount: 'processing', paid_twice: 'processing', refunded: 'refunded', waiting: 'pending',
  };
  await Promise.all(Object.entries(ends).map(async ([scenario, status]) => {
    const [, last] = (await played(scenario, 'cashi')).at(-1);
    assert.equal(last.status, status, scenario);
  }));
});

test('the checksum is the published one, and a code holds the amount that it should', () => {
  // The check value that every catalogue of CRCs gives for this one.
  assert.equal(checksum('123456789'), '29B1');
  const path = new URL('../../crates/qris/tests/vectors.json', import.meta.url);
  const sound = JSON.parse(readFileSync(path, 'utf8')).filter(({ crc_ok }) => crc_ok);
  assert.ok(sound.length > 3);
  for (const { payload } of sound) {
    assert.equal(checksum(payload.slice(0, -4)), payload.slice(-4).toUpperCase(), payload);
  }
  assert.match(qrisPayload({ amount: '15023' }), /5405150235802ID/);
  assert.doesNotMatch(qrisPayload(), /5303360540/);
});

test('a call that is given up ends at once', async () => {
  const backend = mockBackend({ scenario: 'slow' });
  const stop = new AbortController();
  const asked = backend.createPayment({ order: 'A', provider: 'cashi' }, { signal: stop.signal });
  stop.abort();
  await assert.rejects(asked, { name: 'AbortError' });
});

test('the same order and provider is the same payment while it lives', async () => {
  const backend = mockBackend({ scenario: 'waiting', speed: SPEED });
  const ids = [];
  for (const provider of ['cashi', 'cashi', 'kashier']) {
    ids.push((await backend.createPayment({ order: 'A', provider })).id);
  }
  assert.deepEqual(ids, ['pay_mock_1', 'pay_mock_1', 'pay_mock_2']);
  backend.set('canceled');
  assert.equal((await backend.createPayment({ order: 'A', provider: 'kashier' })).id, 'pay_mock_3');
});

test('a wrong name or amount is refused with what would be right', () => {
  assert.throws(() => mockBackend({ scenario: 'lucky' }), /"lucky": use one of paid, /);
  assert.throws(() => mockBackend({ amount: '15.000,00' }), /"15.000,00" is not a decimal/);
});

test('a package without an element is fine on a server', () => {
  assert.equal(typeof mock, 'function');
});

test('page and types name every scenario, and no other', () => {
  const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const rows = [...read('docs/mock.md').matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, name, about]) => [name, about]);
  assert.deepEqual(Object.fromEntries(rows), { ...SCENARIOS });
  const [, union] = /export type ScenarioName =([^;]+);/.exec(read('npm/types/mock.d.ts'));
  assert.deepEqual([...union.matchAll(/'(\w+)'/g)].map(([, name]) => name).sort(), Object.keys(SCENARIOS).sort());
});
