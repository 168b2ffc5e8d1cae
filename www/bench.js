// The bench: plays every scenario of `paywith/mock` in an element, in every theme, direction, width and mode.
// The demo shop and the documentation use it. It knows the element's contract and nothing of a shop.

import { make } from './dom.js';

/**
 * What can be chosen beside the scenario: its values, of which the first is how the page came, and what a value does to the
 * element and to the stage around it.
 */
const CHOICES = {
  theme: { values: ['auto', 'light', 'dark'], attribute: 'theme' },
  look: { values: ['own', 'warm', 'night', 'sharp'] },
  direction: { values: ['auto', 'ltr', 'rtl'], attribute: 'dir' },
  width: { values: ['full', '280', '360'] },
  mode: { values: ['auto', 'inline', 'modal', 'redirect', 'popup'], attribute: 'mode' },
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
  const widths = CHOICES.width.values.slice(1).map((px) => `.width-${px} pay-with { max-inline-size: ${px}px; }`);
  sheet.replaceSync([...looks, ...widths].join('\n'));
  return sheet;
};
let isDressed = false;

/** A word of the page, in the element that shows it; it follows the page's language by `data-word`. */
const worded = (word, tag, key, attributes = {}) => make(tag, { ...attributes, 'data-word': key }, word(key));

/** A list of choices with its label; `change` is told the value. */
const list = (word, name, options, change) => {
  const select = make('select', { name, onchange: () => change(select.value) }, ...options);
  return make('label', {}, worded(word, 'span', name), select);
};

/** The scenarios, grouped by where they end. */
const scenarioOptions = (scenarios, endStates) => {
  const groups = new Map();
  for (const name of Object.keys(scenarios)) {
    const state = endStates[name];
    groups.set(state, [...(groups.get(state) ?? []), name]);
  }
  return [...groups].map(([state, names]) => make('optgroup', { label: state },
    ...names.map((name) => make('option', { value: name }, name.replaceAll('_', ' ')))));
};

/** Names of modes and numbers of pixels are the same in each language. */
const valueOption = (word, name, value) => {
  if (name === 'mode') return make('option', { value }, value);
  if (name === 'width' && value !== 'full') return make('option', { value }, `${value} px`);
  return worded(word, 'option', `${name}_${value}`, { value });
};

/** The controls; `on` is told what is wanted. */
const controlsOf = ({ word, mocks, hasBackend, choices, on }) => {
  const button = (key, set, onclick) => worded(word, 'button', key, { type: 'button', 'data-set': set, onclick });
  const real = hasBackend && worded(word, 'option', 'real_backend', { value: '' });
  const scenario = list(
    word, 'scenario', [real, ...scenarioOptions(mocks.SCENARIOS, mocks.END_STATES)], on.scenario,
  );
  const parts = {
    scenario: scenario.querySelector('select'),
    about: make('p', { class: 'hint', lang: 'en', dir: 'ltr', role: 'status' }),
    pay: button('mock_pay', 'paid', on.pay),
    decline: button('mock_decline', 'failed', on.decline),
    tab: worded(word, 'a', 'second_tab', {
      class: 'second-tab', href: location.href, target: '_blank', rel: 'opener', hidden: !hasBackend,
    }),
  };
  const lists = choices.map(([name, { values }]) => list(
    word, name, values.map((value) => valueOption(word, name, value)), (value) => on.choice(name, value),
  ));
  const nodes = [
    scenario, parts.about,
    make('div', { class: 'choices' }, parts.pay, parts.decline, button('again', 'again', on.again)),
    make('div', { class: 'choices' }, ...lists),
    parts.tab,
  ];
  return { nodes, ...parts };
};

/**
 * Puts the bench into `place`.
 *
 * @param {object} options
 * @param {HTMLElement} options.place for the controls
 * @param {HTMLElement} options.stage around the element: it gets the classes of looks and widths
 * @param {() => HTMLElement} options.renew a fresh element in the stage, without a payment
 * @param {{ mock: Function, SCENARIOS: object, END_STATES: object }} options.mocks `paywith/mock`
 * @param {(key: string) => string} options.word the label of a control
 * @param {boolean} options.hasBackend whether the real backend can be chosen, and is to begin with
 * @param {boolean} options.hasTheme whether the page chooses light or dark itself
 * @param {() => void} options.onChange told after each change
 */
export function bench({ place, stage, renew, mocks, word, hasBackend, hasTheme, onChange }) {
  if (!isDressed) document.adoptedStyleSheets = [...document.adoptedStyleSheets, wardrobe()];
  isDressed = true;
  const chosen = { scenario: hasBackend ? '' : 'paid' };
  const choices = Object.entries(CHOICES).filter(([name]) => name !== 'theme' || !hasTheme);
  for (const [name, { values: [first] }] of choices) chosen[name] = first;
  let element = null;
  let play = null;
  let plays = 0;

  /** What is chosen for the element itself. An attribute that nothing was chosen for is not touched. */
  const dress = () => {
    for (const [name, { values: [first], attribute }] of choices) {
      if (attribute && chosen[name] !== first) element.setAttribute(attribute, chosen[name]);
    }
  };
  const finish = () => {
    stage.className = `stage look-${chosen.look} width-${chosen.width}`;
    controls.about.textContent = mocks.SCENARIOS[chosen.scenario] ?? '';
    for (const button of [controls.pay, controls.decline]) button.disabled = !play;
    onChange();
  };
  const forget = () => {
    play?.stop();
    play = null;
  };
  const begin = () => {
    forget();
    element = renew();
    dress();
    if (chosen.scenario) {
      plays += 1;
      element.removeAttribute('endpoint');
      element.setAttribute('order', `MOCK-${plays}`);
      play = mocks.mock(element, {
        scenario: chosen.scenario,
        amount: element.getAttribute('amount') ?? undefined,
        currency: element.getAttribute('currency') ?? undefined,
      });
    }
    finish();
  };

  const controls = controlsOf({
    word, mocks, hasBackend, choices,
    on: {
      scenario: (value) => {
        chosen.scenario = value;
        begin();
      },
      choice: (name, value) => {
        chosen[name] = value;
        const { values: [first], attribute } = CHOICES[name];
        if (attribute && value === first) element.removeAttribute(attribute);
        else if (attribute) element.setAttribute(attribute, value);
        finish();
      },
      pay: () => play?.pay(),
      decline: () => play?.decline(),
      again: begin,
    },
  });
  place.replaceChildren(...controls.nodes);
  controls.scenario.value = chosen.scenario;

  return {
    /** Puts a fresh element up, and dresses it as chosen. */
    begin,
    /** The page has put another element there. */
    adopt(next) {
      forget();
      element = next;
      chosen.scenario = '';
      controls.scenario.value = '';
      controls.tab.href = location.href;
      dress();
      finish();
    },
    /** Nothing of it plays any more. */
    forget,
    isMock: () => play !== null,
    chosen,
  };
}

/**
 * What a page writes to get what is shown: the tag with its attributes, and lines for its style sheet and its script.
 *
 * @param {object} page
 * @param {string} page.script the line that loads the element
 * @param {Record<string, string | null>} page.attributes those of the tag, one line each
 * @param {string} page.content what the tag holds, as HTML
 * @param {object} chosen what the bench says
 */
export function codeOf({ script, attributes, content }, chosen) {
  const { look = 'own', direction = 'auto', width = 'full', mode = 'auto', scenario = '', theme } = chosen;
  const all = {
    ...attributes,
    ...(theme && theme !== 'auto' ? { theme } : {}),
    ...(direction !== 'auto' ? { dir: direction } : {}),
    ...(mode !== 'auto' ? { mode } : {}),
    ...(scenario ? { endpoint: null } : {}),
  };
  const tag = Object.entries(all).filter(([, value]) => value).map(([name, value]) => `${name}="${value}"`);
  const rules = `${LOOKS[look]} ${width === 'full' ? '' : `max-inline-size: ${width}px;`}`.split(';')
    .map((rule) => rule.trim()).filter(Boolean).map((rule) => `    ${rule};`);
  const style = rules.length > 0 ? ['<style>', '  pay-with {', ...rules, '  }', '</style>'] : [];
  return [
    script,
    ...style,
    '',
    `<pay-with ${tag.join('\n  ')}>`,
    `  ${content}`,
    '</pay-with>',
    ...(scenario ? [
      '',
      '<script type="module">',
      "  import { mock } from '/mock.js';",
      `  mock(document.querySelector('pay-with'), { scenario: '${scenario}' });`,
      '</script>',
    ] : []),
  ].join('\n');
}
