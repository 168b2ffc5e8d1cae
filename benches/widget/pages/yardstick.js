// The floor: a custom element written by hand, with what the checkout of a Cashi code needs at least: the
// button, one POST, the code, the exact amount, the countdown, polling. No other provider, no error path, one
// language, nothing remembered.
import { generate } from 'lean-qr';

const STYLE = `:host{display:block;font:16px/1.5 system-ui}button{font:inherit;font-weight:600;width:100%;
min-height:64px;border-radius:10px;border:1px solid #d5dbe3;background:none}section{text-align:center}
canvas{image-rendering:pixelated;width:296px;background:#fff}`;

customElements.define('yard-stick', class extends HTMLElement {
  connectedCallback() {
    this.root = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.root.adoptedStyleSheets = [sheet];
    const button = Object.assign(document.createElement('button'), { textContent: 'Pay with Cashi' });
    button.addEventListener('click', () => this.pay());
    this.root.append(button);
  }

  async pay() {
    const response = await fetch('/api/payments', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
      body: JSON.stringify({ order: this.getAttribute('order'), provider: 'cashi' }),
    });
    const payment = await response.json();
    const canvas = document.createElement('canvas');
    generate(payment.action.payload).toCanvas(canvas);
    canvas.className = 'code';
    const amount = Object.assign(document.createElement('p'), { textContent: `Rp ${payment.amount.value}` });
    const left = document.createElement('p');
    const section = document.createElement('section');
    section.append(canvas, amount, left);
    this.root.replaceChildren(section);
    const end = performance.now() + payment.expires_in_ms;
    const tick = () => {
      const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    };
    tick();
    setInterval(tick, 500);
    const poll = async () => {
      const { status } = await (await fetch(`/api/payments/${payment.id}`)).json();
      if (status === 'paid') section.replaceChildren('Paid');
      else setTimeout(poll, payment.poll_after_ms);
    };
    setTimeout(poll, payment.poll_after_ms);
  }
});
