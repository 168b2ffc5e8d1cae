import { define, load } from 'paywith';

const query = new URLSearchParams(location.search);
const checkout = document.createElement('pay-with');
checkout.endpoint = '/api';
checkout.order = query.get('order');
checkout.providers = query.get('provider');
checkout.addEventListener('paid', () => { document.title += ' paid'; });
// Rollup does not move the module's file: the build copies it, and this says where it lies.
load({ wasmUrl: '/paywith.wasm' });
define();
document.querySelector('main').append(checkout);
