/**
 * The way back from a hosted page, read before the widget is there: which parameters of the
 * address are ours or a provider's, and the address without them.
 *
 * Never proof of anything: the widget asks the backend. The names are those of
 * `paywith_providers::returns` (a test holds the two lists together).
 */

/** What the providers add to a return address. */
export const PROVIDER_PARAMETERS = [
  'transaction_id', 'status', 'signature',
  'charge_id', 'tap_id',
  'paymentStatus', 'cardDataToken', 'maskedCard', 'merchantOrderId', 'orderId', 'cardBrand',
  'orderReference', 'transactionId', 'amount', 'currency', 'mode',
];

/** Two names that together are a provider's own, where no `paywith` stands before them. */
const SIGNS = [['transaction_id', 'status'], ['paymentStatus', 'merchantOrderId'], ['charge_id'], ['tap_id']];

const decode = (text) => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
};

/**
 * Splits an address into what came back and what is the shop's own.
 *
 * `paywith` and the known names that stand after it are taken; without `paywith`, the known names
 * from the first one on, and only if they are a provider's beyond doubt. A second `?` reads as `&`.
 */
export const readReturn = (href, extraNames = []) => {
  const [address, ...fragment] = href.split('#');
  const [base, ...query] = address.split('?');
  const known = new Set([...PROVIDER_PARAMETERS, ...extraNames]);
  const parts = query.join('&').split('&').filter(Boolean);
  const named = parts.map((part) => {
    const [name, ...value] = part.split('=');
    return { part, name: decode(name), value: decode(value.join('=')) };
  });
  const names = new Set(named.map(({ name }) => name));
  const hasMark = names.has('paywith');
  const isProvider = SIGNS.some((sign) => sign.every((name) => names.has(name)));
  if (!hasMark && !isProvider) return { pairs: [], href };
  const first = named.findIndex(({ name }) => (hasMark ? name === 'paywith' : known.has(name)));
  const isTaken = ({ name }, place) => name === 'paywith' || (place > first && known.has(name))
    || (!hasMark && place === first);
  const pairs = named.filter(isTaken).map(({ name, value }) => [name, value]);
  const kept = named.filter((pair, place) => !isTaken(pair, place)).map(({ part }) => part);
  const clean = base + (kept.length ? `?${kept.join('&')}` : '')
    + (fragment.length ? `#${fragment.join('#')}` : '');
  return { pairs, href: clean };
};

/** The name of the window that the widget opens for a hosted page. */
const WINDOW = 'paywith';

/**
 * A page that came back from a provider inside that window has done its work: it says so to the page
 * that opened it, which asks the backend itself, and closes.
 */
const leaveWindow = () => {
  if (window.name !== WINDOW || !window.opener) return;
  try {
    window.opener.postMessage(WINDOW, location.origin);
    window.close();
  } catch {
    // The opener is somewhere else by now: this page shows the payment itself.
  }
};

let taken;

/** Reads this page's address once, and cleans it once. The shop's own parameters stay. */
export const takeReturn = (extraNames = []) => {
  if (taken) return taken;
  const { pairs, href } = readReturn(location.href, extraNames ?? []);
  taken = pairs;
  if (pairs.length) {
    history.replaceState(history.state, '', href);
    leaveWindow();
  }
  return taken;
};
