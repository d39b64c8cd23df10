// A Worker that starts others, each in a fresh isolate, in a workerd that has long been running: `GET /KIND/NAME` is what the
// Worker of that kind answers to its first request, and the loader's own answer where there is no such kind.

const EMPTY = `export default { fetch: () => new Response("ok") };`;
const COMPATIBILITY = {
  compatibilityDate: "2026-11-01",
  compatibilityFlags: ["no_nodejs_compat", "no_nodejs_compat_v2"],
};

let wasm;
let loaded = 0;

/** The bytes of WebAssembly with another number in them each time: V8 shares what it compiled of equal ones. */
function unlike(original) {
  wasm ??= withSection(new Uint8Array(original));
  loaded += 1;
  wasm.set(new TextEncoder().encode(`${loaded}`.padStart(DIGITS, "0")), HEADER + SECTION.length);
  return wasm.buffer;
}

const HEADER = 8; // magic and version
const DIGITS = 10;
const SECTION = [0, 1 + DIGITS, DIGITS]; // custom, so many bytes, a name of so many bytes

/** With the number near the beginning: V8 compares all bytes of modules that begin alike, which no real one does. */
function withSection(original) {
  const bytes = new Uint8Array(original.length + SECTION.length + DIGITS);
  bytes.set(original.subarray(0, HEADER));
  bytes.set(SECTION, HEADER);
  bytes.set(original.subarray(HEADER), HEADER + SECTION.length + DIGITS);
  return bytes;
}

/** The modules of each kind of Worker, the first being the Worker itself. Each step of edgepass's does one thing more. */
const KINDS = {
  empty: () => ({ "index.js": EMPTY }),
  floor: ({ FLOOR }) => ({ "index.js": FLOOR }),
  bytes: ({ WASM }) => ({ "index.js": EMPTY, "unused": { data: unlike(WASM) } }),
  compiled: ({ WASM }) => ({
    "index.js": `import "./index_bg.wasm"; ${EMPTY}`,
    "index_bg.wasm": { wasm: unlike(WASM) },
  }),
  instantiated: ({ GLUE, WASM }) => ({
    "index.js": `import "./glue.js"; ${EMPTY}`,
    "glue.js": GLUE,
    "index_bg.wasm": { wasm: unlike(WASM) },
  }),
  unlogged: ({ GLUE, WASM }) => ({
    "index.js": `console.log = () => {}; ${GLUE}`,
    "index_bg.wasm": { wasm: unlike(WASM) },
  }),
  edgepass: ({ GLUE, WASM }) => ({ "index.js": GLUE, "index_bg.wasm": { wasm: unlike(WASM) } }),
};

export default {
  fetch(request, env) {
    const [, kind, name] = new URL(request.url).pathname.split("/");
    const modules = KINDS[kind];
    if (modules === undefined) return new Response("ok");
    const worker = env.LOADER.get(`${kind}/${name}`, () => ({
      ...COMPATIBILITY,
      mainModule: "index.js",
      modules: modules(env),
      env: {},
      globalOutbound: null,
    }));
    return worker.getEntrypoint().fetch("http://bench/healthz");
  },
};
