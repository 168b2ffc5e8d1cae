import { mount } from 'svelte';
import 'paywith/auto';
import Checkout from './Checkout.svelte';

mount(Checkout, { target: document.querySelector('main') });
