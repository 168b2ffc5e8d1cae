/**
 * The script-tag build: `<script type="module" src="paywith.js">` registers `<pay-with>`.
 *
 * The module's download starts with this script, not with the first element: that is one round
 * trip less. It is checked against the hash that this file carries.
 */
import * as bindings from 'paywith-bindings';
import { define } from './element.js';
import { instantiate } from './instantiate.js';

const download = () => fetch(new URL('./paywith.wasm', import.meta.url), {
  integrity: WASM_INTEGRITY,
  credentials: 'same-origin',
});

let first = typeof window === 'undefined' ? undefined : download();
// Whoever loads hears of the failure; nobody else needs to.
first?.catch(() => {});

const load = async () => {
  const source = first ?? download();
  first = undefined;
  await bindings.connect((imports) => instantiate(source, imports));
  return bindings;
};

define('pay-with', { load });
