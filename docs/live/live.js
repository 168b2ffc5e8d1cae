// The buttons on these pages: real ones, against the merchant backend's demonstration shop and the
// simulated providers, when `cargo xtask docs --serve` shows the pages. Elsewhere a line says so.

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

for (const place of document.querySelectorAll('.live')) {
  show(place).catch(() => {
    place.textContent = 'Here is a working button when these pages come from cargo xtask docs --serve.';
  });
}
