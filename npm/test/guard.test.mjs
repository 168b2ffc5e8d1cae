// A module that stops, in every way that there is for one: each export is closed then, and it is reported once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guard } from '../src/guard.js';

/** (module (func (export "trap") unreachable) (func (export "one") (result i32) i32.const 1) (memory (export "memory") 1)) */
const TRAPS = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 2, 96, 0, 0, 96, 0, 1, 127, 3, 3, 2, 0, 1, 5, 3, 1, 0, 1, 7, 23, 3,
  4, 116, 114, 97, 112, 0, 0, 3, 111, 110, 101, 0, 1, 6, 109, 101, 109, 111, 114, 121, 2, 0,
  10, 10, 2, 3, 0, 0, 11, 4, 0, 65, 1, 11,
]);

test('a_trap_closes_every_export_and_is_reported_once', () => {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(TRAPS));
  const causes = [];
  const guarded = guard(exports, (cause) => causes.push(cause));
  assert.equal(guarded.memory, exports.memory, 'what is no function stays as it is');
  assert.equal(guarded.one(), 1);
  assert.throws(() => guarded.trap(), WebAssembly.RuntimeError);
  assert.equal(guarded.one(), undefined);
  assert.equal(guarded.trap(), undefined);
  assert.equal(causes.length, 1);
  assert.ok(causes[0] instanceof WebAssembly.RuntimeError);
});

test('what_a_call_inside_a_call_throws_is_reported_once_and_reaches_the_caller', () => {
  const causes = [];
  const guarded = guard({
    outer: (...words) => guarded.inner(...words),
    inner: (word) => { throw new Error(word); },
  }, (cause) => causes.push(cause.message));
  assert.throws(() => guarded.outer('Date.now'), { message: 'Date.now' });
  assert.deepEqual(causes, ['Date.now']);
});

test('a_fresh_instance_beside_a_stopped_one_goes_on', () => {
  const causes = [];
  const make = (name) => guard({ stop: () => { throw new Error(name); }, name: () => name },
    ({ message }) => causes.push(message));
  const [first, second] = [make('first'), make('second')];
  assert.throws(() => first.stop());
  assert.equal(first.name(), undefined);
  assert.equal(second.name(), 'second');
  assert.deepEqual(causes, ['first']);
});
