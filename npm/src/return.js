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

/** A part such as `name=value`, as it stands in the address and as it reads. */
const readPart = (part) => {
  const [name, ...value] = part.split('=');
  return { part, name: decode(name), value: decode(value.join('=')) };
};

/** `&` as HTML writes it, however often it was escaped: `&amp;`, WordPress' `&#038;`, `&amp;amp;`. */
const AMPERSAND = /&(?:amp|#0*38|#x0*26);(?:amp;)*/gi;

const isKnown = (name, known) => name === 'paywith' || known.has(name);

/**
 * Our mark and what was appended to it: an escaped query, the fragment, a `;`, and the signs behind an
 * address that a mail program took for a part of it. No id of ours holds any of them.
 */
const readMark = (value, known) => {
  const [mark, ...rest] = value.split(/[?&#;]|%(?:3F|26|23)/i);
  const glued = rest.map(readPart).filter(({ name }) => isKnown(name, known));
  return [{ part: '', name: 'paywith', value: mark.replace(/[\s"'<>()\],./]+$/, '').trimStart() }, ...glued];
};

/**
 * The parts of a query, in whatever way they were joined: a second `?`, a `;` before our mark, and
 * signs that were escaped once more. What is escaped inside an address that the shop carries along
 * (`next=/cart%3Fpaywith=…`) is the shop's own.
 */
const partsOf = (query, known) => query.split(/[&?]|;(?=paywith=)/).filter(Boolean).flatMap((part) => {
  const read = readPart(part);
  if (read.name === 'paywith') return readMark(read.value, known);
  const [first, ...rest] = (part.includes('=') ? read.value : read.name).replace(AMPERSAND, '&').split(/[&?]/);
  // `paywith%3Dpay_1%26status%3Dpaid`: a whole query as one name; `x=1%26paywith%3Dpay_1`: behind a value.
  const isWhole = !part.includes('=') && isKnown(readPart(first).name, known) && first.includes('=');
  const isBehind = part.includes('=') && !/[/:]/.test(first) && rest.length > 0
    && rest.every((one) => isKnown(readPart(one).name, known));
  if (isWhole) return [first, ...rest].map(readPart);
  if (isBehind) return [readPart(`${part.split('=')[0]}=${encodeURIComponent(first)}`), ...rest.map(readPart)];
  return [read];
});

/**
 * Takes what came back out of one query. `paywith` and the known names that stand after it are taken;
 * without `paywith`, the known names from the first one on, and only if they are a provider's beyond
 * doubt.
 */
const takeFrom = (parts, known, hasMark) => {
  const first = parts.findIndex(({ name }) => (hasMark ? name === 'paywith' : known.has(name)));
  const isTaken = ({ name }, place) => first >= 0
    && (name === 'paywith' || (place >= first && known.has(name)));
  const isEmpty = ({ name, value }) => value === '' && name === '';
  return {
    pairs: parts.filter(isTaken).map(({ name, value }) => [name, value]),
    kept: parts.filter((pair, place) => !isTaken(pair, place) && !isEmpty(pair)).map(({ part }) => part),
  };
};

/** Splits `/cart?a=1`, `#/cart?a=1`, `#a=1` or an escaped `/cart%3Fpaywith%3D…` into route and query. */
const splitQuery = (text) => {
  const place = text.search(/\?|%3F(?=paywith(=|%3D))/i);
  if (place >= 0) return [text.slice(0, place), text.slice(place + (text[place] === '?' ? 1 : 3))];
  // A hash router's route, with parameters that were joined to it by `&`.
  const joined = text.search(/[&#](paywith|transaction_id|paymentStatus|charge_id|tap_id)=/);
  return joined >= 0 ? [text.slice(0, joined), text.slice(joined + 1)] : [text, ''];
};

/**
 * Splits an address into what came back and what is the shop's own: in the query, and behind the `#`,
 * where hash routers have a query of their own and where providers append to an address with a fragment.
 */
export const readReturn = (href, extraNames = []) => {
  const known = new Set([...PROVIDER_PARAMETERS, ...extraNames]);
  const plain = href.replace(AMPERSAND, '&');
  // Where nothing is found, the address may have been escaped twice.
  const found = [plain, plain.replace(/%25(?=3F|26|3D|23|2F|3A)/gi, '%')].map((one) => read(one, known))
    .find(({ pairs }) => pairs.length);
  return found ?? { pairs: [], href };
};

const read = (href, known) => {
  const hash = href.indexOf('#');
  const pieces = hash < 0 ? [href] : [href.slice(0, hash), href.slice(hash + 1)];
  const split = pieces.map((piece, place) => {
    const isBare = place === 1 && !piece.includes('?') && /^[\w-]+=/.test(piece);
    const [route, query] = isBare ? ['', piece] : splitQuery(piece);
    return { route, isBare, parts: partsOf(query, known) };
  });
  const names = new Set(split.flatMap(({ parts }) => parts.map(({ name }) => name)));
  const hasMark = names.has('paywith');
  const isProvider = SIGNS.some((sign) => sign.every((name) => names.has(name)));
  if (!hasMark && !isProvider) return { pairs: [], href };
  const pairs = [];
  let isBehindMark = !hasMark;
  const clean = split.map(({ route, isBare, parts }) => {
    const isMarked = parts.some(({ name }) => name === 'paywith');
    // What stands before the mark is the shop's; behind the piece with the mark, what is known came with it.
    const taken = isMarked || isBehindMark
      ? takeFrom(parts, known, isMarked) : { pairs: [], kept: parts.map(({ part }) => part) };
    isBehindMark ||= isMarked;
    pairs.push(...taken.pairs);
    const query = taken.kept.join('&');
    return route + (query && !isBare ? '?' : '') + query;
  });
  const [address, fragment] = clean;
  return { pairs, href: address + (fragment || (hash >= 0 && !pieces[1]) ? `#${fragment}` : '') };
};

/** The name of the window that the widget opens for a hosted page. */
const WINDOW = 'paywith';

/**
 * A page that came back from a provider inside that window has done its work: it says so to the page
 * that opened it, which asks the backend itself, and closes.
 */
const leaveWindow = () => {
  try {
    if (window.name !== WINDOW || !window.opener) return;
    window.opener.postMessage(WINDOW, location.origin);
    window.close();
  } catch {
    // The opener is somewhere else by now: this page shows the payment itself.
  }
};

/** The names of the page's own choice; anything but a list of texts is none. */
const textsOf = (names) => {
  try {
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
};

let taken;

/**
 * Reads this page's address once, and cleans it once. The shop's own parameters stay. Where the browser
 * does not let a page change its address, the address stays as it is.
 */
export const takeReturn = (extraNames = []) => {
  if (taken) return taken;
  const { pairs, href } = readReturn(location.href, textsOf(extraNames ?? []));
  taken = pairs;
  if (!pairs.length) return taken;
  try {
    history.replaceState(history.state, '', href);
  } catch {
    // A sandboxed frame, or a page without an address of its own.
  }
  leaveWindow();
  return taken;
};
