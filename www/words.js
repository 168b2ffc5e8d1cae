// The shop's texts in four languages. It knows which language is on and how to fill a text in;
// the texts themselves lie in words/, one file a language, all with the same keys.

import ar from './words/ar.js';
import en from './words/en.js';
import id from './words/id.js';
import tr from './words/tr.js';

const tables = { en, id, ar, tr };

/** @typedef {keyof typeof tables} Language */

export const LANGUAGES = Object.keys(tables);

let current = /** @type {Language} */ ('en');

/** The language that is on. */
export function language() {
  return current;
}

/**
 * Switches the language: the document's `lang` and `dir`, and every text of the markup.
 * @param {Language} next
 */
export function speak(next) {
  current = next;
  document.documentElement.lang = next;
  document.documentElement.dir = next === 'ar' ? 'rtl' : 'ltr';
  document.title = word('title');
  for (const element of document.querySelectorAll('[data-word]')) {
    element.textContent = word(element.dataset.word);
  }
  for (const element of document.querySelectorAll('[data-word-title]')) {
    element.title = word(element.dataset.wordTitle);
  }
}

/**
 * A text in the language that is on; `{name}` in it is replaced by the value of that name.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function word(key, values = {}) {
  const text = tables[current][key] ?? en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** A product's name in the language that is on, else in English, else whatever there is. */
export function nameOf(product) {
  const names = product.name;
  return names[current] ?? names.en ?? Object.values(names)[0] ?? product.id;
}
