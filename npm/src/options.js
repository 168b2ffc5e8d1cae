/**
 * The names of the element's attributes, properties and events, and how a page's values are gone through.
 */

/** Attribute name to property name; all of them reflect. */
export const ATTRIBUTES = {
  'endpoint': 'endpoint',
  'order': 'order',
  'providers': 'providers',
  'amount': 'amount',
  'currency': 'currency',
  'mode': 'mode',
  'return-url': 'returnUrl',
  'success-url': 'successUrl',
  'theme': 'theme',
  'numbering': 'numbering',
  'auto-resume': 'autoResume',
};

/** JavaScript-only properties, handed to the widget as they are. */
export const PROPERTIES = [
  'createPayment', 'fetchPayment', 'fetchCheckout', 'cancelPayment', 'messages', 'headers',
  'credentials', 'providerPages', 'allowedHosts', 'returnParams',
];

/** Properties whose values may be anything that can be gone through: a Map, a Set, Headers. */
export const LISTS = ['headers', 'messages', 'providerPages', 'allowedHosts', 'returnParams'];
const MOST_MEMBERS = 1_000;

/** The element's events, each with a property `on…` as on built-in elements. */
export const EVENTS = [
  'ready', 'paystart', 'created', 'redirecting', 'statuschange', 'processing', 'paid', 'failed',
  'canceled', 'expired', 'superseded', 'refunded', 'dismissed', 'fault',
];

/** A value that the page has set before the class was there shadows the accessor: sets it once more. */
export const handOver = (element) => {
  const names = [...Object.values(ATTRIBUTES), 'disabled', ...PROPERTIES, ...EVENTS.map((event) => `on${event}`)];
  for (const name of names.filter((one) => Object.prototype.hasOwnProperty.call(element, one))) {
    const value = element[name];
    delete element[name];
    element[name] = value;
  }
};

/** The members of whatever can be gone through, as a plain list; everything else stays as it is. */
const plainList = (value) => {
  if (typeof value === 'string' || typeof value?.[Symbol.iterator] !== 'function') return value;
  const members = [];
  for (const member of value) {
    members.push(member);
    if (members.length > MOST_MEMBERS) throw new RangeError('too many members');
  }
  return members;
};

/** The same; what cannot be gone through becomes a text, which the widget refuses by the property's name. */
export const readableList = (value) => {
  try {
    return plainList(value);
  } catch {
    return 'unreadable';
  }
};
