// `make bench` measures: what requests of phones, new isolates, passes and pushes cost, and what size does; how large the bundle is. What
// is compared takes turns, so that whatever else the machine does hits all alike. PARTS=endpoints,push runs some of it.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { endpoints } from "./compare/endpoints.mjs";
import { comparePasses } from "./make.mjs";
import { certificates, files, template } from "./material.mjs";
import { push } from "./push.mjs";
import { RESULTS, bundle } from "./report.mjs";
import { scale } from "./scale.mjs";
import { copyWorker } from "./server.mjs";
import { startup } from "./startup.mjs";

const REPOSITORY = join(import.meta.dirname, "..");
/** A checkout of another commit, which is built. */
const BASELINE = process.env.BASELINE && resolve(process.env.BASELINE);
const ROUNDS = Number(process.env.ROUNDS) || undefined;

const say = (text) => process.stderr.write(`bench: ${text}\n`);
const commit = (cwd) => execFileSync("git", ["describe", "--always", "--dirty"], { cwd, encoding: "utf8" }).trim();

const began = Date.now();
mkdirSync(RESULTS, { recursive: true });
// A copy, so that all of this is measured with one build.
const worker = join(RESULTS, "worker");
rmSync(worker, { recursive: true, force: true });
copyWorker(REPOSITORY, worker);
const [keys, images] = [certificates(), files()];

/** What is measured; print.mjs prints it. */
const PARTS = {
  endpoints: () => endpoints(worker, BASELINE, join(RESULTS, "compare"), ROUNDS ?? 9, say),
  startup: () => startup(worker, ROUNDS ?? 15),
  passes: () => comparePasses(worker, keys, images, ROUNDS ?? 5, say),
  pushes: () => push(worker, keys, template(images), [10_000, 100_000], say),
  scale: () => scale(worker, say),
  bundle: () => bundle(join(worker, "build")),
};

const wanted = (process.env.PARTS || Object.keys(PARTS).join()).split(",");
const unknown = wanted.filter((part) => !(part in PARTS));
if (unknown.length > 0) throw new Error(`PARTS has ${unknown}, and may have ${Object.keys(PARTS)}`);

const report = {
  commit: commit(REPOSITORY),
  baseline: BASELINE ? commit(BASELINE) : null,
  machine: `${availableParallelism()} cores of ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB`,
  node: process.version,
};
for (const part of wanted) {
  say(part);
  report[part] = await PARTS[part]();
  report.seconds = Math.round((Date.now() - began) / 1000);
  // After each, so that what was measured is there when a later one fails.
  writeFileSync(join(RESULTS, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
}

await import("./print.mjs");
