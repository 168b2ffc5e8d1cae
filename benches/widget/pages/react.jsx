// What a React shop writes by hand for the same: a component with qrcode.react.
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { QRCodeSVG } from 'qrcode.react';

function Checkout({ order }) {
  const [payment, setPayment] = useState(null);
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (!payment) return undefined;
    const end = performance.now() + payment.expires_in_ms;
    const tick = () => setLeft(Math.max(0, Math.ceil((end - performance.now()) / 1000)));
    tick();
    const ticking = setInterval(tick, 500);
    const polling = setInterval(async () => {
      const { status } = await (await fetch(`/api/payments/${payment.id}`)).json();
      if (status === 'paid') setPayment({ ...payment, status });
    }, payment.poll_after_ms);
    return () => { clearInterval(ticking); clearInterval(polling); };
  }, [payment]);
  const pay = async () => {
    const response = await fetch('/api/payments', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
      body: JSON.stringify({ order, provider: 'cashi' }),
    });
    setPayment(await response.json());
  };
  if (!payment) return <button className="pay" onClick={pay}>Pay with Cashi</button>;
  if (payment.status === 'paid') return <p>Paid</p>;
  return (
    <section>
      <QRCodeSVG className="code" value={payment.action.payload} size={296} marginSize={4} />
      <p>Rp {payment.amount.value}</p>
      <p>{Math.floor(left / 60)}:{String(left % 60).padStart(2, '0')}</p>
    </section>
  );
}

createRoot(document.querySelector('main')).render(<Checkout order="INV-1" />);
