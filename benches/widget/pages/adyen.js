// Adyen's PromptPay, the nearest of its QR components; its backend, which draws the code, answers at
// once.
import { AdyenCheckout, PromptPay } from '@adyen/adyen-web';
import '@adyen/adyen-web/styles/adyen.css';

const pay = async () => (await fetch('/api/payments', { method: 'POST', body: '{}' })).json();

const checkout = await AdyenCheckout({
  environment: 'test',
  clientKey: 'test_00000000000000000000000000000000',
  analytics: { enabled: false },
  _environmentUrls: { api: `${location.origin}/api/test/`, cdn: { images: `${location.origin}/api/` } },
  countryCode: 'TH',
  locale: 'en-US',
  amount: { value: 1502300, currency: 'THB' },
  paymentMethodsResponse: { paymentMethods: [{ type: 'promptpay', name: 'PromptPay' }] },
  onSubmit: async (state, component, actions) => {
    const payment = await pay();
    actions.resolve({
      resultCode: 'Pending',
      action: {
        type: 'qrCode', paymentMethodType: 'promptpay', paymentData: 'bench', qrCodeData: payment.action.payload,
      },
    });
  },
});
new PromptPay(checkout).mount('main');
