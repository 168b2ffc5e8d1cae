/** Faults that the element itself finds, and the error that `start()` rejects with. */

/** An error of the widget: `code` is stable, `userMessage` is for the shopper. */
export class PaywithError extends Error {
  constructor({ message, cause, code, kind, retryable, userMessage, ref = null }) {
    super(message, cause === undefined ? undefined : { cause });
    Object.assign(this, { name: 'PaywithError', code, kind, retryable, userMessage, ref });
  }
}

export const loadFault = (cause) => ({
  code: 'load_failed',
  // An old browser lacks a part of the platform; a strict one refuses to compile the module.
  kind: typeof WebAssembly === 'undefined' || cause instanceof WebAssembly.CompileError
    || cause instanceof ReferenceError ? 'blocked' : 'network',
  retryable: true,
  message: `the widget did not load: ${cause?.message ?? cause}`,
  cause,
});
