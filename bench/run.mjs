// `make bench` measures: what requests of phones, new isolates, passes and pushes cost, and what size does; how large the bundle is. What
// is compared takes turns, so that whatever else the machine does hits all alike. PARTS=endpoints,pushes runs some of it.
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
const ROUNDS = process.env.ROUNDS ? Number(process.env.ROUNDS) : undefined;

const say = (text) => process.stderr.write(`bench: ${text}\n`);
const commit = (cwd) => execFileSync("git", ["describe", "--always", "--dirty"], { cwd, encoding: "utf8" }).trim();

/** Copies, so that all of this is measured with one build. */
const worker = join(RESULTS, "worker");
const baseline = BASELINE && join(RESULTS, "baseline");

/** What is measured; print.mjs prints it. */
const PARTS = {
  endpoints: () => endpoints(worker, baseline, join(RESULTS, "compare"), ROUNDS ?? 6, say),
  startup: () => startup(worker, ROUNDS ?? 15),
  passes: () => comparePasses(worker, keys, images, ROUNDS ?? 5, say),
  pushes: () => push(worker, keys, template(images), [10_000, 100_000], say),
  scale: () => scale(worker, say),
  bundle: () => bundle(join(worker, "build")),
};

const wanted = (process.env.PARTS || Object.keys(PARTS).join()).split(",").map((part) => part.trim());
const refuse = (text) => {
  console.error(`bench: ${text}`);
  process.exit(2);
};
for (const part of wanted) if (!Object.hasOwn(PARTS, part)) refuse(`PARTS has "${part}", and may have ${Object.keys(PARTS)}`);
if (ROUNDS !== undefined && !(Number.isInteger(ROUNDS) && ROUNDS > 0)) refuse("ROUNDS must be a number from 1");

const began = Date.now();
mkdirSync(RESULTS, { recursive: true });
for (const [from, to] of [[REPOSITORY, worker], [BASELINE, baseline]]) {
  if (!from) continue;
  rmSync(to, { recursive: true, force: true });
  copyWorker(from, to);
}
const [keys, images] = [certificates(), files()];

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
