// Counts the calls between JavaScript and WebAssembly, in both directions. It stands between the two when the Worker makes its
// instance, so it has to be imported before the Worker.

const { Instance } = WebAssembly;
let calls = {};

/** The same names; each function counts its calls, while memory, tables and tags are what they were. */
function counted(direction, members) {
  const counting = ([name, member]) => {
    if (typeof member !== "function") return [name, member];
    const key = `${direction} ${name}`;
    return [name, (...values) => ((calls[key] = (calls[key] ?? 0) + 1), member(...values))];
  };
  return Object.fromEntries(Object.entries(members).map(counting));
}

WebAssembly.Instance = function (module, imports) {
  const modules = Object.entries(imports).map(([name, members]) => [name, counted("import", members)]);
  const { exports } = new Instance(module, Object.fromEntries(modules));
  return { exports: counted("export", exports) };
};

/** How often each function was called since this was last asked. */
export function take() {
  const taken = calls;
  calls = {};
  return taken;
}
