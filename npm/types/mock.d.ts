import type { PayWithElement, PayWithOptions, ProviderId, Status } from './index.js';

/** The name of a scenario: a key of {@link SCENARIOS}. */
export type ScenarioName =
  | 'paid' | 'late_webhook' | 'last_second' | 'processing' | 'paid_late' | 'unknown_word' | 'refunded'
  | 'waiting' | 'last_minute' | 'on_its_way' | 'wrong_amount' | 'paid_twice' | 'other_tab'
  | 'declined' | 'canceled' | 'expired' | 'last_check'
  | 'leaving' | 'window' | 'not_paid_yet' | 'checking'
  | 'server_errors' | 'server_down' | 'offline' | 'connection_lost' | 'slow' | 'fails_once' | 'unreachable' | 'starting'
  | 'refused' | 'unknown_order' | 'forgotten'
  | 'other_price' | 'contradictory_code' | 'amount_to_type' | 'picture_only' | 'code_elsewhere' | 'tip'
  | 'loading' | 'nothing_offered' | 'wrong_setting';

/** Every scenario by name, each with a sentence on what it plays. */
export const SCENARIOS: Readonly<Record<ScenarioName, string>>;

/** The element's `state` at the end of each scenario. */
export const END_STATES: Readonly<Record<ScenarioName, string>>;

export interface MockOptions {
  /** Played from the first payment on; `paid` unless it is named. */
  scenario?: ScenarioName;
  /** The price, a decimal string in major units; `15000`. */
  amount?: string;
  /** ISO 4217; `IDR`. */
  currency?: string;
  merchantName?: string;
  /** What the backend offers where the element has no `providers`. */
  providers?: ProviderId[];
  /** What the ids of payments begin with; `pay_mock`, and a number for each element that is played. */
  idPrefix?: string;
  /** 10 plays a scenario in a tenth of its time. */
  speed?: number;
}

/** A call that was answered, or has failed. */
export interface MockCall {
  /** Milliseconds since 1970. */
  at: number;
  call: 'create' | 'status' | 'checkout' | 'cancel';
  answer: unknown;
}

/** A backend of function properties, for wherever there is no element yet. */
export function mockBackend(options?: MockOptions): {
  createPayment: NonNullable<PayWithOptions['createPayment']>;
  fetchPayment: NonNullable<PayWithOptions['fetchPayment']>;
  fetchCheckout: NonNullable<PayWithOptions['fetchCheckout']>;
  cancelPayment: NonNullable<PayWithOptions['cancelPayment']>;
  log: MockCall[];
  /** Plays another scenario from the next payment on. */
  play(scenario: ScenarioName): void;
  /** Sets how the payment stands, whatever its scenario says. */
  set(status: Status, review?: 'amount_mismatch' | 'paid_twice'): void;
};

/** Plays payments in an element that is on the page. Nothing is charged, and the badge says so. */
export function mock(element: PayWithElement, options?: MockOptions): {
  log: MockCall[];
  /** Another scenario, for a fresh order. */
  play(scenario: ScenarioName): void;
  set(status: Status, review?: 'amount_mismatch' | 'paid_twice'): void;
  pay(): void;
  decline(): void;
  /** The element is the page's own again. */
  stop(): void;
};
