// Prints the newest report, target/bench/report.json, as tables, and fails when a claim does not hold.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { printEndpoints } from "./compare/print.mjs";
import { printPasses } from "./make.mjs";
import { printPushes } from "./push.mjs";
import { RESULTS, judge, printBundle, verdict } from "./report.mjs";
import { printScale } from "./scale/print.mjs";
import { printStartup } from "./startup.mjs";

const PARTS = {
  endpoints: printEndpoints,
  startup: printStartup,
  passes: printPasses,
  pushes: printPushes,
  scale: printScale,
  bundle: printBundle,
};

const report = JSON.parse(readFileSync(join(RESULTS, "report.json"), "utf8"));
console.log(`edgepass ${report.commit} on ${report.machine}, Node ${report.node}: ${report.seconds} s`);
const told = Object.entries(PARTS).filter(([part]) => Object.hasOwn(report, part));
if (told.length === 0) throw new Error("the report has none of the parts");
for (const [part, print] of told) print(report[part], judge);
process.exitCode = verdict() ? 0 : 1;
