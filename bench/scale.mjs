// How the service behaves with size: its SQL on SQLite, natively, at one thousand to ten million registrations, and requests
// to local D1 with the same databases. `node bench/scale.mjs` runs this alone, below target/bench/scale, with the Worker as
// built: `make bundle` and bench/setup.sh come first. It takes some 4 GB there, as much memory, and some five minutes.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { d1 } from "./scale/d1.mjs";
import { printScale } from "./scale/print.mjs";
import { copyWorker } from "./server.mjs";

export { printScale };

const REPOSITORY = join(import.meta.dirname, "..");
const DIRECTORY = join(REPOSITORY, "target/bench/scale");

/** Numbers of registrations; `SIZES=1000,100000` says otherwise. */
const SIZES = (process.env.SIZES || "1000,10000,100000,1000000,10000000").split(",").map(Number);
/** Those that local D1 serves too. */
const SERVED = SIZES.filter((size) => size !== 10_000);
const ROUNDS = { native: 25, http: 10 };
/** Requests of each kind in a round over HTTP. */
const REQUESTS = 12;

/** Runs both parts with a Worker as copied by `copyWorker`. */
export async function scale(worker, say) {
  rmSync(DIRECTORY, { recursive: true, force: true });
  mkdirSync(DIRECTORY, { recursive: true });
  try {
    say("scale: making databases and measuring SQLite");
    const native = await measured();
    say("scale: local D1");
    return { native, d1: await d1(worker, DIRECTORY, SERVED, say) };
  } finally {
    rmSync(DIRECTORY, { recursive: true, force: true });
  }
}

/** What bench/scale/main.rs tells; it leaves its databases in the directory. */
async function measured() {
  const options = {
    "--directory": DIRECTORY,
    "--sizes": SIZES,
    "--rounds": ROUNDS.native,
    "--http-rounds": ROUNDS.http,
    "--http-requests": REQUESTS,
  };
  const bench = ["bench", "--quiet", "--profile", "dev", "--bench", "scale", "--", ...Object.entries(options).flat().map(String)];
  const cargo = spawn("cargo", bench, { cwd: REPOSITORY, stdio: ["ignore", "pipe", "inherit"] });
  let told = "";
  cargo.stdout.on("data", (chunk) => (told += chunk));
  const [code] = await once(cargo, "close");
  if (code !== 0) throw new Error(`cargo ${bench.join(" ")} ended with ${code}`);
  return JSON.parse(told);
}

if (process.argv[1] === import.meta.filename) {
  const worker = join(REPOSITORY, "target/bench/worker-of-scale");
  rmSync(worker, { recursive: true, force: true });
  copyWorker(REPOSITORY, worker);
  const began = Date.now();
  const say = (text) => process.stderr.write(`bench: ${text}\n`);
  try {
    const told = await scale(worker, say);
    printScale(told, (holds) => {
      if (!holds) process.exitCode = 1;
      return holds ? "holds" : "DOES NOT HOLD";
    });
    say(`${Math.round((Date.now() - began) / 1000)} s`);
  } finally {
    rmSync(worker, { recursive: true });
  }
}
