// One element, as the test says in `setup`: attributes, properties, and the page's language. Every
// event of it, and every breach of the page's policy, is kept for the test.
const { lang, attributes, properties, button } = JSON.parse(new URLSearchParams(location.search).get('setup'));
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
