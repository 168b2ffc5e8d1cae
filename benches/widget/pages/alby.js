// Alby's bitcoin-connect: a shop's button, and its payment screen with the code of an invoice. The invoice is
// the coffee of BOLT 11, because the screen reads it.
import { init, launchPaymentModal } from '@getalby/bitcoin-connect';

const INVOICE = 'lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyq'
  + 'cyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpu9qrsgquk0rl77nj30yxdy8j9vdx85fkpmdla2087ne0xh8nhedh8w27kyke0lp53ut3'
  + '53s06fv3qfegext0eh0ymjpf39tuven09sam30g4vgpfna3rh';

init({ appName: 'Bench', showBalance: false });
const button = Object.assign(document.createElement('button'), { className: 'pay', textContent: 'Pay' });
button.addEventListener('click', async () => {
  await fetch('/api/payments', { method: 'POST', body: '{}' });
  launchPaymentModal({ invoice: INVOICE, paymentMethods: 'external' });
});
document.querySelector('main').append(button);
