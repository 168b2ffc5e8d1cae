/**
 * The one way in which the widget's module stops, in every build: what it throws, a panic's trap included,
 * is a defect that has left it half-way through something. Every export closes then, so that timers,
 * promises and finalizers that still call it find nothing, and `stopped` is called once with the cause.
 */
export const guard = (exports, stopped) => {
  let isStopped = false;
  const guarded = (call) => (...words) => {
    if (isStopped) return undefined;
    try {
      return call(...words);
    } catch (cause) {
      // A call into the module may hold another one: the first to see the cause reports it.
      if (!isStopped) {
        isStopped = true;
        stopped(cause);
      }
      throw cause;
    }
  };
  return Object.fromEntries(Object.entries(exports).map(
    ([name, one]) => [name, typeof one === 'function' ? guarded(one) : one],
  ));
};
