// What the browser remembers. Storage may be full, blocked or filled by somebody else: then this
// page remembers for itself, as long as it is open, and the shop works on.

/**
 * One place to remember in.
 * @param {'localStorage' | 'sessionStorage'} name
 */
function placeNamed(name) {
  /** What the storage would not take. */
  const here = new Map();
  return {
    /** The value of that key, or `null`. */
    read(key) {
      if (here.has(key)) return here.get(key);
      try {
        // Even naming the storage may throw, where the page is framed or the setting forbids it.
        return JSON.parse(window[name].getItem(key) ?? 'null');
      } catch {
        return null;
      }
    },
    write(key, value) {
      try {
        window[name].setItem(key, JSON.stringify(value));
        here.delete(key);
      } catch {
        here.set(key, value);
      }
    },
  };
}

/** Kept for this browser. */
export const browser = placeNamed('localStorage');

/** Kept for this tab, over reloads and over the way to a hosted page and back. */
export const tab = placeNamed('sessionStorage');
