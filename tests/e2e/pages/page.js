// One element, as the test says in `setup`: attributes, properties, and the page's language. Every
// event of it, and every breach of the page's policy, is recorded for the test.
// `service` takes a service of the platform away, `platforms` puts others there, `worker` puts a service worker before the backend,
// `twice` shows the same order a second time, hidden.
import { bePlatform, breakService, names as services } from './services.js';

const { lang, attributes, properties, button, service, platforms, worker, twice } = JSON.parse(
  new URLSearchParams(location.search).get('setup'),
);
window.services = services;
if (service) breakService(service);
for (const platform of platforms ?? []) bePlatform(platform);
if (worker) {
  await navigator.serviceWorker.register('/caching-worker.js');
  if (!navigator.serviceWorker.controller) {
    await new Promise((resolve) => {
      navigator.serviceWorker.addEventListener('controllerchange', resolve);
    });
  }
}
document.documentElement.lang = lang ?? 'en';
document.documentElement.dir = lang === 'ar' ? 'rtl' : 'ltr';

window.paywithEvents = [];
window.breaches = [];
const names = ['ready', 'paystart', 'created', 'redirecting', 'statuschange', 'processing', 'paid',
  'failed', 'canceled', 'expired', 'superseded', 'refunded', 'dismissed', 'fault'];
for (const name of names) {
  addEventListener(name, (event) => {
    if (event.target.localName === 'pay-with') window.paywithEvents.push({ name, detail: event.detail });
  });
}
addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => {
  window.breaches.push(`${violatedDirective} ${blockedURI} ${sourceFile}`);
});

const element = document.createElement('pay-with');
for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
Object.assign(element, properties);
const fallback = document.createElement('a');
fallback.href = `/pay/${attributes.order}`;
fallback.textContent = 'Pay without JavaScript';
element.append(fallback);
if (button) element.append(Object.assign(document.createElement('button'), { value: button, textContent: 'Pay' }));
document.querySelector('main').append(element);
if (twice) {
  const second = element.cloneNode(true);
  second.id = 'second';
  second.hidden = true;
  document.querySelector('main').append(second);
}
