// How long a fresh isolate takes to its first answer.
import { median, spread, table, timed } from "./load.mjs";
import { edgepass, floor, module, serving, source, start } from "./worker.mjs";

/** Isolates of each kind in a round, after one that warms up the process. All times include that of the loader's own answer. */
const ISOLATES = 3;
const KINDS = ["loader", "empty", "floor", "bytes", "edgepass"];

/** Each round has a workerd of its own, because isolates stay in it and slow others down. */
export async function measure({ checkout, rounds = 10 }) {
  const [{ contents: glue }, { contents: wasm }] = edgepass(checkout).modules;
  const [{ contents: script }] = floor().modules;
  const modules = [module("loader.js", source("loader")), module("edgepass.txt", glue), module("floor.txt", script),
    module("wasm.bin", wasm)];
  const told = [];
  for (let round = 0; round < rounds; round++) {
    const starting = { loader: () => start({ modules }, { loader: true }) };
    told.push(await serving(starting, ({ loader }) => starts(loader, round)));
  }
  return told;
}

async function starts(server, round) {
  const took = Object.fromEntries(KINDS.map((kind) => [kind, []]));
  for (let isolate = 0; isolate <= ISOLATES; isolate++) {
    for (const kind of (round + isolate) % 2 ? KINDS.toReversed() : KINDS) {
      const ms = await timed(server, { path: `/${kind}/${isolate}` });
      if (isolate > 0) took[kind].push(ms);
    }
  }
  return Object.fromEntries(KINDS.map((kind) => [kind, median(took[kind])]));
}

export function print(rounds) {
  const of = {
    "a Worker of one line": ({ empty, loader }) => empty - loader,
    "the floor": ({ floor, loader }) => floor - loader,
    edgepass: ({ edgepass, bytes, empty, loader }) => edgepass - bytes + empty - loader,
  };
  const rows = Object.entries(of).map(([name, ms]) => [name, spread(rounds.map(ms), 1)]);
  return table("Cold start: from a fresh isolate to the first answer", ["", "ms"], rows,
    `Of \`GET /healthz\`, in a workerd that is running already. The time to hand over the bytes of WebAssembly is left out: in
the cloud they are there already.`);
}
