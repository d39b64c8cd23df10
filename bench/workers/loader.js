// A Worker that starts other Workers, each in a fresh isolate. `GET /KIND/NUMBER` returns the first answer of a Worker of that
// kind. This Worker answers any other path itself.
import edgepass from "./edgepass.txt";
import floor from "./floor.txt";
import original from "./wasm.bin";

const EMPTY = `export default { fetch: () => new Response("ok") };`;
const HEADER = 8; // magic and version of a WebAssembly module
const DIGITS = 10;
const SECTION = [0, 1 + DIGITS, DIGITS]; // custom, bytes of the section, bytes of its name

/**
 * The module with a custom section whose name is a new number each time. V8 reuses the code that it compiled from equal bytes.
 * The number is near the beginning, because V8 compares modules as a whole if they begin alike.
 */
function renumbered(number) {
  const rest = new Uint8Array(original);
  const bytes = new Uint8Array(rest.length + SECTION.length + DIGITS);
  bytes.set(rest.subarray(0, HEADER));
  bytes.set(SECTION, HEADER);
  bytes.set(new TextEncoder().encode(`${number}`.padStart(DIGITS, "0")), HEADER + SECTION.length);
  bytes.set(rest.subarray(HEADER), HEADER + SECTION.length + DIGITS);
  return bytes.buffer;
}

let loaded = 0;
/** The modules of each kind. The first is the Worker. "bytes" shows how long it takes to hand over the WebAssembly. */
const KINDS = {
  empty: () => ({ "index.js": EMPTY }),
  floor: () => ({ "index.js": floor }),
  bytes: () => ({ "index.js": EMPTY, unused: { data: renumbered(++loaded) } }),
  edgepass: () => ({ "index.js": edgepass, "index_bg.wasm": { wasm: renumbered(++loaded) } }),
};

export default {
  fetch(request, { LOADER }) {
    const [, kind, number] = new URL(request.url).pathname.split("/");
    if (KINDS[kind] === undefined) return new Response("ok");
    const worker = LOADER.get(`${kind}/${number}`, () => ({
      compatibilityDate: "2026-11-01",
      compatibilityFlags: ["no_nodejs_compat", "no_nodejs_compat_v2"],
      mainModule: "index.js",
      modules: KINDS[kind](),
      env: {},
      globalOutbound: null,
    }));
    return worker.getEntrypoint().fetch("http://bench/healthz");
  },
};
