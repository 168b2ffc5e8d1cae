/**
 * The package with its module inside, for bundlers that lose the file. It is a third larger and
 * cannot be compiled while it downloads: prefer `paywith` where it works.
 */
import { loadOnce, makeElement, register, run } from './core.js';
import { base64 } from './wasm-base64.js';

export { PaywithError } from './core.js';

const decodeWidget = (stopped) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return run(new Response(bytes, { headers: { 'content-type': 'application/wasm' } }), stopped);
};

/** The element's class; without a browser it is there, but cannot be used. */
export const PayWithElement = /* @__PURE__ */ makeElement(decodeWidget);

/** Registers the tag. One that is taken stays with its first owner. Without a browser: nothing. */
export const define = (tag = 'pay-with') => register(tag, PayWithElement);

/** Makes the widget ready before the first element needs it. */
export const load = async () => {
  await loadOnce(decodeWidget);
};
