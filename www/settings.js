// Language and theme of the page: from the address, else from the browser's memory, else from
// the browser's own wishes. It knows the two switches in the header, and nothing of the shop.

import { byId } from './dom.js';
import { browser } from './store.js';
import { LANGUAGES, language, speak } from './words.js';

const THEMES = ['auto', 'light', 'dark'];
const LANGUAGE_KEY = 'kafila:language';
const THEME_KEY = 'kafila:theme';

/** The theme that is chosen: `auto`, `light` or `dark`. */
export function theme() {
  return document.documentElement.dataset.theme ?? 'auto';
}

/**
 * Applies the settings and listens to the switches.
 * @param {() => void} onChange told after each later change
 */
export function settle(onChange) {
  const asked = new URLSearchParams(location.search);
  speak(firstOf(LANGUAGES, [asked.get('lang'), browser.read(LANGUAGE_KEY), ...wishes()], 'en'));
  wear(firstOf(THEMES, [asked.get('theme'), browser.read(THEME_KEY)], 'auto'));

  listen('language', language(), (next) => {
    browser.write(LANGUAGE_KEY, next);
    speak(next);
    onChange();
  });
  listen('theme', theme(), (next) => {
    browser.write(THEME_KEY, next);
    wear(next);
    onChange();
  });
}

function listen(id, value, onInput) {
  const select = byId(id);
  select.value = value;
  select.addEventListener('change', () => onInput(select.value));
}

function wear(next) {
  document.documentElement.dataset.theme = next;
}

// Browsers still say `in` for Indonesian here and there; it is the older code of `id`.
function wishes() {
  return (navigator.languages ?? [])
    .map((tag) => tag.toLowerCase().split('-')[0])
    .map((code) => (code === 'in' ? 'id' : code));
}

function firstOf(allowed, candidates, otherwise) {
  return candidates.find((candidate) => allowed.includes(candidate)) ?? otherwise;
}
