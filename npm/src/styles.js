/**
 * Styles of a shadow root. Constructable style sheets pass every policy; a browser without them gets a
 * `<style>` element, which a strict policy refuses: then the widget works without its looks.
 */

const shared = new Map();

/** One sheet for one text, however many elements use it. */
const sheetOf = (text) => {
  let sheet = shared.get(text);
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    shared.set(text, sheet);
  }
  return sheet;
};

const hasSheets = (root) => {
  try {
    sheetOf('');
    return 'adoptedStyleSheets' in root;
  } catch {
    return false;
  }
};

/** `put(name, text)` sets the styles of that name; `report` hears once of a policy that refuses them. */
export const makeStyles = (root, report) => {
  const texts = new Map();
  if (hasSheets(root)) {
    return {
      put: (name, text) => {
        texts.set(name, text);
        root.adoptedStyleSheets = [...texts.values()].map(sheetOf);
      },
    };
  }
  let isRefused = false;
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
    if (isRefused || !effectiveDirective?.startsWith('style-src')) return;
    isRefused = true;
    report(`no constructable style sheets here, and the policy (${effectiveDirective}) refuses others`);
  });
  return {
    put: (name, text) => {
      const element = texts.get(name) ?? document.createElement('style');
      texts.set(name, element);
      element.textContent = text;
      if (!element.parentNode) root.append(element);
    },
  };
};

/** What the element needs before the widget is there: its own box, as high as its buttons. */
export const waitingStyle = (count, hasAmount) => {
  const height = count * 64 + Math.max(0, count - 1) * 12 + (hasAmount ? 41 : 0);
  return `:host{display:block}:host([hidden]){display:none}.box:empty{display:none}`
    + `.retry{font:inherit;min-height:44px}` + (count ? `:host{min-height:${height}px}` : '');
};
