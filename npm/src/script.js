/**
 * The script-tag build: `<script type="module" src="paywith.js">` registers `<pay-with>`.
 *
 * The module's download starts with this script, not with the first element: that is one round
 * trip less. It is checked against the hash that this file carries.
 */
import init, * as bindings from 'paywith-bindings';
import { define } from './element.js';

const download = () => fetch(new URL('./paywith.wasm', import.meta.url), {
  integrity: WASM_INTEGRITY,
  credentials: 'same-origin',
});

let first = typeof window === 'undefined' ? undefined : download();
// Whoever loads hears of the failure; nobody else needs to.
first?.catch(() => {});

const load = async () => {
  const response = first ?? download();
  first = undefined;
  await init({ module_or_path: await response });
  return bindings;
};

define('pay-with', { load });
