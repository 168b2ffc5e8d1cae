'use client';
import { PayWith } from 'paywith/react';

export function Checkout({ order, provider }) {
  return (
    <PayWith
      endpoint="/api"
      order={order}
      providers={provider}
      onPaid={() => { document.title += ' paid'; }}
    >
      <a href={`/pay/${order}`}>Pay</a>
    </PayWith>
  );
}
