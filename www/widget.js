// Brings the element to life under Trunk: Trunk's own loader fetches the WebAssembly, this file
// turns its signs into one promise and hands that to the element class. When anything fails the
// element keeps its plain link; the shop goes on. A module that stops is replaced by a fresh one, as in
// the published build.

/** A loader that says nothing for so long has failed; a slow phone needs less. */
const PATIENCE_MS = 60_000;

const own = ['/www/', '/npm/'].map((folder) => location.origin + folder);

/**
 * The wasm-bindgen bindings, once Trunk's loader is done. It may have been done before this
 * file ran: then they lie on `window` already.
 */
const bindings = new Promise((resolve, reject) => {
  const started = () => {
    removeEventListener('error', failed, true);
    clearTimeout(patience);
    resolve(window.wasmBindings);
  };
  // A loader that throws tells nobody but the window. The shop's own errors are not meant.
  const failed = (event) => {
    const ofLoader = event instanceof ErrorEvent
      ? !own.some((folder) => event.filename.startsWith(folder))
      : event.target instanceof HTMLScriptElement && event.target.src === '';
    if (ofLoader) reject(event.error ?? new Error('the loader of the widget failed'));
  };
  const patience = setTimeout(
    () => reject(new Error(`the widget did not start within ${PATIENCE_MS} ms`)), PATIENCE_MS);
  addEventListener('error', failed, true);
  if (window.wasmBindings) started();
  else addEventListener('TrunkApplicationStarted', started, { once: true });
});
// The element asks for it only when it is on the page; until then a failure is no news.
bindings.catch(() => {});

/** Called when a module has stopped; the element class sets it. */
let stopped = () => {};

// Trunk's loader hands out wasm-bindgen's functions and keeps the module's exports to itself, so they are
// guarded on their way to it.
for (const name of ['instantiate', 'instantiateStreaming']) {
  const original = WebAssembly[name]?.bind(WebAssembly);
  if (original) {
    WebAssembly[name] = async (...words) => {
      const [{ guard }, made] = await Promise.all([import('/npm/guard.js'), original(...words)]);
      return { ...made, instance: { exports: guard(made.instance.exports, (cause) => stopped(cause)) } };
    };
  }
}

/** How many modules were started. */
let started = 0;

/** The first module is the one that Trunk's loader started; each further one has functions of its own. */
async function load(report) {
  stopped = report;
  started += 1;
  if (started === 1) return bindings;
  const ofTrunk = (kind) => document.querySelector(`link[rel=${kind}][href*="/paywith-"]`).href;
  const fresh = await import(`${ofTrunk('modulepreload')}?module=${started}`);
  await fresh.default({ module_or_path: ofTrunk('preload') });
  return fresh;
}

/**
 * Registers `<pay-with>`.
 * @param {(error: unknown) => void} onTrouble told when the element's own file cannot be loaded
 */
export async function startWidget(onTrouble) {
  try {
    const { makeElement, register } = await import('/npm/element.js');
    register('pay-with', makeElement(load));
  } catch (error) {
    onTrouble(error);
  }
}
