import { Suspense } from 'react';
import { Checkout } from './checkout';

export default function Page() {
  return (
    <Suspense fallback={<a href="/pay">Pay</a>}>
      <Checkout />
    </Suspense>
  );
}
