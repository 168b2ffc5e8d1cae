/**
 * Whether this browser remembers something of an order. What it is stays the module's business: the key is
 * that of `src/shell/storage.rs`.
 */

/** FNV-1a, 64 bits, of UTF-8, as sixteen hexadecimal digits. */
export const keyOf = (endpoint, order) => {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(`${endpoint}\n${order}`)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return `paywith:1:${hash.toString(16).padStart(16, '0')}`;
};

/** The mere access throws where storage is denied: then nothing is remembered. */
export const remembers = (endpoint, order) => {
  try {
    return localStorage.getItem(keyOf(endpoint, order)) !== null;
  } catch {
    return false;
  }
};
