/** The module of a page: loaded once for all elements, and anew after it has stopped. */
import { loadFault } from './fault.js';

let bindings;

const watchers = new Set();

/** `report(cause)` is called when the module has stopped; `unwatch` ends that. */
export const watch = (report) => watchers.add(report);
export const unwatch = (report) => watchers.delete(report);

const stopped = (cause) => {
  bindings = undefined;
  watchers.forEach((report) => report(cause));
};

/** Loads the module once; a failed load is tried again by the next call. */
export const loadOnce = (load) => {
  bindings ??= Promise.resolve().then(() => load(stopped)).catch((cause) => {
    bindings = undefined;
    throw cause;
  });
  return bindings;
};

/** A network that fails once may work a moment later; what is blocked stays so. */
const RETRY_MS = 1_000;

export const loadTwice = async (load) => {
  try {
    return await loadOnce(load);
  } catch (cause) {
    if (loadFault(cause).kind === 'blocked') throw cause;
    await new Promise((resolve) => { setTimeout(resolve, RETRY_MS); });
    return loadOnce(load);
  }
};
