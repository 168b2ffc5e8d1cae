// Runs in each measured page before anything else: notes when the button and the code are first on the screen, and
// tells the measuring program by `tell`, so that nothing has to ask the page.
// Some ask for a second press on the text `further`. A code is a picture, canvas or drawing of at least 150
// pixels, wherever a component has put it.
window.bench = (selector, further, isPressedAtOnce) => {
  const seen = { moved: 0, blocked: 0, ticks: 0, ticking: 0 };
  const every = window.setInterval;
  window.setInterval = (call, ...words) => every(() => {
    const before = performance.now();
    call();
    seen.ticking += performance.now() - before;
    seen.ticks += 1;
  }, ...words);
  const all = function* (root) {
    for (const one of root.querySelectorAll('*')) {
      yield one;
      if (one.shadowRoot) yield* all(one.shadowRoot);
    }
  };
  const isShown = (one) => {
    const { width, height } = one.getBoundingClientRect();
    return width > 0 && height > 0;
  };
  const find = (test) => {
    for (const one of all(document)) if (test(one)) return one;
    return undefined;
  };
  // `selector` leads through shadow roots: `host >>> button`. Looking everywhere would slow the page down.
  const button = () => {
    const [last, ...hosts] = selector.split(' >>> ').reverse();
    const root = hosts.reverse().reduce((place, host) => place?.querySelector(host)?.shadowRoot, document);
    const found = root?.querySelector(last);
    return found && !found.disabled && isShown(found) ? found : undefined;
  };
  const code = () => find((one) => ['img', 'canvas', 'svg'].includes(one.localName)
    && one.getBoundingClientRect().width >= 150 && one.getBoundingClientRect().height >= 150
    && (one.localName !== 'img' || one.complete && one.naturalWidth > 0));
  const look = () => {
    const now = performance.now();
    if (seen.button === undefined && button()) {
      seen.button = now;
      tell('button');
      if (isPressedAtOnce) seen.press();
    }
    if (seen.pressed !== undefined && seen.code === undefined && code()) {
      seen.code = now;
      tell('code');
    }
    if (seen.pressed !== undefined && further && !seen.further) {
      seen.further = find((one) => one.textContent.trim() === further && isShown(one));
      seen.further?.click();
    }
    if (seen.code === undefined) requestAnimationFrame(look);
  };
  seen.press = () => {
    seen.pressed = performance.now();
    button().click();
  };
  requestAnimationFrame(look);
  const observe = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note))
    .observe({ type, buffered: true });
  observe('layout-shift', ({ value, startTime }) => {
    // What moves between the first button and the press: the module taking over.
    if (startTime > seen.button + 50 && !(startTime > seen.pressed)) seen.moved += value;
  });
  observe('longtask', ({ duration }) => { seen.blocked += duration - 50; });
  return seen;
};
// Each visit is for a new order.
localStorage.clear();
for (const name of ['instantiate', 'instantiateStreaming']) {
  const original = WebAssembly[name];
  WebAssembly[name] = async (...words) => {
    const made = await original.apply(WebAssembly, words);
    window.memory = Object.values((made.instance ?? made).exports).find((one) => one instanceof WebAssembly.Memory);
    return made;
  };
}
