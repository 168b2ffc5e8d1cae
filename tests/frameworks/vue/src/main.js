import { createApp } from 'vue';
import 'paywith/auto';
import Checkout from './Checkout.vue';

createApp(Checkout).mount('main');
