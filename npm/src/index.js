/**
 * The package `paywith`. Importing it has no side effect and is safe on a server.
 */
import { INTEGRITY, loadOnce, makeElement, register, run } from './core.js';

export { PaywithError } from './core.js';

let override;

const fetchWidget = (stopped) => run(
  fetch(override ?? new URL('./paywith.wasm', import.meta.url), {
    integrity: INTEGRITY,
    credentials: 'same-origin',
  }),
  stopped,
);

/** The element's class; without a browser it is there, but cannot be used. */
export const PayWithElement = /* @__PURE__ */ makeElement(fetchWidget);

/** Registers the tag. One that is taken stays with its first owner. Without a browser: nothing. */
export const define = (tag = 'pay-with') => register(tag, PayWithElement);

/**
 * Loads the widget's module before the first element needs it. `wasmUrl` says where it lies, for
 * bundlers that move it.
 */
export const load = async ({ wasmUrl } = {}) => {
  if (wasmUrl) override = wasmUrl;
  await loadOnce(fetchWidget);
};
