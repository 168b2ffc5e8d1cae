// Compiled, never run: what the types allow, and what they refuse.
import { define, load, PayWithElement, PaywithError } from 'paywith';

const Element = define('pay-with');
const made = Element && new Element();
void load({ wasmUrl: new URL('https://cdn.example/paywith.wasm') });

const found = document.querySelector('pay-with');
found?.addEventListener('paid', (event) => {
  const id: string | null = event.detail.paymentId;
  const again: boolean = event.detail.replayed;
  console.log(id, again, event.detail.amount?.value.padStart(3));
});
found?.addEventListener('redirecting', (event) => {
  if (!event.detail.url.startsWith('https:')) event.preventDefault();
});

export const pay = async (element: PayWithElement) => {
  element.providers = ['cashi', 'kashier'];
  element.createPayment = async (request, { signal }) =>
    (await fetch('/pay', { method: 'POST', body: JSON.stringify(request), signal })).json();
  try {
    const { status, verifiedAt } = await element.start('cashi');
    return status === 'paid' ? verifiedAt : null;
  } catch (error) {
    if (error instanceof PaywithError && error.retryable) return error.code;
    throw error;
  }
};

// @ts-expect-error no such provider
made?.start('paypal');
// @ts-expect-error the snapshot is read-only
if (made) made.payment = null;
