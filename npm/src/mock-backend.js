/** The backend of `paywith/mock`: function properties that answer as the contract says, from memory alone. */
import { ENDS_S, SCENES } from './mock-scenes.js';
import { qrisPayload } from './mock-qris.js';

/** Cashi adds 1 to 99 rupiah to tell one order from another; these take their turns. */
const UNIQUE = [23n, 57n, 8n, 91n, 40n];

/** Hosted pages have addresses here; the name is reserved and leads nowhere. */
export const HOSTED_PAGES = 'https://pay.example/';

/** What a backend asks for on top, where a scenario has it name another price than the page. */
const DEARER_BY = 2500n;

/** A picture without a code in it: what a provider's picture is to somebody who cannot read it. */
const PICTURE = 'data:image/png;base64,'
  + 'iVBORw0KGgoAAAANSUhEUgAAAMgAAADIAQAAAACFI5MzAAAAz0lEQVRYw+WX0Q0AIQhDmzCAI93qjuQAJpwWUHeoH57c44vUgvBcE+82zKFEBu'
  + 'C9rbjDKk+MdBTZOUBzj02NbF2seEaIz8XIitdxRhwl+kaVTIPwRoA5sBSHHLmLnhHZemSVw0ocpRUtUs2in2JRK0Lk2GOeom1MSJHmjz/cGUKK'
  + '7J0/H7toLkXoFGdlqEVoj+UPvCUcpSeESE7RZRfro0fSJNgr66qwRFLkFCbiVhOkDqEzlkzM79NaiKRTDJzeYSkYHcLXVDjFFkc8rrTID8oLp8'
  + 'ccsPUKAAAAAElFTkSuQmCC';

const TITLES = {
  404: ['not_found', 'no such order or payment'],
  409: ['payment_open', 'This order has a live payment at another provider'],
  422: ['provider_refused', 'The provider refuses this payment'],
  503: ['provider_unreachable', 'The server is broken for a while'],
};

/** A problem document (RFC 9457) as an error that a function property may throw. */
const problem = (status, more = {}) => {
  const [code, title] = TITLES[status];
  return Object.assign(new Error(`mock: ${title}`), { code, status, title, retryable: status >= 500, ...more });
};

const noConnection = () => new TypeError('mock: Failed to fetch');

/** Waits, unless the call is given up first; `Infinity` waits for that alone. */
const sleep = (ms, signal) => new Promise((resolve, reject) => {
  const giveUp = () => {
    clearTimeout(timer);
    reject(new DOMException('given up', 'AbortError'));
  };
  const done = () => {
    signal?.removeEventListener('abort', giveUp);
    resolve();
  };
  const timer = ms === Infinity ? undefined : setTimeout(done, ms);
  if (signal?.aborted) giveUp();
  else signal?.addEventListener('abort', giveUp, { once: true });
});

export const sceneOf = (name) => {
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

const checkedSpeed = (speed) => {
  if (!(speed > 0 && speed < Infinity)) throw new RangeError(`paywith/mock: speed "${speed}" is not a number above 0`);
  return speed;
};

const isWhole = (amount) => /^\d+$/.test(amount);
/** It may still be paid: every word that is no end. */
const isLive = ({ status }) => !['paid', 'refunded', 'failed', 'canceled', 'expired'].includes(status);

/** The price that the backend names: the page's own, or one that is higher. */
const priceOf = (scene, amount) => {
  if (!scene.isDearer) return amount;
  const [whole, ...decimals] = amount.split('.');
  return [BigInt(whole) + DEARER_BY, ...decimals].join('.');
};

/** What the shopper is asked to do for a payment, as a contract backend says it. */
const actionOf = (scene, provider, amount, id) => {
  const page = `${HOSTED_PAGES}${provider}/${id}`;
  if (provider !== 'cashi') return { type: 'redirect', url: page };
  const { code = 'sound' } = scene;
  if (code === 'elsewhere') return { type: 'qr', checkout_url: page };
  if (code === 'picture') return { type: 'qr', image: PICTURE, checkout_url: page };
  const payload = qrisPayload({
    amount: { sound: amount, tip: amount, other_amount: amount === '999' ? '998' : '999', no_amount: undefined }[code],
    asksForTip: code === 'tip',
  });
  return { type: 'qr', payload, ...(code === 'no_amount' ? { image: PICTURE } : {}), checkout_url: page };
};

/** How a payment stands now: what the page has set, or the last entry of its scenario that has come. */
const standingOf = (payment, ms) => {
  if (payment.set) return payment.set;
  const { at = [], life_s = ENDS_S } = payment.scene;
  const passed = Date.now() - payment.from;
  const due = at.filter(([second]) => ms(second) <= passed).at(-1);
  const [, status, review] = due ?? [0, 'pending'];
  const isOver = status === 'pending' && passed >= ms(life_s);
  return { status: isOver && payment.provider === 'cashi' ? 'expired' : status, review };
};

/** The `Payment` of the contract. */
const bodyOf = (payment, merchantName, ms) => {
  const { status, review } = standingOf(payment, ms);
  const { id, order, provider, amount, base_amount, action, scene } = payment;
  const left = Math.max(0, payment.from + ms(scene.life_s ?? ENDS_S) - Date.now());
  const expiry = {
    expires_at: new Date(Date.now() + left).toISOString().replace(/\.\d+Z/, 'Z'),
    expires_in_ms: Math.round(left),
  };
  return {
    id, order, merchant_name: merchantName, provider, status, amount,
    ...(base_amount ? { base_amount } : {}),
    action: isLive({ status }) ? action : null,
    ...(provider === 'cashi' ? expiry : {}),
    poll_after_ms: Math.round(ms(2)),
    test: true,
    ...(review ? { review } : {}),
  };
};

/** The payments of one backend. */
const ledger = ({ amount, currency, ms, idPrefix }) => {
  const payments = new Map();
  const keys = new Map();
  const open = (order) => [...payments.values()].reverse()
    .find((one) => one.order === order && isLive(standingOf(one, ms)));
  return {
    open,
    find: (id) => payments.get(id),
    byKey: (key) => keys.get(key),
    last: () => [...payments.values()].at(-1),
    add({ order, provider, idempotency_key: key }, scene) {
      const id = `${idPrefix}_${payments.size + 1}`;
      const price = priceOf(scene, amount);
      const hasUnique = provider === 'cashi' && isWhole(price);
      const total = hasUnique ? String(BigInt(price) + UNIQUE[payments.size % UNIQUE.length]) : price;
      const payment = {
        id, order, provider, scene, from: Date.now(),
        amount: { value: total, currency },
        base_amount: hasUnique ? { value: price, currency } : null,
        action: actionOf(scene, provider, total, id),
      };
      payments.set(id, payment);
      if (key) keys.set(key, payment);
      return payment;
    },
  };
};

/** A backend of function properties. `speed` 10 plays a scenario in a tenth of its time. */
export const mockBackend = ({
  scenario = 'paid', amount = '15000', currency = 'IDR', merchantName = 'Toko Contoh',
  providers = ['cashi', 'kashier', 'cashii', 'cashpay'], speed = 1, idPrefix = 'pay_mock',
} = {}) => {
  plainDecimal(amount);
  checkedSpeed(speed);
  let scene = sceneOf(scenario);
  const asked = { create: 0, checkout: 0 };
  const log = [];
  const ms = (seconds) => (seconds * 1000) / speed;
  const payments = ledger({ amount, currency, ms, idPrefix });
  const body = (payment) => bodyOf(payment, merchantName, ms);

  /** Runs one call, and notes what came of it. */
  const call = async (name, { signal } = {}, answer) => {
    try {
      await sleep(scene.never === name ? Infinity : ms(scene.delay_s ?? 0.2), signal);
      const given = answer();
      log.push({ at: Date.now(), call: name, answer: given });
      return given;
    } catch (error) {
      if (error.name !== 'AbortError') log.push({ at: Date.now(), call: name, answer: error });
      throw error;
    }
  };

  /** The first, second … call of a kind fails as its scenario says. */
  const failAsPlanned = (name) => {
    const planned = scene[name];
    const fault = planned?.[Math.min(asked[name], planned.length - 1)];
    asked[name] += 1;
    if (fault === 'offline') throw noConnection();
    if (fault) throw problem(fault);
  };

  /** A status call that the scenario lets fail at this moment. */
  const failInTrouble = ({ scene: { trouble }, from }) => {
    const passed = Date.now() - from;
    if (!trouble || passed < ms(trouble.from_s) || passed >= ms(trouble.to_s)) return;
    throw trouble.kind === 'offline' ? noConnection() : problem(trouble.kind);
  };

  const known = (id) => {
    const payment = payments.find(id);
    if (!payment || payment.scene.forgets) throw problem(404);
    return payment;
  };

  return {
    log,

    createPayment: (request, options) => call('create', options, () => {
      failAsPlanned('create');
      const replayed = payments.byKey(request.idempotency_key);
      if (replayed) return body(replayed);
      const open = payments.open(request.order);
      if (open && open.provider !== request.provider) {
        if (request.supersedes !== open.id) throw problem(409, { payment: body(open) });
        open.set = { status: 'canceled' };
      } else if (open) {
        return body(open);
      }
      return body(payments.add(request, scene));
    }),

    fetchPayment: ({ id }, options) => call('status', options, () => {
      const payment = known(id);
      failInTrouble(payment);
      return body(payment);
    }),

    fetchCheckout: ({ order }, options) => call('checkout', options, () => {
      failAsPlanned('checkout');
      const open = payments.open(order);
      return {
        order, amount: { value: priceOf(scene, amount), currency }, description: 'Mock order',
        merchant_name: merchantName, providers: scene.providers ?? providers, payment: open ? body(open) : null, test: true,
      };
    }),

    cancelPayment: ({ id }, options) => call('cancel', options, () => {
      const payment = known(id);
      // Paid stays paid.
      if (isLive(standingOf(payment, ms))) payment.set = { status: 'canceled' };
      return body(payment);
    }),

    /** Plays another scenario from the next payment on. */
    play(name) {
      scene = sceneOf(name);
      Object.assign(asked, { create: 0, checkout: 0 });
    },

    /** Sets how the latest payment stands, whatever its scenario says. */
    set(status, review) {
      const payment = payments.last();
      if (payment) payment.set = { status, review };
    },
  };
};
