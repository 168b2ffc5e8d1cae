/**
 * The element without its module: the screen that the module will show first, or a sentence where it cannot
 * be had. The page's own content, which works without us, stands beside it whenever the module is long in
 * coming.
 */
import { firstScreen, listed, sentence } from './first-screen.js';
import { remembers } from './remembered.js';

/** After this long without the module the page's own content is shown, too. */
const PATIENCE_MS = 5_000;

/** Which screen the module will show first; none where only the module can say what is wrong. */
const nameOfFirst = (options, providers, isStarting) => {
  const { order, endpoint = '', createPayment, fetchPayment, returned, autoResume } = options;
  if (!order || !(endpoint || createPayment && fetchPayment)) return undefined;
  if (isStarting) return 'starting';
  if (returned.length > 0) return 'checking';
  if (autoResume !== 'off' && remembers(endpoint, order) || !options.providers?.trim()) return 'loading';
  return providers.length > 0 ? 'choose' : undefined;
};

const hasPrice = ({ amount, currency }) =>
  /^(0|[1-9]\d{0,14})(\.\d{1,4})?$/.test(amount ?? '') && /^[a-z]{3}$/i.test(currency ?? '');

export class Preview {
  #root;
  #box;
  #patience;

  /** `box` is the place of the screens in `root`. */
  constructor(root, box) {
    this.#root = root;
    this.#box = box;
  }

  /** Shows the first screen for these options of the element. `act` has a function for each of its buttons. */
  show(options, isStarting, act) {
    const providers = listed(options.providers ?? '');
    const name = nameOfFirst(options, providers, isStarting);
    const focused = this.#root.activeElement;
    this.#box.replaceChildren();
    this.slot(!name);
    if (!name) return;
    this.#box.append(firstScreen(name, { ...options, providers, hasPrice: hasPrice(options) }, act));
    this.#patience = setTimeout(() => this.slot(true), PATIENCE_MS);
    if (focused) this.#refocus(focused.dataset.action);
  }

  /** Says why there is no module, with a way on. */
  say(text, label, press) {
    this.#box.replaceChildren(sentence(text, label, press));
    this.slot(true);
  }

  /** Makes room for the module. Afterwards, `refocus` gives the focus to what has taken its place. */
  leave() {
    const focused = this.#root.activeElement;
    this.#box.replaceChildren();
    this.slot(false);
    return { refocus: () => focused && setTimeout(() => this.#refocus(focused.dataset.action)) };
  }

  #refocus(action) {
    if (this.#root.activeElement) return;
    const same = action && this.#box.querySelector(`[data-action="${action}"]`);
    (same ?? this.#box.querySelector('.title'))?.focus({ preventScroll: true });
  }

  /** With the element its dialog has lost its place above the page. */
  moved() {
    const dialog = this.#box.closest('dialog[open]');
    dialog?.removeAttribute('open');
    dialog?.showModal();
  }

  /** The page has the element's place for itself again. */
  clear() {
    // A module that has stopped leaves its dialog open, and a copy of the box in its place.
    this.#box.closest('dialog')?.replaceWith(this.#box);
    this.#root.querySelector('.box ~ .box')?.remove();
    this.#box.replaceChildren();
    this.slot(true);
  }

  /** Shows the content of the page, or puts it away. */
  slot(isShown) {
    clearTimeout(this.#patience);
    const slot = this.#root.querySelector('slot:not([name])');
    if (!isShown) slot?.remove();
    else if (!slot) this.#root.append(document.createElement('slot'));
  }
}
