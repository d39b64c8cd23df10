// Ends WebAssembly in the middle of a request whose path has one of these words in it. It stands between the two when the Worker makes its instance, so it has to be
// imported before the Worker.

/** The request itself is a string that is not in the memory, and reading it traps, as a panic does. */
const NOW = "abort-now";
/** So is what the database answers it. */
const LATER = "abort-later";
/** It overflows the stack, which is no trap, and ends the instance all the same. */
const OVERFLOW = "abort-overflow";
const NOWHERE = 0x7ffffff0;
const { Instance } = WebAssembly;

WebAssembly.Instance = function (module, imports) {
  let memory;
  let later = false;
  const aborting = ([name, member]) => {
    if (!name.startsWith("__wbg___wbindgen_string_get_")) return [name, member];
    return [name, (to, value) => {
      member(to, value);
      if (later) new DataView(memory.buffer).setInt32(to, NOWHERE, true);
      later = false;
    }];
  };
  const members = (names) => Object.fromEntries(Object.entries(names).map(aborting));
  const { exports } = new Instance(module, Object.fromEntries(Object.entries(imports).map(([name, names]) => [name, members(names)])));
  ({ memory } = exports);
  const answer = (bindings, time, target, length, request, ...values) => {
    if (request.url.includes(OVERFLOW)) throw new RangeError("the stack is full on purpose");
    later = request.url.includes(LATER);
    return exports.answer(bindings, time, request.url.includes(NOW) ? NOWHERE : target, length, request, ...values);
  };
  return { exports: { ...exports, answer } };
};
