// The Workers that are compared, each in a workerd of its own, with its state in memory: what a disk does is not compared.
import { execFileSync } from "node:child_process";
import { accessSync, constants, cpSync, mkdirSync, readdirSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { directory, freePort, lead } from "../group.mjs";

const REPOSITORY = join(import.meta.dirname, "../..");
const BIN = join(REPOSITORY, "node_modules/.bin");
const READY_MS = 60_000;
/** Bytes that the Workers of a comparison take in memory, and more. */
const ROOM = 2 ** 30;

/** Bundles the Workers of this folder into a directory, and returns those of the comparison by name. */
export function workers(worker, baseline, to) {
  mkdirSync(to, { recursive: true });
  const statements = join(to, "statements.json");
  const cargo = ["run", "--quiet", "--example", "statements"];
  writeFileSync(statements, execFileSync("cargo", cargo, { cwd: REPOSITORY, stdio: ["ignore", "pipe", "inherit"] }));
  const bundled = (name) => {
    const file = join(to, `${name}.js`);
    execFileSync(join(BIN, "esbuild"), [
      join(import.meta.dirname, `${name}.js`), "--bundle", "--format=esm", "--external:cloudflare:*",
      `--alias:statements=${statements}`, `--outfile=${file}`, "--log-level=warning",
    ]);
    return file;
  };
  const ours = (checkout) => [...bundle(checkout), ...migrations(checkout)];
  const compared = {
    edgepass: ours(worker),
    floor: [[bundled("floor"), "index.js"], ...migrations(worker)],
    rival: [[bundled("rival"), "index.js"], [join(import.meta.dirname, "rival.sql"), "rival.sql"]],
  };
  if (baseline) compared.baseline = ours(baseline);
  return compared;
}

const bundle = (checkout) => ["index.js", "index_bg.wasm"].map((name) => [join(checkout, "build", name), name]);

function migrations(checkout) {
  const folder = join(checkout, "migrations");
  return readdirSync(folder).map((name) => [join(folder, name), name]);
}

/** Starts a Worker. With `counted` it tells at `/counts` what it asked of D1. */
export async function start(name, files, counted = false) {
  const state = directory(MEMORY);
  for (const [from, as] of files) cpSync(from, join(state, as));
  if (counted) cpSync(join(import.meta.dirname, "counting.mjs"), join(state, "counting.mjs"));
  const port = await freePort();
  const script = `exec node '${join(import.meta.dirname, "serve.mjs")}' ${name} . ${port}`;
  const server = await lead(state, port, script, { PATH: `${BIN}:${process.env.PATH}`, NODE_ENV: "production" });
  const deadline = Date.now() + READY_MS;
  while (!/^ready$/m.test(server.output())) {
    if (Date.now() > deadline) throw new Error(`${name} holds nothing yet:\n${server.log()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return server;
}

/** A file system in memory, where there is one with room for all that run at a time. */
const MEMORY = memory();

function memory() {
  try {
    accessSync("/dev/shm", constants.W_OK);
    const { bavail, bsize } = statfsSync("/dev/shm");
    return bavail * bsize > ROOM ? "/dev/shm" : undefined;
  } catch {
    return undefined;
  }
}
