/**
 * What the element shows while its module is on its way: the screens that the module draws first, element by
 * element the same, so that nobody sees it take over. They know no payment: a press is kept for the module,
 * and what this browser remembers of an order is not read, only whether it remembers something.
 *
 * The words and the styles are cut from the tables of `src/ui`; a journey compares these screens with the
 * module's, in every language.
 */
import { MARKS, PROVIDERS, WORDS } from './first-words.js';
import { languageOf } from './words.js';

/** An element; texts are set as texts, so that every policy holds. */
const make = (tag, attributes, ...content) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
};

/** A drawing of `src/ui/components/icon.rs`: what is filled, and the lines. */
const icon = (paths) => {
  const drawn = (tag, attributes) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  };
  const svg = drawn('svg', { class: '', viewBox: '0 0 24 24', 'aria-hidden': 'true' });
  svg.append(...['fill', 'line'].map((name, place) => drawn('path', { class: name, d: paths[place] })));
  return svg;
};

const button = (className, attributes, press, ...label) => {
  const made = make('button', { type: 'button', class: className, part: 'button', ...attributes }, ...label);
  // The second click of a double click meets what the first one has put in this place.
  made.addEventListener('click', ({ detail }) => detail < 2 && press());
  return made;
};

/** The page's own wording, whatever holds its pairs. */
const overrides = (messages) => {
  try {
    return new Map(Array.isArray(messages) ? messages : Object.entries(messages ?? {}));
  } catch {
    return new Map();
  }
};

/** Something is on its way. `links` are the buttons below. */
const waiting = (word, title, note, links) => make('section', { class: 'screen state' },
  make('div', { class: 'spinner', 'aria-hidden': 'true' }),
  make('h2', { class: 'title', part: 'status', tabindex: '-1' }, word(title)),
  ...note ? [make('p', { class: 'note' }, word(note))] : [],
  make('div', { class: 'links' }, ...links));

/** The buttons, in the order that the page names; a single one is the main button. The module writes the price. */
const choose = (word, { providers, hasPrice, disabled }, act) => {
  const price = () => make('bdi', { class: 'amount', part: 'amount' }, '\u00a0');
  const about = (id) => word(`about_${id}`);
  const one = (id, className, label) => {
    const art = make('span', { class: 'art' }, make('slot', { class: '', name: `art-${id}` }, icon(MARKS[id])));
    const made = button(className, { 'data-provider': id, 'data-action': id }, () => act.start(id), art, ...label);
    made.disabled = disabled;
    return made;
  };
  const name = (id) => make('span', { class: 'pay-name' }, word('pay_with').replaceAll('{0}', PROVIDERS[id]));
  const group = (className, ...buttons) =>
    make('div', { class: className, role: 'group', 'aria-label': word('choose_title') }, ...buttons);
  if (providers.length === 1) {
    const [id] = providers;
    const label = [name(id), ...hasPrice ? [price()] : []];
    return make('section', { class: 'screen choose' },
      group('single', one(id, 'pay button main', label)), make('p', { class: 'small' }, about(id)));
  }
  const rows = providers.map((id) => one(id, 'pay row', [
    make('span', { class: '' }, name(id), make('span', { class: 'pay-about' }, about(id))),
  ]));
  const total = () => make('p', { class: 'total' }, make('span', { class: '' }, word('total')), price());
  return make('section', { class: 'screen choose' }, ...hasPrice ? [total()] : [], group('rows', ...rows));
};

const quiet = (word, key, action, press) =>
  button('button link', { 'data-action': action }, press, make('span', { class: '' }, word(key)));

const SCREENS = {
  choose,
  loading: (word) => waiting(word, 'loading', '', []),
  starting: (word, _, act) => waiting(word, 'starting', '', [quiet(word, 'cancel', 'cancel', act.cancel)]),
  checking: (word, _, act) => waiting(word, 'checking', 'checking_note', [
    make('div', { class: 'check' }, quiet(word, 'check_now', 'check', act.check)),
    quiet(word, 'cancel', 'cancel', act.cancel),
  ]),
};

/** Screens whose heading, of the same name, is announced as the state. */
const ANNOUNCED = ['starting', 'checking'];

/**
 * The frame with a screen in it: `choose`, `starting`, `checking` or `loading`. `options` are those of the
 * element, `act` has a function for each button.
 */
export const firstScreen = (name, options, act) => {
  const lang = languageOf(options.lang);
  const own = overrides(options.messages);
  const word = (key) => (typeof own.get(key) === 'string' ? own.get(key) : WORDS[lang][key]);
  const dir = ['rtl', 'ltr'].includes(options.dir) ? options.dir : lang === 'ar' ? 'rtl' : 'ltr';
  const status = make('p', { class: 'unseen', role: 'status' }, ANNOUNCED.includes(name) ? word(name) : '');
  return make('div', { class: 'frame', dir, lang },
    make('div', { class: '' }), make('div', { class: 'notices' }), SCREENS[name](word, options, act), status);
};

/** The providers that a page lists, each once; none where one of them is unknown, which is the module's to say. */
export const listed = (text) => {
  const ids = [...new Set(text.split(/\s+/).filter(Boolean))];
  return ids.every((id) => Object.keys(PROVIDERS).includes(id)) ? ids : [];
};

/** A sentence and a button, for when the module cannot speak. */
export const sentence = (text, label, press) => make('div', { class: 'frame' },
  make('p', { class: 'note', role: 'alert' }, text),
  button('button main retry', {}, press, label));
