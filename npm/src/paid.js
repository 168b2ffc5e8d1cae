/**
 * `paid` is reported once for each payment and document, however many elements show it, and also where two
 * copies of the widget are on one page: the list is the document's, not the module's.
 */
const KEY = Symbol.for('paywith.paid');

/** Whether this document has not been told of the payment yet; from now on it has. */
export const firstInDocument = (paymentId) => {
  const told = (globalThis[KEY] ??= new Set());
  if (told.has(paymentId)) return false;
  told.add(paymentId);
  return true;
};
