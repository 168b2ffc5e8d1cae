'use client';
import { useSearchParams } from 'next/navigation';
import { PayWith } from 'paywith/react';

export function Checkout() {
  const query = useSearchParams();
  const order = query.get('order');
  return (
    <PayWith
      endpoint="/api"
      order={order}
      providers={query.get('provider')}
      onPaid={() => { document.title += ' paid'; }}
    >
      <a href={`/pay/${order}`}>Pay</a>
    </PayWith>
  );
}
