// The Worker as built, in workerd: alone, with as little storage as can be, which shows what it costs itself, and by
// `wrangler dev`, which simulates D1 and R2 in the same process. Both run on copies: a build meanwhile does not reload them.
import { cpSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { directory, freePort, lead } from "./group.mjs";
import { PUBLIC_URL } from "./material.mjs";

export const ISSUER_KEY = "bench-issuer-key-0123456789abcdef";
const MASTER_KEY = "bench-master-key-0123456789abcdef-0123456789abcdef";
const REPOSITORY = join(import.meta.dirname, "..");
const PATH = `${join(REPOSITORY, "node_modules/.bin")}:${process.env.PATH}`;

const variables = (root) => ({ ISSUER_KEY, MASTER_KEY, PUBLIC_URL, TRUST_ANCHORS: root });

/** Copies the Worker of a checkout: its bundle, its migrations and its configuration. */
export function copyWorker(checkout, to) {
  // The stamp is written last and removed first: what is built meanwhile is no bundle.
  const stamp = () => statSync(join(checkout, "build/.bundled"), { throwIfNoEntry: false })?.mtimeMs;
  const before = stamp();
  const unfinished = new Error(`${checkout} is not built, or is being built: make -C ${checkout} bundle`);
  if (!before) throw unfinished;
  for (const name of ["build", "migrations", "wrangler.toml"]) {
    cpSync(join(checkout, name), join(to, name), { recursive: true, preserveTimestamps: true });
  }
  if (stamp() !== before) throw unfinished;
}

function copy(checkout, below) {
  const state = directory(below);
  copyWorker(checkout, state);
  return { state, config: readFileSync(join(state, "wrangler.toml"), "utf8") };
}

function migrations(state) {
  const names = readdirSync(join(state, "migrations")).sort();
  return names.map((name) => readFileSync(join(state, "migrations", name), "utf8")).join("\n");
}

/**
 * `wrangler dev` of a checkout. `root` is the certificate that uploaded passes must lead to; `more` are further variables,
 * what is run on the database before it starts, the port of the inspector, and the directory below which all of it is.
 */
export async function simulated(checkout, root, more = {}) {
  const { state, config } = copy(checkout, more.below);
  // It does not build by itself, and finds no .dev.vars: it has an --env-file. All load comes from one address, which the rate
  // limits would refuse.
  const left = more.limited ? /^\[build\]\n(?:(?!\[).*\n)*/m : /^(?:\[build\]|\[\[ratelimits\]\])\n(?:(?!\[).*\n)*/gm;
  writeFileSync(join(state, "wrangler.toml"), config.replace(left, ""));
  writeFileSync(join(state, "empty.env"), "");
  const port = await freePort();
  const vars = Object.entries({ ...variables(root), ...more.vars }).map(([name, value]) => `--var '${name}:${value}'`);
  const script = `
    wrangler d1 migrations apply DB --local --persist-to .
    ${more.before ?? "true"}
    exec wrangler dev --persist-to . --ip 127.0.0.1 --port ${port} --inspector-port ${more.inspector ?? 0} --env-file empty.env \\
      --log-level ${more.before ? "log" : "warn"} --show-interactive-dev-session=false ${vars.join(" ")}`;
  const server = await lead(state, port, script, {
    PATH,
    CI: "1",
    CLOUDFLARE_CF_FETCH_ENABLED: "false", // no question to the internet at start
    WRANGLER_REGISTRY_PATH: join(state, "registry"),
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_WRITE_LOGS: "false",
  });
  return { ...server, state };
}

/** The Worker of a checkout by itself: workerd, and inmemory.mjs in place of D1 and R2. */
export async function alone(checkout, root) {
  const { state, config } = copy(checkout);
  cpSync(join(import.meta.dirname, "inmemory.mjs"), join(state, "inmemory.mjs"));
  // workerd has SQLite in files only.
  const data = join(state, "data");
  mkdirSync(data);
  const port = await freePort();
  const text = JSON.stringify; // which writes strings as Cap'n Proto reads them
  const setting = (name) => new RegExp(`^${name} = (.*)$`, "m").exec(config)[1];
  const vars = Object.entries(variables(root)).map(([name, value]) => `(name = "${name}", text = ${text(value)}),`);
  writeFileSync(join(state, "config.capnp"), `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [(name = "main", worker = .worker), (name = "disk", disk = (path = ${text(data)}, writable = true))],
      sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
    );
    const worker :Workerd.Worker = (
      modules = [
        (name = "inmemory.mjs", esModule = embed "inmemory.mjs"),
        (name = "index.js", esModule = embed "build/index.js"),
        (name = "index_bg.wasm", wasm = embed "build/index_bg.wasm"),
        (name = "migrations", text = ${text(migrations(state))}),
      ],
      compatibilityDate = ${setting("compatibility_date")},
      compatibilityFlags = ${setting("compatibility_flags")},
      bindings = [
        (name = "ONE", durableObjectNamespace = "One"),
        ${vars.join("\n        ")}
      ],
      durableObjectNamespaces = [(className = "One", uniqueKey = "one", enableSql = true, preventEviction = true)],
      durableObjectStorage = (localDisk = "disk"),
    );`);
  return lead(state, port, "exec workerd serve config.capnp", { PATH });
}
