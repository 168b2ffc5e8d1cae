// The note after a payment, and the note about an order this browser has no token for. Both show
// what the shop's own server knows: the page's events decide nothing about shipping.

import { serverView } from './catalog.js';
import { byId, make } from './dom.js';
import { pretty } from './log.js';
import { word } from './words.js';

/** Draws the note that is on the page anew; `null` when there is none. */
let redraw = null;

/** The thank-you note for an order, with the server's own reading of it. */
export function thank(orderId) {
  note(orderId, () => [make('h2', {}, word('thanks_title')), make('p', {}, word('thanks_text'))]);
}

/** The note for an order that is known to the server alone. */
export function lost(orderId) {
  note(orderId, () => [make('p', {}, word('lost_order', { order: orderId }))]);
}

/** The language has changed. */
export function draw() {
  redraw?.();
}

/** Forgets the note. */
export function leave() {
  redraw = null;
  byId('thanks').hidden = true;
}

/**
 * One note: a heading, the server's answer as a sentence and as JSON, and two buttons.
 * @param {string} orderId
 * @param {() => Node[]} heading drawn anew in each language
 */
function note(orderId, heading) {
  const place = byId('thanks');
  /** @type {{ key: string, view?: unknown }} */
  let reading = { key: 'server_reading' };
  const mine = () => {
    place.replaceChildren(
      ...heading(),
      make('p', { class: 'reading', 'data-reading': reading.key },
        word(reading.key, { order: orderId })),
      reading.view !== undefined && make('details', {}, make('summary', {}, word('server_view')),
        make('pre', { dir: 'ltr', tabindex: '0' }, pretty(reading.view))),
      make('div', { class: 'row' },
        make('button', { type: 'button', id: 'ask-server', onclick: ask }, word('ask_again')),
        make('a', { class: 'button first', id: 'continue', href: '/' }, word('continue'))));
  };
  const ask = async () => {
    const answer = await serverView(orderId).then(
      (view) => ({ key: sentenceFor(view), view }),
      (error) => ({ key: error.kind === 'refused' ? 'server_none' : 'server_failed' }));
    // Another order's note may stand here by now.
    if (redraw !== mine) return;
    reading = answer;
    mine();
  };
  redraw = mine;
  place.hidden = false;
  mine();
  place.scrollIntoView({ block: 'nearest' });
  ask();
}

/** The sentence for what the server says. */
function sentenceFor(view) {
  if (view.paid) return 'server_paid';
  return view.payments.length === 0 ? 'server_none' : 'server_open';
}
