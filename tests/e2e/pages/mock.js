// One element for each scenario of the mock, each played at twenty times its pace with this provider.
import { SCENARIOS, mock } from '/dist/mock.js';

const wishes = new URLSearchParams(location.search);
document.documentElement.lang = wishes.get('lang') ?? 'en';
await customElements.whenDefined('pay-with');
window.plays = {};
for (const scenario of Object.keys(SCENARIOS)) {
  const element = document.createElement('pay-with');
  element.id = scenario;
  element.order = `MOCK-${scenario}`;
  if (scenario !== 'nothing_offered') element.providers = wishes.get('provider');
  if (scenario === 'other_price') Object.assign(element, { amount: '15000', currency: 'IDR' });
  document.querySelector('main').append(element);
  window.plays[scenario] = mock(element, { scenario, speed: 20 });
  element.seen = new Set();
  const look = () => element.seen.add(element.state);
  for (const name of ['ready', 'created', 'statuschange', 'paid', 'failed', 'expired', 'canceled', 'fault']) {
    element.addEventListener(name, look);
  }
  element.faults = [];
  element.addEventListener('fault', ({ detail }) => element.faults.push(detail.code));
  if (scenario !== 'nothing_offered') element.start();
}
