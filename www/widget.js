// Brings the element to life under Trunk: Trunk's own loader fetches the WebAssembly, this file
// turns its signs into one promise and hands that to the element class. When anything fails the
// element keeps its plain link; the shop goes on.

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

/**
 * Registers `<pay-with>`.
 * @param {(error: unknown) => void} onTrouble told when the element's own file cannot be loaded
 */
export async function startWidget(onTrouble) {
  try {
    const { makeElement, register } = await import('/npm/element.js');
    register('pay-with', makeElement(() => bindings));
  } catch (error) {
    onTrouble(error);
  }
}
