/**
 * What each scenario of `paywith/mock` plays. Seconds count from the creation of the payment.
 *
 * `ends`: the element's `state` when it is over. `sets`: attributes that the element has for the time; `null` takes one off,
 * and `{amount}` and `{currency}` are those of the options. `at`: from which second on which status, and why a person must
 * look. `life_s`: how long a code lives. `code`: what is wrong with it. `trouble`: between which seconds status calls fail, and
 * how. `create` and `checkout`: what the first, second … of these calls fails with; the last entry stays. `never`: the call
 * that nobody answers. `delay_s`: how long each answer takes. `away`: the shopper does not come back from a hosted page.
 * `twin`: another element on the page has the order open, as another tab would.
 */

/** Ten minutes, as at Cashi. */
export const ENDS_S = 600;

const HOSTED = { providers: 'kashier' };
const ANY = { providers: null };
const FOR_EVER = Infinity;

const PAID = {
  paid: { about: 'The shopper pays after five seconds.', ends: 'paid', at: [[5, 'paid']] },
  late_webhook: {
    about: 'The shopper has paid, but the shop hears of it half a minute later.', ends: 'paid', at: [[30, 'paid']],
  },
  last_second: { about: 'Paid in the last second of a short code.', ends: 'paid', life_s: 12, at: [[11, 'paid']] },
  processing: {
    about: 'The money is on its way for a while, then paid.', ends: 'paid', at: [[4, 'processing'], [14, 'paid']],
  },
  paid_late: {
    about: 'A code of eight seconds that is paid after its time.', ends: 'paid', life_s: 8, at: [[14, 'paid']],
  },
  unknown_word: {
    about: 'A status that nobody knows, which is no end; then paid.', ends: 'paid', at: [[2, 'settling'], [10, 'paid']],
  },
  refunded: { about: 'The payment is given back.', ends: 'refunded', at: [[5, 'refunded']] },
};

const WAITING = {
  waiting: { about: 'Nobody pays: the code stays for its ten minutes.', ends: 'code' },
  last_minute: { about: 'Half a minute is left of a code that nobody pays.', ends: 'expired', life_s: 30 },
  on_its_way: { about: 'The money is on its way, and does not arrive.', ends: 'processing', at: [[4, 'processing']] },
  wrong_amount: {
    about: 'Another amount came: the shop has to look at it.', ends: 'processing', at: [[5, 'processing', 'amount_mismatch']],
  },
  paid_twice: {
    about: 'Money came twice: the shop has to look at it.', ends: 'processing', at: [[5, 'processing', 'paid_twice']],
  },
  other_tab: { about: 'Another tab has the payment open.', ends: 'elsewhere', twin: true },
};

const ENDED = {
  declined: { about: 'The payment is declined.', ends: 'failed', at: [[5, 'failed']] },
  canceled: { about: 'The payment is canceled at the provider.', ends: 'canceled', at: [[5, 'canceled']] },
  expired: { about: 'A code of eight seconds that nobody pays.', ends: 'expired', life_s: 8 },
  last_check: {
    about: 'A short code whose last check nobody answers: “confirming” for ten seconds, then expired.', ends: 'expired',
    life_s: 3, never: 'status',
  },
};

const HOSTED_PAGES = {
  leaving: {
    about: 'The shopper is sent to a hosted page, and is away.', ends: 'leaving', sets: HOSTED, away: true,
  },
  window: {
    about: 'A hosted page in its own window, where the browser lets a click open one.', ends: 'window',
    sets: { ...HOSTED, mode: 'popup' }, away: true,
  },
  not_paid_yet: { about: 'Back from a hosted page without having paid.', ends: 'open', sets: HOSTED },
  checking: {
    about: 'Back from a hosted page, and nobody answers how the payment stands.', ends: 'checking', sets: HOSTED,
    never: 'status',
  },
};

const TROUBLE = {
  server_errors: {
    about: 'The server answers 503 for a while, then paid.', ends: 'paid',
    trouble: { from_s: 1, to_s: 12, kind: 503 }, at: [[12, 'paid']],
  },
  server_down: {
    about: 'The server answers 503, and goes on doing so.', ends: 'code', trouble: { from_s: 1, to_s: FOR_EVER, kind: 503 },
  },
  offline: {
    about: 'No connection for a while, then paid.', ends: 'paid',
    trouble: { from_s: 1, to_s: 12, kind: 'offline' }, at: [[12, 'paid']],
  },
  connection_lost: {
    about: 'No connection any more.', ends: 'code', trouble: { from_s: 1, to_s: FOR_EVER, kind: 'offline' },
  },
  slow: { about: 'Each answer takes six seconds.', ends: 'paid', delay_s: 6, at: [[10, 'paid']] },
  fails_once: {
    about: 'The first creation meets a broken server, the next one works.', ends: 'paid', create: [503, null],
    at: [[5, 'paid']],
  },
  unreachable: { about: 'The backend cannot be reached to create a payment.', ends: 'creating', create: ['offline'] },
  starting: { about: 'The creation is never answered.', ends: 'creating', never: 'create' },
  refused: { about: 'The provider refuses to begin.', ends: 'choosing', create: [422] },
  unknown_order: { about: 'The backend does not know the order.', ends: 'choosing', create: [404], checkout: [404] },
  forgotten: { about: 'The backend does not know the payment any more.', ends: 'choosing', forgets: true },
};

const CODES = {
  other_price: {
    about: 'The backend asks for another price than the page says, then paid.', ends: 'paid', isDearer: true,
    sets: { amount: '{amount}', currency: '{currency}' }, at: [[12, 'paid']],
  },
  contradictory_code: {
    about: 'The code holds another amount: it is refused, and nothing is shown.', ends: 'choosing', code: 'other_amount',
  },
  amount_to_type: {
    about: 'A static code: the shopper types the amount; then paid.', ends: 'paid', code: 'no_amount', at: [[15, 'paid']],
  },
  picture_only: {
    about: 'A picture that could not be checked; then paid.', ends: 'paid', code: 'picture', at: [[15, 'paid']],
  },
  code_elsewhere: {
    about: 'No code at all: it is on the provider’s page; then paid.', ends: 'paid', code: 'elsewhere', at: [[15, 'paid']],
  },
  tip: {
    about: 'A code that lets the banking app ask for a tip; then paid.', ends: 'paid', code: 'tip', at: [[15, 'paid']],
  },
};

const PAGE = {
  loading: { about: 'What can be paid is asked, and nobody answers.', ends: 'choosing', sets: ANY, never: 'checkout' },
  nothing_offered: { about: 'The backend offers no way to pay.', ends: 'choosing', sets: ANY, providers: [] },
  wrong_setting: {
    about: 'The page names a provider that does not exist.', ends: 'broken', sets: { providers: 'nobody' },
  },
};

export const SCENES = { ...PAID, ...WAITING, ...ENDED, ...HOSTED_PAGES, ...TROUBLE, ...CODES, ...PAGE };
