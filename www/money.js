// Money as the contract writes it: decimal strings in major units. Everything here is exact;
// no amount ever becomes a floating-point number.

const DECIMAL = /^(0|[1-9]\d{0,14})(?:\.(\d{1,4}))?$/;

/**
 * A decimal string as a count of its smallest written unit: "165.5" is 1655 with one digit.
 * @param {string} text
 * @returns {{ units: bigint, digits: number }}
 * @throws {RangeError} when the text is no amount of the contract
 */
export function parse(text) {
  const found = DECIMAL.exec(text);
  if (!found) throw new RangeError(`not a decimal amount: ${JSON.stringify(text)}`);
  const fraction = found[2] ?? '';
  return { units: BigInt(found[1] + fraction), digits: fraction.length };
}

/**
 * The way back: 1655 with one digit is "165.5".
 * @param {{ units: bigint, digits: number }} amount
 */
export function write({ units, digits }) {
  const text = units.toString().padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** Price times quantity, with as many fraction digits as the price has. */
export function times(price, quantity) {
  const { units, digits } = parse(price);
  return write({ units: units * BigInt(quantity), digits });
}

/** The sum of decimal strings, with as many fraction digits as the longest of them. */
export function sum(amounts) {
  const parsed = amounts.map(parse);
  const digits = Math.max(0, ...parsed.map((amount) => amount.digits));
  const units = parsed.reduce(
    (total, amount) => total + amount.units * 10n ** BigInt(digits - amount.digits), 0n);
  return write({ units, digits });
}

/**
 * An amount for reading. The browser lays out the sign and the groups; the fraction digits are
 * taken from the value, because browsers disagree on how many SYP or IDR have.
 * @param {string} value decimal string
 * @param {string} currency ISO 4217 code
 * @param {string} language BCP 47
 */
export function show(value, currency, language) {
  const [whole, written = ''] = value.split('.');
  // 165.5 reads as 165.50.
  const fraction = written.length === 1 ? `${written}0` : written;
  // The widget beside it writes Arabic with Arabic digits, too.
  const numberingSystem = language.startsWith('ar') ? 'arab' : 'latn';
  const digit = new Intl.NumberFormat(language, { numberingSystem });
  const shown = [...fraction].map((each) => digit.format(BigInt(each))).join('');
  const format = new Intl.NumberFormat(language, {
    style: 'currency', currency, numberingSystem,
    minimumFractionDigits: fraction.length, maximumFractionDigits: fraction.length,
  });
  return format.formatToParts(BigInt(whole))
    .map((part) => (part.type === 'fraction' ? shown : part.value)).join('');
}
