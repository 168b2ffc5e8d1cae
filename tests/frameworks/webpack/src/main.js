import 'paywith/auto';

const query = new URLSearchParams(location.search);
const checkout = document.createElement('pay-with');
checkout.endpoint = '/api';
checkout.order = query.get('order');
checkout.providers = query.get('provider');
checkout.addEventListener('paid', () => { document.title += ' paid'; });
document.querySelector('main').append(checkout);
