// Two helpers around the DOM. Text goes in as text nodes only, never as markup, so that the
// page also runs where Trusted Types are enforced.

/**
 * The element with that id; the page's own markup promises that it exists.
 * @param {string} id
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return found;
}

/**
 * An element with attributes and children. A function value under `on…` listens; `true` sets an
 * empty attribute; `false`, `null` and `undefined` leave the attribute or the child out.
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...(Node | string | null | undefined | false)} children
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== false && child != null));
  return element;
}
