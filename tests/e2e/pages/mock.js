// One element for each scenario of the mock, each played at twenty times its pace. `?provider=` is what it is paid with, unless
// the scenario has its own; `?only=` plays one alone, and waits for a press. Those that stay away from the page are only played
// alone: whoever comes back to the page comes back to every element of it.
import { END_STATES, SCENARIOS, mock } from '/dist/mock.js';

const wishes = new URLSearchParams(location.search);
document.documentElement.lang = wishes.get('lang') ?? 'en';
await customElements.whenDefined('pay-with');
window.endStates = END_STATES;
const only = wishes.get('only');
const ALONE = ['leaving', 'window'];
/** These show their screen without a press. */
const NO_PRESS = ['loading', 'nothing_offered', 'wrong_setting', 'other_tab'];
const plays = {};
for (const scenario of Object.keys(SCENARIOS).filter((name) => (only ? name === only : !ALONE.includes(name)))) {
  const element = document.createElement('pay-with');
  element.id = scenario;
  element.order = `MOCK-${scenario}`;
  element.providers = wishes.get('provider') ?? 'cashi';
  document.querySelector('main').append(element);
  element.faults = [];
  element.addEventListener('fault', ({ detail }) => element.faults.push(detail.code));
  plays[scenario] = mock(element, { scenario, speed: 20 });
  if (!only && !NO_PRESS.includes(scenario)) element.start().catch(() => {});
}
window.plays = plays;
