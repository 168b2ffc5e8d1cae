/**
 * What every entry of the package and the script-tag build share: the element, and how a widget
 * is made of its module. Nothing happens on import.
 */
import * as bindings from 'paywith-bindings';
import { instantiate } from './instantiate.js';

export { PaywithError, loadOnce, makeElement, register } from './element.js';

/** The hash of the module that this file was built with; a page can hold no other one. */
export const INTEGRITY = WASM_INTEGRITY;

/** Runs the widget's module: a `Response`, or a promise of one. */
export const run = async (source) => {
  await bindings.connect((imports) => instantiate(source, imports));
  return bindings;
};
