/** A provider's id. */
export type ProviderId = 'cashii' | 'cashpay' | 'kashier' | 'cashi';

/** How far a payment has come. */
export type Status =
  | 'pending' | 'processing' | 'paid' | 'failed' | 'canceled' | 'expired' | 'refunded';

/** Why a person must look at a payment. */
export type Review = 'amount_mismatch' | 'paid_twice' | 'other';

/** Money: a decimal string in major units, never a number, and its ISO 4217 code. */
export interface Money {
  readonly value: string;
  readonly currency: string;
}

/** A payment as the page sees it. */
export interface PaymentSnapshot {
  readonly status: Status | null;
  readonly paymentId: string | null;
  readonly order: string;
  readonly provider: ProviderId | null;
  /** What the shopper pays, exactly. */
  readonly amount: Money | null;
  /** The order's price, where the provider adds something to it. */
  readonly baseAmount: Money | null;
  readonly review: Review | null;
  /** Play money. */
  readonly test: boolean;
  /** When the backend's answer said paid: RFC 3339, by the device's clock. */
  readonly verifiedAt: string | null;
}

/** The outcome of `start()`. `expired` and `canceled` are not final: `paid` may still fire. */
export interface Result extends PaymentSnapshot {
  readonly status: Status;
}

/** Who has to do something about a fault. */
export type FaultKind = 'config' | 'network' | 'backend' | 'provider' | 'blocked' | 'internal';

/** Stable; each is described in the documentation. */
export type FaultCode =
  | 'missing_endpoint' | 'missing_order' | 'unknown_provider' | 'no_providers' | 'bad_amount'
  | 'bad_setting' | 'unreachable' | 'call_blocked' | 'busy' | 'not_json' | 'unreadable_answer'
  | 'stale_answer' | 'not_found'
  | 'backend_refused' | 'provider_refused' | 'unsafe_redirect' | 'unsafe_code'
  | 'picture_blocked' | 'style_blocked' | 'load_failed' | 'panic';

/** What a `fault` event carries. */
export interface Fault {
  readonly code: FaultCode;
  readonly kind: FaultKind;
  /** Whether the same press may succeed later. */
  readonly retryable: boolean;
  /** For the shopper, in the shopper's language. */
  readonly userMessage: string;
  /** For the developer. */
  readonly message: string;
  /** The payment's id, where there is one. */
  readonly ref: string | null;
}

/** What `start()` rejects with; a business outcome never rejects. */
export class PaywithError extends Error implements Fault {
  readonly code: FaultCode;
  readonly kind: FaultKind;
  readonly retryable: boolean;
  readonly userMessage: string;
  readonly ref: string | null;
}

/** What `createPayment` is asked for. */
export interface CreateRequest {
  readonly order: string;
  readonly provider: ProviderId;
  readonly return_url: string;
  readonly locale: string;
  readonly supersedes: string | null;
  /** The same on every retry of one attempt: hand it to the backend. */
  readonly idempotency_key: string;
}

/** What `fetchPayment` and `cancelPayment` are asked for. */
export interface PaymentQuestion {
  readonly id: string;
  readonly provider: ProviderId | null;
  readonly order: string;
  /** The status known so far; `fetchPayment` only. */
  readonly status?: Status;
}

/** How a call may end. */
export interface CallOptions {
  /** Ends the call. */
  readonly signal: AbortSignal;
  /** The longest wait that is useful, in milliseconds; 0: answer at once. */
  readonly waitMs: number;
}

/**
 * The contract's answer, or the provider's own, unchanged. An error that is thrown counts as "no
 * answer", unless it carries `status` or `code`.
 */
export type Answer = unknown;

/** The events, by name. */
export interface PayWithEventMap {
  ready: CustomEvent<PaymentSnapshot>;
  paystart: CustomEvent<PaymentSnapshot>;
  created: CustomEvent<PaymentSnapshot>;
  redirecting: CustomEvent<PaymentSnapshot & { readonly url: string }>;
  statuschange: CustomEvent<PaymentSnapshot>;
  processing: CustomEvent<PaymentSnapshot>;
  /** Verified by the backend. For the page: goods ship from the server's own reading. */
  paid: CustomEvent<PaymentSnapshot & { readonly replayed: boolean }>;
  failed: CustomEvent<PaymentSnapshot>;
  canceled: CustomEvent<PaymentSnapshot>;
  expired: CustomEvent<PaymentSnapshot>;
  superseded: CustomEvent<PaymentSnapshot>;
  refunded: CustomEvent<PaymentSnapshot>;
  dismissed: CustomEvent<PaymentSnapshot>;
  fault: CustomEvent<Fault>;
}

/** What an attribute or a property of the element takes. */
export interface PayWithOptions {
  /** Base URL of the merchant backend. */
  endpoint?: string;
  /** The order's reference, opaque; a token must be byte-identical on every render. */
  order?: string;
  /** Provider ids, space-separated, one button each; without it, what the backend lists. */
  providers?: string;
  /** The price as the page states it: a decimal string. */
  amount?: string;
  /** ISO 4217. */
  currency?: string;
  /** How a payment is shown. */
  mode?: 'auto' | 'inline' | 'modal' | 'redirect' | 'popup' | '';
  /** Where a hosted page sends the shopper back to; without it, this page. */
  returnUrl?: string;
  /** Where the page goes after `paid`: a button at once, by itself after three seconds. */
  successUrl?: string;
  theme?: 'auto' | 'light' | 'dark' | '';
  numbering?: 'latn' | 'arab' | '';
  /** Whether a known payment is looked up on load. */
  autoResume?: 'on' | 'off' | '';
  disabled?: boolean;
  /** Replaces the create call. */
  createPayment?: (request: CreateRequest, options: CallOptions) => Promise<Answer> | Answer;
  /** Replaces the status call. */
  fetchPayment?: (question: PaymentQuestion, options: CallOptions) => Promise<Answer> | Answer;
  /** Replaces the call that lists what can be paid. */
  fetchCheckout?: (request: { readonly order: string }, options: CallOptions) => Promise<Answer> | Answer;
  /** Replaces the cancel call. */
  cancelPayment?: (question: PaymentQuestion, options: CallOptions) => Promise<Answer> | Answer;
  /** Your own words, by a sentence's key. */
  messages?: Record<string, string>;
  /** Headers for every call to the backend. */
  headers?: Record<string, string> | Headers | Map<string, string> | [string, string][];
  credentials?: 'same-origin' | 'include' | 'omit';
  /** Hosted pages that we address: `{ cashii: 'https://…' }`. */
  providerPages?: Record<string, string>;
  /** Hosts that a hosted page may have; without it, any. */
  allowedHosts?: Iterable<string>;
  /** Names to take from the return address besides the known ones. */
  returnParams?: string[];
}

/** `<pay-with>`. */
export class PayWithElement extends HTMLElement {
  endpoint: string;
  order: string;
  get providers(): string;
  /** A list is joined by spaces. */
  set providers(value: string | ProviderId[]);
  amount: string;
  currency: string;
  mode: NonNullable<PayWithOptions['mode']>;
  returnUrl: string;
  successUrl: string;
  theme: NonNullable<PayWithOptions['theme']>;
  numbering: NonNullable<PayWithOptions['numbering']>;
  autoResume: NonNullable<PayWithOptions['autoResume']>;
  disabled: boolean;
  createPayment: PayWithOptions['createPayment'];
  fetchPayment: PayWithOptions['fetchPayment'];
  fetchCheckout: PayWithOptions['fetchCheckout'];
  cancelPayment: PayWithOptions['cancelPayment'];
  messages: PayWithOptions['messages'];
  headers: PayWithOptions['headers'];
  credentials: PayWithOptions['credentials'];
  providerPages: PayWithOptions['providerPages'];
  allowedHosts: PayWithOptions['allowedHosts'];
  returnParams: PayWithOptions['returnParams'];

  onready: ((this: PayWithElement, event: PayWithEventMap['ready']) => unknown) | null;
  onpaystart: ((this: PayWithElement, event: PayWithEventMap['paystart']) => unknown) | null;
  oncreated: ((this: PayWithElement, event: PayWithEventMap['created']) => unknown) | null;
  onredirecting: ((this: PayWithElement, event: PayWithEventMap['redirecting']) => unknown) | null;
  onstatuschange: ((this: PayWithElement, event: PayWithEventMap['statuschange']) => unknown) | null;
  onprocessing: ((this: PayWithElement, event: PayWithEventMap['processing']) => unknown) | null;
  onpaid: ((this: PayWithElement, event: PayWithEventMap['paid']) => unknown) | null;
  onfailed: ((this: PayWithElement, event: PayWithEventMap['failed']) => unknown) | null;
  oncanceled: ((this: PayWithElement, event: PayWithEventMap['canceled']) => unknown) | null;
  onexpired: ((this: PayWithElement, event: PayWithEventMap['expired']) => unknown) | null;
  onsuperseded: ((this: PayWithElement, event: PayWithEventMap['superseded']) => unknown) | null;
  onrefunded: ((this: PayWithElement, event: PayWithEventMap['refunded']) => unknown) | null;
  ondismissed: ((this: PayWithElement, event: PayWithEventMap['dismissed']) => unknown) | null;
  onfault: ((this: PayWithElement, event: PayWithEventMap['fault']) => unknown) | null;

  /** The payment as it stands; `null` before there is one. */
  readonly payment: PaymentSnapshot | null;
  /** One word: `unopened`, `choosing`, `creating`, `code`, `leaving`, `checking`, `open`, … */
  readonly state: string;

  /** Starts a payment, with the first provider unless one is named; while busy, the same promise. */
  start(provider?: ProviderId): Promise<Result>;
  /** Asks now. */
  checkNow(): void;
  /** A new attempt for an expired, declined or canceled payment. */
  renew(): void;
  /** Stops showing, never watching. */
  cancel(): void;
  /** Closes a dialog; the payment goes on. */
  close(): void;
  /** Back to the buttons. */
  reset(): void;
  /** Looks for the payment that this browser or the address knows of. */
  resume(): void;
  /** Whether the address says that the shopper comes back from a provider. */
  hasReturned(): boolean;

  addEventListener<K extends keyof PayWithEventMap>(
    type: K,
    listener: (this: PayWithElement, event: PayWithEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof PayWithEventMap>(
    type: K,
    listener: (this: PayWithElement, event: PayWithEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

/**
 * Registers the tag. A tag that is taken stays with its first owner, whose class is answered.
 * Without a browser nothing happens, and the answer is `undefined`.
 */
export function define(tag?: string): typeof PayWithElement | undefined;

/** Loads the widget's module before the first element needs it. */
export function load(options?: LoadOptions): Promise<void>;

/** How the module is found. */
export interface LoadOptions {
  /** Where the `.wasm` lies, for bundlers that move it. */
  wasmUrl?: string | URL;
}

declare global {
  interface HTMLElementTagNameMap {
    'pay-with': PayWithElement;
  }
}
