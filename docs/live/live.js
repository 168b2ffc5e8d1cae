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

/** The bench of every scenario. */
async function showBench(place) {
  await import(widget);
  const styles = document.createElement('link');
  Object.assign(styles, { rel: 'stylesheet', href: new URL('../bench/bench.css', here).href });
  document.head.append(styles);
  const [{ mock, SCENARIOS }, { bench }] = await Promise.all(
    ['../mock.js', '../bench/bench.js'].map((path) => import(new URL(path, here).href)),
  );
  const [controls, stage] = ['bench', 'stage'].map((name) => {
    const made = document.createElement('div');
    made.className = name;
    return made;
  });
  place.replaceChildren(controls, stage);
  const renew = () => {
    const element = document.createElement('pay-with');
    element.setAttribute('providers', 'cashi kashier cashii cashpay');
    element.setAttribute('amount', '15000');
    element.setAttribute('currency', 'IDR');
    element.setAttribute('order', 'DOCS');
    stage.replaceChildren(element);
    return element;
  };
  const words = { mock_pay: 'Pay it now', mock_decline: 'Decline it', again: 'Again', look: 'Theme' };
  const word = (key) => words[key] ?? key.charAt(0).toUpperCase() + key.slice(1);
  const made = bench({
    place: controls, stage, renew, mock, scenarios: SCENARIOS, word, hasBackend: false, onChange: () => {},
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
