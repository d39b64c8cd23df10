// `make bench`: measures the parts, one after the other, and prints tables. It fails if a claim does not hold. It writes the
// figures to target/bench/report.json. A run of all parts writes docs/speed-report.md.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { REPOSITORY } from "./worker.mjs";

/** A part is a module. Its `measure(options)` returns figures, and its `print(figures, claim)` makes tables of them. */
const PARTS = ["endpoints", "startup", "passes", "scale", "bundle"];
/** Run only if PARTS names them: the first needs Linux's perf, the second takes minutes. */
const MORE = ["instructions", "jobs"];

const say = (text) => process.stderr.write(`bench: ${text}\n`);
const refuse = (text) => {
  say(text);
  process.exit(2);
};

const wanted = process.env.PARTS ? process.env.PARTS.split(",").map((part) => part.trim()) : PARTS;
const unknown = wanted.find((part) => ![...PARTS, ...MORE].includes(part));
if (unknown !== undefined) refuse(`PARTS has "${unknown}", and may have ${[...PARTS, ...MORE]}`);
const rounds = process.env.ROUNDS ? Number(process.env.ROUNDS) : undefined;
if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) refuse("ROUNDS must be a number from 1");
const baseline = process.env.BASELINE ? resolve(process.env.BASELINE) : undefined;

let fine = true;
/** Says whether a figure is within its limit. */
function claim(figure, most) {
  if (most === undefined) return "";
  fine &&= figure <= most;
  return `${most}: ${figure <= most ? "holds" : "DOES NOT HOLD"}`;
}

const began = Date.now();
const commit = (cwd) => execFileSync("git", ["describe", "--always", "--dirty"], { cwd, encoding: "utf8" }).trim();
const report = {};
const printed = [];
for (const part of wanted) {
  say(part);
  const { measure, print } = await import(`./${part}.mjs`);
  report[part] = await measure({ checkout: REPOSITORY, baseline, rounds, say });
  printed.push(print(report[part], claim));
  console.log(printed.at(-1));
}
const machine = `${availableParallelism()} cores of ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB`;
const seconds = Math.round((Date.now() - began) / 1000);
const commits = `edgepass ${commit(REPOSITORY)}${baseline ? `, baseline ${commit(baseline)}` : ""}`;
const head = `${commits}, on ${machine}, Node ${process.version}: ${seconds} s`;
console.log(head);
const results = join(REPOSITORY, "target/bench");
mkdirSync(results, { recursive: true });
writeFileSync(join(results, "report.json"), `${JSON.stringify({ head, ...report })}\n`);
if (PARTS.every((part) => wanted.includes(part))) {
  const title = "# The last run of `make bench`\n\n[speed.md](speed.md) says what the figures mean.";
  writeFileSync(join(REPOSITORY, "docs/speed-report.md"), `${title}\n\n${head}\n\n${printed.join("\n")}`);
}
process.exitCode = fine ? 0 : 1;
