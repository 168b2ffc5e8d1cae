import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { PayWith } from 'paywith/react';

const query = new URLSearchParams(location.search);
const order = query.get('order');

createRoot(document.querySelector('main')).render(
  <StrictMode>
    <PayWith
      endpoint="/api"
      order={order}
      providers={query.get('provider')}
      onPaid={() => { document.title += ' paid'; }}
    >
      <a href={`/pay/${order}`}>Pay</a>
    </PayWith>
  </StrictMode>,
);
