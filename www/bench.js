// The bench: plays every scenario of `paywith/mock` in an element, and shows it in every theme, direction, width and mode.
// The demo shop and the documentation use it. It knows the element's contract and nothing of a shop.

import { make } from './dom.js';

/** What can be chosen beside the scenario; each first value is how the page came. */
const CHOICES = {
  look: ['own', 'warm', 'night', 'sharp'],
  direction: ['auto', 'ltr', 'rtl'],
  width: ['full', '280', '360'],
  mode: ['auto', 'inline', 'modal', 'redirect', 'popup'],
};

/** The example themes, made of custom properties alone. */
const LOOKS = {
  own: '',
  warm: '--paywith-accent: #a34a12; --paywith-surface: #fff6ea; --paywith-text: #2b1a0f; --paywith-muted: #6b5443; '
    + '--paywith-radius: 18px; padding: 16px; border-radius: 18px;',
  night: '--paywith-accent: #9db4ff; --paywith-on-accent: #0b1020; --paywith-surface: #10131c; --paywith-text: #e9ecf5; '
    + '--paywith-muted: #aab2c8; --paywith-focus: #ffd166; padding: 16px; border-radius: 12px;',
  sharp: '--paywith-accent: #111; --paywith-surface: #fff; --paywith-text: #111; --paywith-radius: 0px; --paywith-gap: 10px; '
    + '--paywith-font: Georgia, serif; padding: 16px;',
};

/** Themes and widths for elements on a stage; a constructed sheet, which a strict policy allows. */
const wardrobe = () => {
  const sheet = new CSSStyleSheet();
  const looks = Object.entries(LOOKS).map(([name, rules]) => `.look-${name} pay-with { ${rules} }`);
  const widths = CHOICES.width.slice(1).map((px) => `.width-${px} pay-with { max-inline-size: ${px}px; }`);
  sheet.replaceSync([...looks, ...widths].join('\n'));
  return sheet;
};
let isDressed = false;

/**
 * Puts the bench into `place`.
 *
 * @param {object} options
 * @param {HTMLElement} options.place for the controls
 * @param {HTMLElement} options.stage around the element: it gets the classes of looks and widths
 * @param {() => HTMLElement} options.renew a fresh element in the stage, without a payment
 * @param {(element: HTMLElement, options: object) => object} options.mock of `paywith/mock`
 * @param {Record<string, string>} options.scenarios its `SCENARIOS`
 * @param {(key: string) => string} options.word the label of a control
 * @param {boolean} options.hasBackend whether the real backend can be chosen, and is to begin with
 * @param {() => void} options.onChange told after each change
 */
export function bench({ place, stage, renew, mock, scenarios, word, hasBackend, onChange }) {
  if (!isDressed) document.adoptedStyleSheets = [...document.adoptedStyleSheets, wardrobe()];
  isDressed = true;
  const chosen = { scenario: hasBackend ? '' : 'paid' };
  for (const [name, [first]] of Object.entries(CHOICES)) chosen[name] = first;
  let element = null;
  let play = null;
  let plays = 0;

  /** Direction and mode are the element's, look and width its place's. */
  const dress = () => {
    stage.className = `stage look-${chosen.look} width-${chosen.width}`;
    if (chosen.direction === 'auto') element.removeAttribute('dir');
    else element.setAttribute('dir', chosen.direction);
    if (chosen.mode === 'auto') element.removeAttribute('mode');
    else element.setAttribute('mode', chosen.mode);
    onChange();
  };

  const begin = () => {
    play?.stop();
    play = null;
    element = renew();
    if (chosen.scenario) {
      plays += 1;
      element.removeAttribute('endpoint');
      if (chosen.scenario === 'nothing_offered') element.removeAttribute('providers');
      element.setAttribute('order', `MOCK-${plays}`);
      play = mock(element, {
        scenario: chosen.scenario,
        amount: element.getAttribute('amount') ?? undefined,
        currency: element.getAttribute('currency') ?? undefined,
      });
    }
    about.textContent = scenarios[chosen.scenario] ?? '';
    for (const button of [pay, decline]) button.disabled = !play;
    dress();
  };

  const select = (name, values, change) => {
    const options = values.map(([value, label]) => make('option', { value }, label));
    const made = make('select', { name, onchange: () => { chosen[name] = made.value; change(); } }, ...options);
    return make('label', {}, make('span', {}, word(name)), made);
  };

  const names = Object.keys(scenarios).map((name) => [name, name.replaceAll('_', ' ')]);
  const about = make('p', { class: 'hint', lang: 'en', dir: 'ltr', role: 'status' });
  const pay = make('button', { type: 'button', 'data-set': 'paid', onclick: () => play?.pay() }, word('mock_pay'));
  const decline = make('button', { type: 'button', 'data-set': 'failed', onclick: () => play?.decline() }, word('mock_decline'));
  const again = make('button', { type: 'button', 'data-set': 'again', onclick: begin }, word('again'));
  const tab = make('a', { class: 'second-tab', href: location.href, target: '_blank', rel: 'opener' }, word('second_tab'));
  place.replaceChildren(
    select('scenario', [...(hasBackend ? [['', word('real_backend')]] : []), ...names], begin),
    about,
    make('div', { class: 'choices' },
      ...Object.entries(CHOICES).map(([name, values]) => select(name, values.map((one) => [one, one]), dress))),
    make('div', { class: 'choices' }, pay, decline, again, ...(hasBackend ? [tab] : [])),
  );

  return {
    /** Puts a fresh element up, and dresses it as chosen. */
    begin,
    /** The page has put another element there. */
    adopt(next) {
      play?.stop();
      play = null;
      element = next;
      chosen.scenario = '';
      place.querySelector('select').value = '';
      about.textContent = '';
      for (const button of [pay, decline]) button.disabled = true;
      tab.href = location.href;
      dress();
    },
    /** Nothing of it plays any more. */
    forget() {
      play?.stop();
      play = null;
    },
    isMock: () => play !== null,
    chosen,
  };
}

/** What a page needs to get what is shown: the attributes, and lines for its style sheet and its script. */
export function codeOf({ look = 'own', direction = 'auto', width = 'full', mode = 'auto', scenario = '' }) {
  const attributes = [
    mode !== 'auto' && `mode="${mode}"`, direction !== 'auto' && `dir="${direction}"`,
  ].filter(Boolean);
  const rules = [LOOKS[look], width !== 'full' && `max-inline-size: ${width}px;`].filter(Boolean);
  const style = rules.length > 0 ? ['<style>', `pay-with { ${rules.join(' ')} }`, '</style>'] : [];
  const script = scenario ? [
    '<script type="module">',
    "import { mock } from '/mock.js';",
    `mock(document.querySelector('pay-with'), { scenario: '${scenario}' });`,
    '</script>',
  ] : [];
  return { attributes, style, script };
}
