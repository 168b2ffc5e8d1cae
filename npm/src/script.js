/**
 * The script-tag build: `<script type="module" src="paywith.js">` registers `<pay-with>`.
 *
 * The module's download starts with this script, not with the first element: that is one round
 * trip less. It is checked against the hash that this file carries.
 */
import { INTEGRITY, makeElement, register, run } from './core.js';

// A promise whatever `fetch` is here: scripts of the page like to replace it.
const download = async () => fetch(new URL(WASM_FILE, import.meta.url), {
  integrity: INTEGRITY,
  credentials: 'same-origin',
});

let first = typeof window === 'undefined' ? undefined : download();
// An element that loads reports the failure; no one else needs to know.
first?.catch(() => {});

const load = (stopped) => {
  const source = first ?? download();
  first = undefined;
  return run(source, stopped);
};

register('pay-with', makeElement(load));
