// Runs Workers in workerd, by Miniflare with its D1 and R2. Each has its own process, and keeps its state in memory if Linux
// has /dev/shm. Requests go directly to the Worker's socket, without a proxy.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { Agent } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Miniflare, convertV4MiniflareOptions } from "miniflare";

export const REPOSITORY = join(import.meta.dirname, "..");
const SHM = "/dev/shm";

/** The built modules and the tables of edgepass in a checkout. */
export function edgepass(checkout) {
  const setting = (name) => new RegExp(`^${name} = "(.*)"`, "m").exec(read(join(checkout, "wrangler.toml")))[1];
  const main = join(checkout, setting("main"));
  if (!existsSync(main)) throw new Error(`${checkout} is not built: make -C ${checkout} bundle`);
  const wasm = readdirSync(dirname(main)).filter((name) => name.endsWith(".wasm"));
  return {
    modules: [module("index.js", read(main)), ...wasm.map((name) => module(name, readFileSync(join(dirname(main), name))))],
    sql: migrations(checkout),
  };
}

/** The floor, with the tables of edgepass, and the rival, with its own. */
export const floor = () => ({ modules: [module("index.js", bundled("floor"))], sql: migrations(REPOSITORY) });
export const rival = () => ({
  modules: [module("index.js", bundled("rival"))],
  sql: read(join(import.meta.dirname, "workers/rival.sql")),
});

/** The Worker, with a main module of workers/ that wraps its own. */
export const before = (name, { modules, sql }) => ({ modules: [module("main.js", source(name)), ...modules], sql });

export const source = (name) => read(join(import.meta.dirname, `workers/${name}.js`));

const TYPES = { js: "ESModule", wasm: "CompiledWasm", txt: "Text", bin: "Data" };
export const module = (name, contents) => ({ type: TYPES[name.split(".").at(-1)], path: join("/bench", name), contents });

const read = (path) => readFileSync(path, "utf8");

function migrations(checkout) {
  const folder = join(checkout, "migrations");
  return readdirSync(folder).sort().map((name) => read(join(folder, name))).join("\n");
}

function bundled(name) {
  const entry = join(import.meta.dirname, `workers/${name}.js`);
  const options = ["--bundle", "--format=esm", "--external:cloudflare:*", "--log-level=warning"];
  return execFileSync(join(REPOSITORY, "node_modules/.bin/esbuild"), [entry, ...options], { encoding: "utf8" });
}

const running = new Set();

/** Starts a Worker, and fills its tables with the statements of `seed`. */
export async function start({ modules, sql = "" }, { seed = [], file, bindings = {}, loader = false } = {}) {
  const state = mkdtempSync(join(existsSync(SHM) ? SHM : tmpdir(), "edgepass-bench-"));
  const others = children();
  const port = await freePort();
  const lines = [];
  const miniflare = new Miniflare(convertV4MiniflareOptions({
    name: "main",
    modulesRoot: "/bench",
    modules,
    bindings,
    compatibilityDate: "2026-11-01",
    compatibilityFlags: ["no_nodejs_compat", "no_nodejs_compat_v2"],
    d1Databases: { DB: "db" },
    r2Buckets: { PASSES: "passes" },
    workerLoaders: loader ? { LOADER: {} } : {},
    resourcePersistencePath: state,
    unsafeDirectSockets: [{ host: "127.0.0.1", port }],
    handleStructuredLogs: ({ message }) => lines.push(message),
    cf: false, // otherwise Miniflare asks the internet where it is
    telemetry: { enabled: false },
  }));
  const server = { port, lines, agent: new Agent({ keepAlive: true }) };
  server.stop = async () => {
    running.delete(server);
    server.agent.destroy();
    await miniflare.dispose();
    rmSync(state, { recursive: true, force: true });
  };
  running.add(server);
  const { DB, PASSES } = await miniflare.getBindings();
  const statements = [...split(sql), ...seed].map((statement) => DB.prepare(statement));
  if (statements.length) server.bytes = (await DB.batch(statements)).at(-1).meta.size_after;
  if (file) await PASSES.put("pass", file);
  server.id = children().find((id) => !others.includes(id));
  return server;
}

/** The statements of a script. A trigger has others within it, up to its END. */
function split(sql) {
  const statements = sql.replace(/--.*$/gm, "").match(/(?:\bBEGIN\b[^]*?\bEND(?=;)|[^;])+/g) ?? [];
  return statements.map((statement) => statement.trim()).filter(Boolean);
}

/** Starts Workers one after the other, works with them, and stops them. */
export async function serving(starting, work) {
  const servers = {};
  try {
    for (const [name, begin] of Object.entries(starting)) servers[name] = await begin();
    return await work(servers);
  } catch (error) {
    for (const [name, { lines }] of Object.entries(servers)) if (lines.length) console.error(name, lines.slice(-20).join("\n"));
    throw error;
  } finally {
    for (const server of Object.values(servers)) await server.stop();
  }
}

// No workerd stays when the bench is interrupted.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, async () => {
    await Promise.all([...running].map((server) => server.stop()));
    process.exit(1);
  });
}

const children = () => read(`/proc/self/task/${process.pid}/children`).trim().split(" ");

/** The microseconds of CPU that the threads of a server have used so far, user and system together. */
export function used({ id }) {
  const threads = readdirSync(`/proc/${id}/task`);
  const ran = threads.map((thread) => {
    try {
      return Number(read(`/proc/${id}/task/${thread}/schedstat`).split(" ")[0]);
    } catch {
      return 0; // the thread has ended
    }
  });
  return ran.reduce((sum, ns) => sum + ns, 0) / 1000;
}

export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
