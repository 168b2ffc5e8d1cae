// The buttons on these pages: real ones, against the merchant backend's demonstration shop and the
// simulated providers, when `cargo xtask docs --serve` shows the pages; elsewhere the mock plays them. And the bench.

const here = document.currentScript.src;
const widget = new URL('../paywith.js', here).href;

async function show(place) {
  const answer = await fetch('/api/demo/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ items: [{ id: place.dataset.product, quantity: 1 }] }),
  });
  if (!answer.ok || !answer.headers.get('content-type')?.includes('json')) throw new Error('no shop');
  const order = await answer.json();
  await import(widget);
  const element = document.createElement('pay-with');
  element.setAttribute('endpoint', '/api');
  element.setAttribute('order', order.order);
  element.setAttribute('providers', place.dataset.providers);
  const link = document.createElement('a');
  link.href = `/pay/${order.order}`;
  link.textContent = 'Pay';
  element.append(link);
  const note = document.createElement('p');
  note.textContent = 'A real button over simulated money. Its phone: ';
  const phone = document.createElement('a');
  phone.href = 'http://127.0.0.1:8091/phone';
  phone.target = '_blank';
  phone.rel = 'noopener';
  phone.textContent = '127.0.0.1:8091/phone';
  note.append(phone);
  place.replaceChildren(element, note);
}

/** Without a backend the button is played by the mock, which says so. */
async function showMock(place) {
  await import(widget);
  const { mock } = await import(new URL('../mock.js', here).href);
  const element = document.createElement('pay-with');
  element.setAttribute('order', `DOCS-${place.dataset.product}`);
  element.setAttribute('providers', place.dataset.providers);
  const note = document.createElement('p');
  note.textContent = 'Played without a backend; cargo xtask docs --serve brings the real one.';
  place.replaceChildren(element, note);
  mock(element);
}

/** A button that copies a text. */
function copyButton(make, words, text) {
  const button = make('button', { type: 'button', onclick: async () => {
    const copied = await navigator.clipboard?.writeText(text()).then(() => true, () => false);
    button.textContent = words[copied ? 'copied' : 'copy_failed'];
    setTimeout(() => { button.textContent = words.copy; }, 2500);
  } }, words.copy);
  return button;
}

/** The bench of every scenario, with the code of what it shows and the element's events. */
async function showBench(place) {
  await import(widget);
  const bring = (path) => import(new URL(path, here).href);
  const [mocks, { bench, codeOf }, { make }, log, { default: words }] = await Promise.all(
    ['../mock.js', '../bench/bench.js', '../bench/dom.js', '../bench/log.js', '../bench/words/en.js'].map(bring),
  );
  document.head.append(make('link', { rel: 'stylesheet', href: new URL('../bench/looks/bench.css', here).href }));
  const [controls, stage] = [make('div', { class: 'bench' }), make('div', { class: 'stage' })];
  const code = make('code');
  // The log writes into these.
  const events = [
    make('details', {}, make('summary', {}, words.state), make('pre', { id: 'state', tabindex: '0' })),
    make('h3', {}, words.events), make('p', { id: 'no-events' }, 'None yet.'), make('ol', { id: 'events', class: 'events' }),
  ];
  place.replaceChildren(
    make('div', { class: 'bench-columns' }, controls, stage),
    make('h3', {}, words.snippet_title), make('pre', { tabindex: '0' }, code),
    copyButton(make, words, () => code.textContent),
    ...events,
  );
  const attributes = { order: 'INV-9921', amount: '15000', currency: 'IDR', providers: 'cashi kashier cashii cashpay' };
  const renew = () => {
    const element = make('pay-with', attributes);
    stage.replaceChildren(element);
    log.watch(element);
    return element;
  };
  const page = {
    script: '<script type="module" src="/paywith.js"></script>', attributes, content: '<a href="/pay/INV-9921">Pay</a>',
  };
  const made = bench({
    place: controls, stage, renew, mocks, word: (key) => words[key] ?? key, hasBackend: false, hasTheme: false,
    onChange: () => { code.textContent = codeOf(page, made.chosen); },
  });
  made.begin();
}

for (const place of document.querySelectorAll('.live')) {
  show(place).catch(() => showMock(place)).catch(() => {
    place.textContent = 'Here is a working button where this browser can run it.';
  });
}
for (const place of document.querySelectorAll('.bench-place')) {
  showBench(place).catch((error) => { place.textContent = String(error); });
}
