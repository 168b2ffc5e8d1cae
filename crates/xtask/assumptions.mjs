// What `pack.mjs` takes for granted about other programs' output. Each function throws a sentence that
// names the program and what it writes differently now; silence would be a widget that fails in a shop.
// It knows texts and lists of names only, so that `npm/test/pack.test.mjs` can try every sentence.

const demand = (holds, tool, change) => {
  if (!holds) {
    throw new Error(`${tool} changed: ${change}. Read its changelog, then crates/xtask/pack.mjs, which relies on it`);
  }
};

/** Functions of ours that the page's scripts call, and what starts the module. */
const OWN = ['mount', 'style_text'];
export const START = '__wbindgen_start';

/**
 * wasm-bindgen's `--target bundler`: `entry` is `bindings.js`, which our glue replaces, and `bindings`
 * is `bindings_bg.js`, from which the glue takes its functions.
 */
export const checkBindings = (entry, bindings) => {
  const statements = entry.replaceAll(/(import|export) [^;]*;/g, '').split(';')
    .map((statement) => statement.trim()).filter((statement) => statement !== '');
  const known = ['__wbg_set_wasm(wasm)', `wasm.${START}()`];
  demand(statements.join('; ') === known.join('; '), 'wasm-bindgen',
    `bindings.js used to run \`${known.join('; ')}\` and now runs \`${statements.join('; ')}\``);
  demand(/^let wasm;$/m.test(bindings), 'wasm-bindgen',
    'bindings_bg.js no longer holds the module\'s exports in `let wasm;`');
  demand(/^export function __wbg_set_wasm\(val\) \{\s*wasm = val;\s*\}/m.test(bindings), 'wasm-bindgen',
    'bindings_bg.js has no `__wbg_set_wasm` that only sets `wasm`');
  demand(bindings.includes('new FinalizationRegistry'), 'wasm-bindgen',
    'bindings_bg.js has no `new FinalizationRegistry` to mark as free of side effects');
  demand(!/^import /m.test(bindings), 'wasm-bindgen',
    'bindings_bg.js imports other files, which every instance of the module would share');
  for (const name of OWN) {
    demand(new RegExp(`^export function ${name}\\(`, 'm').test(bindings), 'wasm-bindgen (or src/element/mod.rs)',
      `bindings_bg.js does not export the function \`${name}\``);
  }
};

/** What the module that wasm-bindgen wrote imports and exports: descriptors of `WebAssembly.Module`. */
export const checkModule = (bindings, imports, exports) => {
  demand(exports.some(({ name }) => name === START), 'wasm-bindgen', `the module has no export \`${START}\``);
  const from = [...new Set(imports.map(({ module }) => module))].join(', ');
  demand(from === './bindings_bg.js', 'wasm-bindgen',
    `the module imports from \`${from}\` instead of \`./bindings_bg.js\` alone`);
  const missing = imports.find(({ name }) => !new RegExp(`^export (?:const|function) ${name}\\b`, 'm').test(bindings));
  demand(missing === undefined, 'wasm-bindgen',
    `bindings_bg.js does not export \`${missing?.name}\`, which the module imports`);
};

/** esbuild's answer to `reached.js`: functions, and one list of exports at the end. */
export const withoutExports = (bundled) => {
  const list = /export \{[^}]*\};\s*$/;
  demand(list.test(bundled), 'esbuild', 'a bundle no longer ends with one `export { … };`');
  const functions = bundled.replace(list, '');
  demand(!/^\s*(?:export|import) /m.test(functions), 'esbuild',
    'a bundle imports or exports in more places than its last statement');
  return functions;
};

/** The names of the module's exports that a bundle reaches. */
export const reachedExports = (script) => {
  const names = [...script.matchAll(/\bwasm\.(\w+)/g)].map(([, name]) => name);
  demand(names.length > 0, 'esbuild', 'a bundle no longer reaches the module as `wasm.NAME`');
  return new Set(names).add(START);
};

/** wasm-opt's shortening of names: the same imports and exports in the same order, from one module. */
export const checkShortened = (kind, before, after, module) => {
  const kinds = (list) => list.map((one) => one.kind).join(' ');
  demand(kinds(before) === kinds(after), 'wasm-opt',
    `shortening the names of ${kind} changed their number or order (${before.length} before, ${after.length} after)`);
  const from = [...new Set(after.map((one) => one.module))].join(', ');
  demand(kind !== 'imports' || from === module, 'wasm-opt',
    `the shortened module imports from \`${from}\` instead of \`${module}\``);
};
