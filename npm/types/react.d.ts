import type { ForwardRefExoticComponent, HTMLAttributes, ReactNode, RefAttributes } from 'react';
import type { PayWithElement, PayWithEventMap, PayWithOptions, ProviderId } from './index.js';

type Handler<K extends keyof PayWithEventMap> = (event: PayWithEventMap[K]) => void;

/** The element's events by React's names. */
export interface PayWithHandlers {
  onReady?: Handler<'ready'>;
  onPayStart?: Handler<'paystart'>;
  onCreated?: Handler<'created'>;
  onRedirecting?: Handler<'redirecting'>;
  onStatusChange?: Handler<'statuschange'>;
  onProcessing?: Handler<'processing'>;
  /** For the page: goods ship from the server's own reading. */
  onPaid?: Handler<'paid'>;
  onFailed?: Handler<'failed'>;
  onCanceled?: Handler<'canceled'>;
  onExpired?: Handler<'expired'>;
  onSuperseded?: Handler<'superseded'>;
  onRefunded?: Handler<'refunded'>;
  onDismissed?: Handler<'dismissed'>;
  onFault?: Handler<'fault'>;
}

/** Attributes, properties and events of `<pay-with>`. */
export interface PayWithProps
  extends Omit<PayWithOptions, 'providers'>,
    PayWithHandlers,
    Omit<HTMLAttributes<PayWithElement>, keyof PayWithOptions | keyof PayWithHandlers> {
  providers?: string | ProviderId[];
  /** The fallback: a link that works without JavaScript. */
  children?: ReactNode;
}

/** `<pay-with>` as a component; `ref` is the element. */
export const PayWith: ForwardRefExoticComponent<PayWithProps & RefAttributes<PayWithElement>>;
