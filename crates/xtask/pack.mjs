// Makes the module and its glue small: what no page can reach is taken out, and the long names
// between the two are shortened on both sides.
//
//   node pack.mjs FOLDER MODULE
//
// FOLDER holds what `wasm-bindgen --target bundler --out-name bindings` wrote. Afterwards MODULE is
// the small module, and FOLDER/glue.js exports `connect`, which runs it, and the widget's own
// functions. The work is Binaryen's and esbuild's; this only tells them the names. What it takes for
// granted about their output stands in `assumptions.mjs`, and is checked.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  START, checkBindings, checkModule, checkShortened, reachedExports, withoutExports,
} from './assumptions.mjs';

const [folder, target] = process.argv.slice(2);
const at = (name) => join(folder, name);
const run = (program, ...words) => execFileSync(program, words, { encoding: 'utf8' });

/** wasm-opt's features, one by one: with all of them it writes types that Chromium refuses. */
const FEATURES = [
  '--enable-bulk-memory', '--enable-nontrapping-float-to-int', '--enable-sign-ext',
  '--enable-mutable-globals', '--enable-reference-types', '--enable-multivalue',
];
/** The last one says that no address lies in the first kilobyte: there the stack has its end. */
const PASSES = ['--flatten', '--rereloop', '-Oz', '-Oz', '--converge', '--low-memory-unused'];
/** What wasm-opt's shortening makes of the name under which the module looks for its imports. */
const SHORT_MODULE = 'a';

const moduleAt = (path) => new WebAssembly.Module(readFileSync(path));
const exportsOf = (path) => WebAssembly.Module.exports(moduleAt(path));
const importsOf = (path) => WebAssembly.Module.imports(moduleAt(path));

const written = readFileSync(at('bindings_bg.js'), 'utf8');
checkBindings(readFileSync(at('bindings.js'), 'utf8'), written);
// Without the mark, unused classes would stay for the sake of their finalizers.
const bindings = written
  .replaceAll('new FinalizationRegistry', '/* @__PURE__ */ new FinalizationRegistry');
/** The widget's own functions, not the classes that dependencies bring. */
const own = [...bindings.matchAll(/^export function (?!__wb)(\w+)/gm)].map(([, name]) => name);

/** What wasm-bindgen's functions need of a bundler. */
const ESBUILD = [
  '--bundle', '--format=esm', '--target=es2022', '--define:Symbol.dispose=undefined',
  '--log-level=warning',
];

/**
 * Writes glue.js for these imports and exports: pairs of wasm-bindgen's name and the module's.
 *
 * wasm-bindgen's functions share one instance. Here they are made anew for each, so that a module
 * that stopped can be replaced: whatever still calls the old one (timers, promises, finalizers) meets
 * the old one, which `npm/src/guard.js` has closed.
 */
const writeGlue = (imports, exports) => {
  const short = new Map(exports);
  const renamed = bindings.replaceAll(/\bwasm\.(\w+)/g, (whole, name) =>
    short.has(name) ? `wasm.${short.get(name)}` : whole);
  writeFileSync(at('bindings_short.js'), renamed);
  const names = ['__wbg_set_wasm', ...own, ...imports.map(([name]) => name)];
  writeFileSync(at('reached.js'), `export { ${names.join(', ')} } from './bindings_short.js';`);
  const functions = withoutExports(run('esbuild', at('reached.js'), ...ESBUILD));
  writeFileSync(at('glue.js'), `
    const make = () => {
      ${functions}
      const imports = { ${imports.map(([name, key]) => `${key}: ${name}`).join(', ')} };
      return { ${['__wbg_set_wasm', ...own].join(', ')}, imports };
    };

    let current;
    ${own.map((name) => `export const ${name} = (...words) => current.${name}(...words);`).join('\n')}

    /** Runs a fresh instance; \`instantiate\` answers the exports that it has with these imports. */
    export const connect = async (instantiate) => {
      const fresh = make();
      const exports = await instantiate({ ${SHORT_MODULE}: fresh.imports });
      fresh.__wbg_set_wasm(exports);
      exports.${short.get(START)}();
      current = fresh;
    };
  `);
};

const same = (list) => list.map(({ name }) => [name, name]);
const whole = at('bindings_bg.wasm');
checkModule(written, importsOf(whole), exportsOf(whole));
writeGlue(same(importsOf(whole)), same(exportsOf(whole)));
const used = reachedExports(run('esbuild', at('glue.js'), ...ESBUILD));

writeFileSync(at('reach.json'), JSON.stringify(exportsOf(whole).map(({ name }) => ({
  name: `export ${name}`, export: name, root: used.has(name) || undefined,
}))));
// With names, for `cargo xtask size`; they go with the next step.
run('wasm-metadce', ...FEATURES, '-g', whole, '--graph-file', at('reach.json'), '-o', at('reached.wasm'));
run('wasm-opt', ...PASSES, ...FEATURES, '--strip-producers', '--strip-target-features',
  at('reached.wasm'), '-o', at('small.wasm'));
run('wasm-opt', ...FEATURES, '--minify-imports-and-exports-and-modules',
  at('small.wasm'), '-o', target);

/** Names before and after, which stay in the same order. */
const renamed = (kind, list) => {
  const [before, after] = [list(at('small.wasm')), list(target)];
  checkShortened(kind, before, after, SHORT_MODULE);
  return before.map(({ name }, place) => [name, after[place].name]);
};
writeGlue(renamed('imports', importsOf), renamed('exports', exportsOf));
