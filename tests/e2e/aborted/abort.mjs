// Aborts WebAssembly in the middle of a request: one whose path has this word in it gets a string that is not in the memory, and
// reading it traps, as a panic does. It stands between the two when the Worker makes its instance, so it has to be imported
// before the Worker.

const WORD = "abort-now";
const NOWHERE = 0x7ffffff0;
const { Instance } = WebAssembly;

WebAssembly.Instance = function (module, imports) {
  let memory;
  const aborting = ([name, member]) => {
    if (!name.startsWith("__wbg_target_")) return [name, member];
    return [name, (to, request) => {
      member(to, request);
      if (request.url.includes(WORD)) new DataView(memory.buffer).setInt32(to, NOWHERE, true);
    }];
  };
  const members = (names) => Object.fromEntries(Object.entries(names).map(aborting));
  const instance = new Instance(module, Object.fromEntries(Object.entries(imports).map(([name, names]) => [name, members(names)])));
  ({ memory } = instance.exports);
  return instance;
};
