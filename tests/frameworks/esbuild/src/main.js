// esbuild does not find the module's file: this entry carries it.
import { define } from 'paywith/inline';

const query = new URLSearchParams(location.search);
const checkout = document.createElement('pay-with');
checkout.endpoint = '/api';
checkout.order = query.get('order');
checkout.providers = query.get('provider');
checkout.addEventListener('paid', () => { document.title += ' paid'; });
define();
document.querySelector('main').append(checkout);
