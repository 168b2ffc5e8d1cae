/**
 * What every entry of the package and the script-tag build share: the element, and how a widget
 * is made of its module. Nothing happens on import.
 */
import * as bindings from 'paywith-bindings';
import { guard } from './guard.js';
import { instantiate } from './instantiate.js';

export { PaywithError, makeElement, register } from './element.js';
export { loadOnce } from './module.js';

/** The hash of the module that this file was built with; a page can hold no other one. */
export const INTEGRITY = WASM_INTEGRITY;

/** Runs the widget's module, a `Response` or a promise of one; `stopped` is called when it has thrown. */
export const run = async (source, stopped) => {
  // The glue is made when there is something to join: until then the first screen has the processor.
  const response = await source;
  await bindings.connect(async (imports) => guard(await instantiate(response, imports), stopped));
  // Each step of the start in a task of its own: on a slow processor a shopper's touch comes in between.
  await new Promise((done) => { setTimeout(done); });
  return bindings;
};
