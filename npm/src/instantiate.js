/** Turns the widget's module, a `Response` or a promise of one, into a running one. */
export const instantiate = async (source, imports) => {
  const response = await source;
  if (!response.ok) throw new Error(`the widget's module answered HTTP ${response.status}`);
  // Compiling while it downloads needs the right type; servers that do not know it are many.
  const isTyped = response.headers.get('content-type')?.startsWith('application/wasm');
  const { instance } = isTyped
    ? await WebAssembly.instantiateStreaming(response, imports)
    : await WebAssembly.instantiate(await response.arrayBuffer(), imports);
  return instance.exports;
};
