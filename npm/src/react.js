'use client';
/**
 * `<PayWith order=… onPaid=… />` for React 18 and 19.
 *
 * React 18 sets attributes only, and neither version knows events by the names of the element: this
 * hands objects and functions to the element as properties and listens to its events itself. On a
 * server it renders the plain tag with its children, which work without JavaScript.
 */
import { createElement, forwardRef, useEffect, useLayoutEffect, useRef } from 'react';
import { define } from './index.js';

/** React's names of the element's events. */
const EVENTS = {
  onReady: 'ready',
  onPayStart: 'paystart',
  onCreated: 'created',
  onRedirecting: 'redirecting',
  onStatusChange: 'statuschange',
  onProcessing: 'processing',
  onPaid: 'paid',
  onFailed: 'failed',
  onCanceled: 'canceled',
  onExpired: 'expired',
  onSuperseded: 'superseded',
  onRefunded: 'refunded',
  onDismissed: 'dismissed',
  onFault: 'fault',
};

/** Attribute names of the properties whose names differ. */
const ATTRIBUTES = { returnUrl: 'return-url', autoResume: 'auto-resume', className: 'class' };

/** Properties that no attribute can hold. */
const PROPERTIES = new Set([
  'createPayment', 'fetchPayment', 'fetchCheckout', 'cancelPayment', 'messages', 'headers',
  'credentials', 'providerPages', 'allowedHosts', 'returnParams',
]);

// On a server there is no layout to wait for, and React would warn.
const useEarlyEffect = typeof window === 'undefined' ? useEffect : useLayoutEffect;

/** What goes into the markup, and what is handed to the element afterwards. */
const sort = (props) => {
  const attributes = {};
  const properties = {};
  const listeners = {};
  for (const [name, value] of Object.entries(props)) {
    if (name in EVENTS) listeners[EVENTS[name]] = value;
    else if (PROPERTIES.has(name)) properties[name] = value;
    // React 18 writes `false` as text.
    else if (name === 'disabled') attributes.disabled = value ? true : undefined;
    else attributes[ATTRIBUTES[name] ?? name] = Array.isArray(value) ? value.join(' ') : value;
  }
  return { attributes, properties, listeners };
};

export const PayWith = forwardRef(({ children, ...props }, outer) => {
  const { attributes, properties, listeners } = sort(props);
  const own = useRef(null);
  const current = useRef(listeners);

  useEarlyEffect(() => {
    current.current = listeners;
    const element = own.current;
    for (const name of PROPERTIES) {
      if (element[name] !== properties[name]) element[name] = properties[name];
    }
  });

  useEarlyEffect(() => {
    const element = own.current;
    const hear = (event) => current.current[event.type]?.(event);
    const names = Object.values(EVENTS);
    for (const name of names) element.addEventListener(name, hear);
    // The listeners come first, so that nothing is missed.
    define();
    return () => names.forEach((name) => element.removeEventListener(name, hear));
  }, []);

  const ref = (element) => {
    own.current = element;
    if (typeof outer === 'function') outer(element);
    else if (outer) outer.current = element;
  };
  return createElement('pay-with', { ...attributes, ref, suppressHydrationWarning: true }, children);
});
PayWith.displayName = 'PayWith';
