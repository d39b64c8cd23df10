// Keeps hold of the memory of the WebAssembly instance. It has to be imported before the Worker.

const { Instance } = WebAssembly;
let memory;

WebAssembly.Instance = function (module, imports) {
  const instance = new Instance(module, imports);
  ({ memory } = instance.exports);
  return instance;
};

/** Its bytes. It never shrinks, so they are the most that were in use at a time. */
export const bytes = () => memory.buffer.byteLength;
