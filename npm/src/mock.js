/**
 * `paywith/mock`: a backend that is not there. Functions for the element that play a whole payment in the page, fault by
 * fault: for storybooks, tests of storefronts, and designers. Nothing is charged, and the badge says so.
 *
 * Nothing happens on import, and it is safe on a server.
 */
import { ENDS_S, SCENES } from './mock-scenes.js';
import { qrisPayload } from './mock-qris.js';

/** Every scenario by name, each with a sentence on what it plays. */
export const SCENARIOS = Object.freeze(Object.fromEntries(
  Object.entries(SCENES).map(([name, { about }]) => [name, about]),
));

const BADGE = {
  en: 'Mock: nothing is charged',
  id: 'Tiruan: tidak ada uang yang ditarik',
  ar: 'محاكاة: لا يُخصم أي مبلغ',
  tr: 'Örnek: para çekilmez',
};

/** Cashi adds so many rupiah to tell one order from another. */
const UNIQUE = 23n;

/** How long a hosted page keeps the shopper, in seconds. */
const AWAY_S = 3;

const failure = (message, fields) => Object.assign(new Error(`mock: ${message}`), fields);

/** Waits, unless the call is given up first. */
const sleep = (ms, signal) => new Promise((resolve, reject) => {
  const giveUp = () => reject(new DOMException('given up', 'AbortError'));
  if (signal?.aborted) return giveUp();
  setTimeout(resolve, ms);
  signal?.addEventListener('abort', giveUp);
});

const sceneOf = (name) => {
  if (!Object.hasOwn(SCENES, name)) {
    throw new RangeError(`paywith/mock: there is no scenario "${name}": use one of ${Object.keys(SCENES).join(', ')}`);
  }
  return SCENES[name];
};

const plainDecimal = (amount) => {
  if (!/^(0|[1-9]\d{0,14})(\.\d{1,4})?$/.test(amount)) {
    throw new RangeError(`paywith/mock: amount "${amount}" is not a decimal such as 15000 or 165.50`);
  }
  return amount;
};

/** What the shopper is asked to do for a payment, as a contract backend says it. */
const actionOf = (scene, provider, amount, id) => {
  if (provider !== 'cashi') return { type: 'redirect', url: `https://pay.example/${provider}/${id}` };
  const { code = 'sound' } = scene;
  const page = `https://pay.example/cashi/${id}`;
  if (code === 'elsewhere') return { type: 'qr', checkout_url: page };
  if (code === 'picture') return { type: 'qr', image: PICTURE, checkout_url: page };
  const payload = qrisPayload({
    amount: { sound: amount, tip: amount, other_amount: '999', no_amount: undefined }[code],
    asksForTip: code === 'tip',
  });
  return { type: 'qr', payload, ...(code === 'no_amount' ? { image: PICTURE } : {}), checkout_url: page };
};

/** A picture without a code in it: what a provider's picture is to somebody who cannot read it. */
const PICTURE = 'data:image/png;base64,'
  + 'iVBORw0KGgoAAAANSUhEUgAAAMgAAADIAQAAAACFI5MzAAAAz0lEQVRYw+WX0Q0AIQhDmzCAI93qjuQAJpwWUHeoH57c44vUgvBcE+82zKFEBu'
  + 'C9rbjDKk+MdBTZOUBzj02NbF2seEaIz8XIitdxRhwl+kaVTIPwRoA5sBSHHLmLnhHZemSVw0ocpRUtUs2in2JRK0Lk2GOeom1MSJHmjz/cGUKK'
  + '7J0/H7toLkXoFGdlqEVoj+UPvCUcpSeESE7RZRfro0fSJNgr66qwRFLkFCbiVhOkDqEzlkzM79NaiKRTDJzeYSkYHcLXVDjFFkc8rrTID8oLp8'
  + 'ccsPUKAAAAAElFTkSuQmCC';

/** A backend of function properties. `speed` 10 plays a scenario in a tenth of its time. */
export const mockBackend = ({
  scenario = 'paid', amount = '15000', currency = 'IDR', merchantName = 'Toko Contoh',
  providers = ['cashi', 'kashier', 'cashii', 'cashpay'], speed = 1,
} = {}) => {
  plainDecimal(amount);
  let scene = sceneOf(scenario);
  let current = null;
  let made = 0;
  let created = 0;
  const log = [];
  const ms = (seconds) => (seconds * 1000) / speed;
  const note = (call, answer) => {
    log.push({ at: Date.now(), call, answer });
    return answer;
  };
  const answerLater = (signal) => sleep(ms(scene.delay_s ?? 0.2), signal);

  /** How a payment stands now: the last entry of its scenario that has come, or what the page has set. */
  const standing = (payment) => {
    if (payment.set) return payment.set;
    const passed = Date.now() - payment.from;
    const due = (payment.scene.at ?? []).filter(([second]) => ms(second) <= passed).at(-1);
    const [, status, review] = due ?? [0, 'pending'];
    const isOver = status === 'pending' && passed >= ms(payment.scene.life_s ?? ENDS_S);
    return { status: isOver && payment.provider === 'cashi' ? 'expired' : status, review };
  };

  const body = (payment) => {
    const { status, review } = standing(payment);
    const left = Math.max(0, payment.from + ms(payment.scene.life_s ?? ENDS_S) - Date.now());
    return {
      id: payment.id,
      order: payment.order,
      merchant_name: merchantName,
      provider: payment.provider,
      status,
      amount: payment.amount,
      ...(payment.base_amount ? { base_amount: payment.base_amount } : {}),
      action: ['pending', 'processing'].includes(status) ? payment.action : null,
      ...(payment.provider === 'cashi' ? {
        expires_at: new Date(Date.now() + left).toISOString().replace(/\.\d+Z/, 'Z'),
        expires_in_ms: Math.round(left),
      } : {}),
      poll_after_ms: Math.round(ms(2)),
      test: true,
      ...(review ? { review } : {}),
    };
  };

  const begin = ({ order, provider }) => {
    made += 1;
    const id = `pay_mock_${made}`;
    const price = scene.price ?? amount;
    const isUnique = provider === 'cashi' && /^\d+$/.test(price);
    const total = isUnique ? String(BigInt(price) + UNIQUE) : price;
    current = {
      id, order, provider, scene, from: Date.now(),
      amount: { value: total, currency },
      base_amount: isUnique ? { value: price, currency } : null,
      action: actionOf(scene, provider, total, id),
    };
    return current;
  };

  /** A call that the scenario lets fail at this moment. */
  const trouble = (payment) => {
    const { trouble: planned } = payment.scene;
    const passed = Date.now() - payment.from;
    if (!planned || passed < ms(planned.from_s) || passed >= ms(planned.to_s)) return;
    if (planned.kind === 'offline') throw note('status', new TypeError('mock: Failed to fetch'));
    throw note('status', failure('the server is broken', { status: planned.kind }));
  };

  return {
    log,

    async createPayment(request, { signal } = {}) {
      await answerLater(signal);
      created += 1;
      const fault = scene.create?.[Math.min(created, scene.create.length) - 1];
      if (fault === 'offline') throw note('create', new TypeError('mock: Failed to fetch'));
      if (fault) throw note('create', failure('refused', { status: fault, code: 'provider_refused', retryable: fault >= 500 }));
      const isLive = current && current.order === request.order && current.provider === request.provider
        && ['pending', 'processing'].includes(standing(current).status);
      return note('create', body(isLive ? current : begin(request)));
    },

    async fetchPayment({ id }, { signal } = {}) {
      await answerLater(signal);
      if (current?.id !== id || scene.forgets) throw note('status', failure('no such payment', { status: 404, code: 'not_found' }));
      trouble(current);
      return note('status', body(current));
    },

    async fetchCheckout({ order }, { signal } = {}) {
      await answerLater(signal);
      return note('checkout', {
        order, amount: { value: scene.price ?? amount, currency }, description: 'Mock order',
        providers: scene.providers ?? providers, payment: null, test: true,
      });
    },

    async cancelPayment({ id }, { signal } = {}) {
      await answerLater(signal);
      if (current?.id === id) current.set = { status: 'canceled' };
      return note('cancel', current ? body(current) : null);
    },

    /** Plays another scenario from the next payment on. */
    play(name) {
      scene = sceneOf(name);
      created = 0;
    },

    /** Sets how the payment stands, whatever its scenario says. */
    set(status, review) {
      if (current) current.set = { status, review };
    },
  };
};

const FUNCTIONS = ['createPayment', 'fetchPayment', 'fetchCheckout', 'cancelPayment'];

/**
 * Plays payments in an element that is on the page. Returns `{ play(scenario), pay(), decline(), set(status), log, stop() }`.
 */
export const mock = (element, options = {}) => {
  const backend = mockBackend(options);
  const before = Object.fromEntries([...FUNCTIONS, 'messages'].map((name) => [name, element[name]]));
  const order = element.order || 'MOCK';
  let plays = 0;
  let timer;

  const badge = () => {
    const tag = element.closest('[lang]')?.lang || element.ownerDocument.documentElement.lang || 'en';
    return BADGE[tag.split('-')[0]] ?? BADGE.en;
  };
  /** The shopper is away on the hosted page for a moment, and comes back. */
  const stay = (event) => {
    event.preventDefault();
    clearTimeout(timer);
    timer = setTimeout(() => window.dispatchEvent(new Event('focus')), (AWAY_S * 1000) / (options.speed ?? 1));
  };
  const set = (status, review) => {
    backend.set(status, review);
    element.checkNow();
  };

  for (const name of FUNCTIONS) element[name] = backend[name];
  element.messages = { test_mode: badge(), ...before.messages };
  element.addEventListener('redirecting', stay);
  if (!element.hasAttribute('auto-resume')) element.autoResume = 'off';
  element.order = order;
  if (!element.currency) element.currency = options.currency ?? 'IDR';

  return {
    log: backend.log,
    /** Another scenario, for a fresh order. */
    play(name) {
      backend.play(name);
      plays += 1;
      element.messages = { ...element.messages, test_mode: badge() };
      element.order = `${order}-${plays}`;
    },
    set,
    pay: () => set('paid'),
    decline: () => set('failed'),
    /** The element is the page's own again. */
    stop() {
      clearTimeout(timer);
      element.removeEventListener('redirecting', stay);
      Object.assign(element, before);
    },
  };
};
