// Compiled, never run: what the types allow, and what they refuse.
import { define, load, PayWithElement, PaywithError } from 'paywith';
import { END_STATES, SCENARIOS, mock, mockBackend, type ScenarioName } from 'paywith/mock';

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

export const played = (element: PayWithElement, scenario: ScenarioName) => {
  const play = mock(element, { scenario, amount: '165.50', currency: 'EGP', providers: ['kashier'], speed: 10 });
  play.set('processing', 'paid_twice');
  const [{ call, answer }] = play.log;
  console.log(call, answer, SCENARIOS[scenario].length, END_STATES[scenario]);
  const { createPayment, fetchPayment, fetchCheckout, cancelPayment } = mockBackend({ scenario });
  Object.assign(element, { createPayment, fetchPayment, fetchCheckout, cancelPayment });
  play.stop();
};
// @ts-expect-error no such scenario
mockBackend({ scenario: 'lucky' });
