// A contact sheet of the screens of `states.js`, or of the one that `?only` names: `?lang`, `?dir`, `?theme` (the ground of
// the shop), `?width` of each.
import { NAMES, show } from './states.js';

const wishes = new URLSearchParams(location.search);
const lang = wishes.get('lang') ?? 'en';
const only = wishes.get('only');
document.documentElement.lang = lang;
document.documentElement.dir = wishes.get('dir') ?? (lang === 'ar' ? 'rtl' : 'ltr');
document.documentElement.className = `${wishes.get('theme') ?? 'light'} w${wishes.get('width') ?? 360}`;
window.stateNames = NAMES;

/** Each screen in a figure of its own. */
const figure = (name) => {
  const element = document.createElement('pay-with');
  if (wishes.get('mode')) element.mode = wishes.get('mode');
  const caption = document.createElement('figcaption');
  caption.textContent = name;
  caption.lang = 'en';
  caption.dir = 'ltr';
  const place = document.createElement('figure');
  place.append(caption, element);
  document.querySelector('main').append(place);
  return element;
};

navigator.clipboard.writeText = async () => {};
await customElements.whenDefined('pay-with');
const shown = (only ? [only] : NAMES).map((name) => show(name, figure(name)));
await Promise.all(shown);
window.isComplete = true;
