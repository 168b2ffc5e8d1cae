/**
 * What each scenario of `paywith/mock` plays. Seconds count from the creation of the payment.
 *
 * `at`: from which second on which status, and why a person must look. `life_s`: how long a code lives. `code`: what is wrong with
 * it. `trouble`: between which seconds status calls fail, and how. `create`: what the first, second … creation fails with; the
 * last one stays. `delay_s`: how long each answer takes.
 */

/** Ten minutes, as at Cashi. */
export const ENDS_S = 600;

export const SCENES = {
  paid: { about: 'The shopper pays after five seconds.', at: [[5, 'paid']] },
  waiting: { about: 'Nobody pays: the code stays for its ten minutes.' },
  late_webhook: {
    about: 'The shopper has paid, but the shop hears of it half a minute later.', at: [[30, 'paid']],
  },
  last_second: { about: 'Paid in the last second of a short code.', life_s: 12, at: [[11, 'paid']] },
  processing: { about: 'The money is on its way for a while, then paid.', at: [[4, 'processing'], [14, 'paid']] },
  server_errors: {
    about: 'The server answers 503 for a while, then paid.',
    trouble: { from_s: 1, to_s: 12, kind: 503 }, at: [[12, 'paid']],
  },
  offline: {
    about: 'No connection for a while, then paid.',
    trouble: { from_s: 1, to_s: 12, kind: 'offline' }, at: [[12, 'paid']],
  },
  slow: { about: 'Each answer takes six seconds.', delay_s: 6, at: [[10, 'paid']] },
  unknown_word: { about: 'A status that nobody knows, which is no end; then paid.', at: [[2, 'settling'], [10, 'paid']] },
  declined: { about: 'The payment is declined.', at: [[5, 'failed']] },
  canceled: { about: 'The payment is canceled at the provider.', at: [[5, 'canceled']] },
  expired: { about: 'A code of eight seconds that nobody pays.', life_s: 8 },
  paid_late: { about: 'A code of eight seconds that is paid after its time.', life_s: 8, at: [[14, 'paid']] },
  wrong_amount: {
    about: 'Another amount came: the shop has to look at it.', at: [[5, 'processing', 'amount_mismatch']],
  },
  paid_twice: { about: 'Money came twice: the shop has to look at it.', at: [[5, 'processing', 'paid_twice']] },
  refunded: { about: 'The payment is given back.', at: [[5, 'refunded']] },
  other_price: { about: 'The backend asks for another price than the page says.', price: '17500', at: [[12, 'paid']] },
  contradictory_code: { about: 'The code holds another amount: it is refused, and nothing is shown.', code: 'other_amount' },
  amount_to_type: { about: 'A static code: the shopper types the amount.', code: 'no_amount', at: [[15, 'paid']] },
  picture_only: { about: 'A picture that could not be checked.', code: 'picture', at: [[15, 'paid']] },
  code_elsewhere: { about: 'No code at all: it stands on the provider’s page.', code: 'elsewhere', at: [[15, 'paid']] },
  tip: { about: 'A code that lets the banking app ask for a tip.', code: 'tip', at: [[15, 'paid']] },
  fails_once: { about: 'The first creation meets a broken server, the next one works.', create: [503, null], at: [[5, 'paid']] },
  unreachable: { about: 'The backend cannot be reached.', create: ['offline'] },
  refused: { about: 'The provider refuses to begin.', create: [422] },
  forgotten: { about: 'The backend does not know the payment any more.', forgets: true },
  nothing_offered: { about: 'No way to pay is offered (without the attribute `providers`).', providers: [] },
};
