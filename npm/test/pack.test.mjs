// What `pack.mjs` takes for granted about wasm-bindgen, esbuild and wasm-opt: output of today's versions
// passes, and each change to it is named with the program that made it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkBindings, checkModule, checkShortened, reachedExports, withoutExports,
} from '../../crates/xtask/assumptions.mjs';

/** The shape of what wasm-bindgen 0.2.130 writes for a bundler. */
const ENTRY = `import * as wasm from "./bindings_bg.wasm";
import { __wbg_set_wasm } from "./bindings_bg.js";

__wbg_set_wasm(wasm);
wasm.__wbindgen_start();
export {
    Widget, mount, style_text
} from "./bindings_bg.js";
`;
const BINDINGS = `export class Widget {}
export function mount(target, root) {
    return wasm.mount(target, root);
}
export function style_text() {
}
export function __wbg_abort_f8(arg0) {
    arg0.abort();
}
const WidgetFinalization = new FinalizationRegistry(ptr => wasm.__wbg_widget_free(ptr, 1));
let wasm;
export function __wbg_set_wasm(val) {
    wasm = val;
}
`;
const IMPORTS = [{ module: './bindings_bg.js', name: '__wbg_abort_f8', kind: 'function' }];
const EXPORTS = [{ name: 'memory', kind: 'memory' }, { name: '__wbindgen_start', kind: 'function' }];

/** Each change is found, and the message names the tool and what is different. */
const refuses = (cases) => {
  for (const [tool, change, run] of cases) {
    assert.throws(run, ({ message }) => message.startsWith(`${tool} changed: `) && message.includes(change), change);
  }
};

test('wasm_bindgens_output_of_today_passes', () => {
  checkBindings(ENTRY, BINDINGS);
  checkModule(BINDINGS, IMPORTS, EXPORTS);
});

test('a_change_of_wasm_bindgen_is_named', () => {
  const bindings = (from, to) => () => checkBindings(ENTRY, BINDINGS.replace(from, to));
  refuses([
    ['wasm-bindgen', 'now runs `__wbg_set_wasm(wasm); wasm.__wbindgen_init()`',
      () => checkBindings(ENTRY.replace('_start()', '_init()'), BINDINGS)],
    ['wasm-bindgen', '`let wasm;`', bindings('let wasm;', 'var wasm;')],
    ['wasm-bindgen', '`__wbg_set_wasm`', bindings('    wasm = val;', '    wasm = val; memory = val.memory;')],
    ['wasm-bindgen', '`new FinalizationRegistry`', bindings('new FinalizationRegistry', 'makeRegistry')],
    ['wasm-bindgen', 'imports other files', bindings('export class', 'import { log } from "./snippet.js";\nexport class')],
    ['wasm-bindgen (or src/element/mod.rs)', 'the function `mount`', bindings('function mount', 'const mount = function')],
    ['wasm-bindgen', 'no export `__wbindgen_start`', () => checkModule(BINDINGS, IMPORTS, EXPORTS.slice(0, 1))],
    ['wasm-bindgen', 'imports from `wbg`',
      () => checkModule(BINDINGS, [{ ...IMPORTS[0], module: 'wbg' }], EXPORTS)],
    ['wasm-bindgen', '`__wbg_close_f1`, which the module imports',
      () => checkModule(BINDINGS, [{ ...IMPORTS[0], name: '__wbg_close_f1' }], EXPORTS)],
  ]);
});

test('a_change_of_esbuild_is_named', () => {
  const bundled = 'let wasm;\nfunction mount() {\n  return wasm.mount();\n}\nexport {\n  mount\n};\n';
  assert.doesNotMatch(withoutExports(bundled), /export/);
  assert.deepEqual([...reachedExports(bundled)], ['mount', '__wbindgen_start']);
  refuses([
    ['esbuild', 'no longer ends with one', () => withoutExports('export let wasm;')],
    ['esbuild', 'more places than its last statement', () => withoutExports(`export let a;\n${bundled}`)],
    ['esbuild', 'as `wasm.NAME`', () => reachedExports(bundled.replace('wasm.mount', 'wasm2.mount'))],
  ]);
});

test('a_change_of_wasm_opt_is_named', () => {
  const shortened = [{ module: 'a', name: 'a', kind: 'function' }];
  checkShortened('imports', IMPORTS, shortened, 'a');
  checkShortened('exports', EXPORTS, [{ name: 'b', kind: 'memory' }, { name: 'c', kind: 'function' }], 'a');
  refuses([
    ['wasm-opt', 'imports from `b`', () => checkShortened('imports', IMPORTS, [{ ...shortened[0], module: 'b' }], 'a')],
    ['wasm-opt', 'names of imports changed their number', () => checkShortened('imports', IMPORTS, [], 'a')],
    ['wasm-opt', 'names of exports changed their number or order',
      () => checkShortened('exports', EXPORTS, [...EXPORTS].reverse(), 'a')],
  ]);
});
