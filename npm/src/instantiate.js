/** Turns the widget's module, a `Response`, into a running one; answers its exports. */
export const instantiate = async (response, imports) => {
  if (!response.ok) throw new Error(`the widget's module answered HTTP ${response.status}`);
  // Compiling while it downloads needs the right type; servers that do not know it are many.
  const isTyped = response.headers.get('content-type')?.startsWith('application/wasm');
  const { instance } = isTyped
    ? await WebAssembly.instantiateStreaming(response, imports)
    : await WebAssembly.instantiate(await response.arrayBuffer(), imports);
  return instance.exports;
};
