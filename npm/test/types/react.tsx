// Compiled, never run: the component, and the bare tag in JSX.
import type {} from 'paywith/jsx';
import { useRef } from 'react';
import { PayWith } from 'paywith/react';
import type { PayWithElement } from 'paywith';

export function Checkout({ order }: { order: string }) {
  const element = useRef<PayWithElement>(null);
  return (
    <>
      <PayWith
        ref={element}
        endpoint="/api"
        order={order}
        providers={['cashi', 'kashier']}
        className="checkout"
        onPaid={(event) => console.log(event.detail.replayed)}
        onFault={(event) => console.log(event.detail.code)}
      >
        <a href="/pay">Pay</a>
      </PayWith>
      <pay-with endpoint="/api" order={order} return-url="https://shop.example/" disabled />
      {/* @ts-expect-error no such mode */}
      <PayWith mode="sideways" />
    </>
  );
}
