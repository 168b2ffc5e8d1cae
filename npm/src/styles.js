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

const canConstruct = (root) => {
  try {
    sheetOf('');
    return 'adoptedStyleSheets' in root;
  } catch {
    return false;
  }
};

/** Answers a function that gives a root further styles; `report` hears once of a policy that refuses them. */
export const stylesOf = (root, report) => {
  const texts = new Set();
  const hasSheets = canConstruct(root);
  if (!hasSheets) {
    let isRefused = false;
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
      if (isRefused || !effectiveDirective?.startsWith('style-src')) return;
      isRefused = true;
      report(`no constructable style sheets here, and the policy (${effectiveDirective}) refuses others`);
    });
  }
  return (text) => {
    if (texts.has(text)) return;
    texts.add(text);
    if (hasSheets) root.adoptedStyleSheets = [...texts].map(sheetOf);
    else root.append(Object.assign(document.createElement('style'), { textContent: text }));
  };
};
