// How long a fresh isolate takes to its first answer, and what takes that long.
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { workers } from "./compare/workers.mjs";
import { directory, freePort, lead } from "./group.mjs";
import { RESULTS, median } from "./report.mjs";

export { printStartup } from "./startup/print.mjs";

/** Isolates of each kind that a round starts after the first, which warms up the process. */
const ISOLATES = 3;
/** `loader` is its own answer, which each of the others contains; what the others are is in startup/loader.mjs. */
const KINDS = ["loader", "empty", "floor", "bytes", "compiled", "instantiated", "unlogged", "edgepass"];

const PATH = `${join(import.meta.dirname, "../node_modules/.bin")}:${process.env.PATH}`;

/**
 * Milliseconds to the first answer by kind of Worker, in each of so many rounds, and what V8 compiles for that; `worker` is the
 * copy of edgepass. Each round has a workerd of its own, as isolates stay in it, and slow others.
 */
export async function startup(worker, rounds) {
  const build = join(worker, "build");
  const floor = workers(worker, undefined, join(RESULTS, "compare")).floor.find(([, name]) => name === "index.js")[0];
  const told = [];
  for (let round = 0; round < rounds; round += 1) {
    const server = await serve(build, floor);
    try {
      told.push(await starts(server.port, round));
    } catch (error) {
      throw new Error(`${error.message}\n${server.log()}`);
    } finally {
      await server.stop();
    }
  }
  return { rounds: told, functions: await compiled(build, floor) };
}

/** The functions that V8 compiles until there is an instance, and until it has answered: number, bytes and microseconds. */
async function compiled(build, floor) {
  const server = await serve(build, floor, ["--trace-wasm-compilation-times"]);
  try {
    const functions = {};
    for (const kind of ["instantiated", "unlogged"]) {
      const before = server.output().length;
      await first(server.port, `${kind}/traced`);
      const lines = [...server.output().slice(before).matchAll(/Compiled function .* took (\d+) .*bodysize (\d+)/g)];
      const sum = (group) => lines.reduce((sum, line) => sum + Number(line[group]), 0);
      functions[kind] = { count: lines.length, bytes: sum(2), us: sum(1) };
    }
    return functions;
  } finally {
    await server.stop();
  }
}

async function serve(build, floor, flags = []) {
  const state = directory();
  cpSync(join(build, "index.js"), join(state, "glue.js"));
  cpSync(join(build, "index_bg.wasm"), join(state, "index_bg.wasm"));
  cpSync(floor, join(state, "floor.js"));
  cpSync(join(import.meta.dirname, "startup/loader.mjs"), join(state, "loader.mjs"));
  const port = await freePort();
  writeFileSync(join(state, "config.capnp"), `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [(name = "main", worker = .loader)],
      v8Flags = [${flags.map((flag) => JSON.stringify(flag)).join(", ")}],
      sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
    );
    const loader :Workerd.Worker = (
      modules = [(name = "loader.mjs", esModule = embed "loader.mjs")],
      compatibilityDate = "2026-11-01",
      bindings = [
        (name = "LOADER", workerLoader = ()),
        (name = "GLUE", text = embed "glue.js"),
        (name = "WASM", data = embed "index_bg.wasm"),
        (name = "FLOOR", text = embed "floor.js"),
      ],
    );`);
  return lead(state, port, "exec workerd serve --experimental config.capnp", { PATH });
}

async function starts(port, round) {
  const took = Object.fromEntries(KINDS.map((kind) => [kind, []]));
  for (let isolate = 0; isolate <= ISOLATES; isolate += 1) {
    for (const kind of (round + isolate) % 2 ? KINDS.toReversed() : KINDS) {
      const ms = await first(port, `${kind}/${isolate}`);
      if (isolate > 0) took[kind].push(ms);
    }
  }
  return Object.fromEntries(KINDS.map((kind) => [kind, median(took[kind])]));
}

async function first(port, path) {
  const began = performance.now();
  const answer = await fetch(`http://127.0.0.1:${port}/${path}`);
  const body = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${body}`);
  return performance.now() - began;
}
