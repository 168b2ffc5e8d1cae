// The developer's drawer: every event of the element with its time and detail, and the element's
// state after it. It only looks; nothing it does reaches a payment.

import { byId, make } from './dom.js';

/** All events of the contract. */
export const EVENTS = ['ready', 'paystart', 'created', 'redirecting', 'statuschange', 'processing',
  'paid', 'failed', 'canceled', 'expired', 'superseded', 'refunded', 'dismissed', 'fault'];

/** Older entries than these are dropped; a day of polling must not fill the memory. */
const KEPT = 200;

let watched = null;

/** Gives the drawer its buttons. */
export function openable() {
  const button = byId('tools-button');
  const drawer = byId('tools');
  const show = (open) => {
    drawer.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
    document.documentElement.classList.toggle('with-tools', open);
    if (open) refresh();
  };
  button.addEventListener('click', () => show(drawer.hidden));
  byId('tools-close').addEventListener('click', () => {
    show(false);
    button.focus();
  });
  byId('tools-clear').addEventListener('click', () => {
    byId('events').replaceChildren();
    byId('no-events').hidden = false;
  });
  drawer.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    show(false);
    button.focus();
  });
}

/** Writes down every event of this element from now on. */
export function watch(element) {
  watched = element;
  for (const name of EVENTS) {
    element.addEventListener(name, (event) => note(name, event.detail));
  }
  refresh();
}

/** One line in the drawer; newest first. */
export function note(name, detail) {
  const list = byId('events');
  const time = new Date();
  list.prepend(make('li', { 'data-event': name },
    make('details', {},
      make('summary', {},
        make('time', { datetime: time.toISOString() }, time.toISOString().slice(11, 23)),
        ' ', make('b', {}, name), ' ', make('span', {}, brief(detail))),
      make('pre', { tabindex: '0' }, pretty(detail)))));
  while (list.children.length > KEPT) list.lastElementChild.remove();
  byId('no-events').hidden = true;
  refresh();
}

/** Shows `element.state` as it is now, after the element had its turn. */
function refresh() {
  if (!watched) return;
  queueMicrotask(() => {
    byId('state').textContent = pretty(watched.state ?? null);
  });
}

function brief(detail) {
  const words = [detail?.status, detail?.code, detail?.provider, detail?.replayed && 'replayed'];
  return words.filter((part) => typeof part === 'string').join(' · ');
}

/** JSON for people; what JSON cannot say is said in words instead of failing. */
export function pretty(value) {
  const seen = new WeakSet();
  const written = (_key, part) => {
    if (typeof part === 'bigint') return part.toString();
    if (typeof part === 'function') return '[function]';
    if (part instanceof Error) return { ...part, name: part.name, message: part.message };
    if (typeof part !== 'object' || part === null) return part;
    if (seen.has(part)) return '[seen above]';
    seen.add(part);
    return part;
  };
  try {
    return JSON.stringify(value, written, 2) ?? String(value);
  } catch (error) {
    return `[cannot be shown: ${error}]`;
  }
}
