// What the parts of the bench share: medians, the bundle, and whether all is as good as is claimed.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where results are. */
export const RESULTS = join(import.meta.dirname, "../target/bench");

/** The most bytes of the bundle, compressed. */
const MOST_GZIP = 384_000;

export function median(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Bytes of the bundle that is deployed, counted as scripts/size.sh does. */
export function bundle(build) {
  const files = ["index.js", "index_bg.wasm"].map((name) => join(build, name));
  const sum = (bytes) => files.map(bytes).reduce((a, b) => a + b, 0);
  return {
    raw: sum((file) => readFileSync(file).length),
    gzip: sum((file) => execFileSync("gzip", ["-9", "-c", file], { maxBuffer: 1 << 26 }).length),
  };
}

export function printBundle({ raw, gzip }, judge) {
  console.log(`\nBundle: ${raw} bytes, ${gzip} gzip, at most ${MOST_GZIP}: ${judge(gzip <= MOST_GZIP)}`);
}

let fine = true;

/** Puts a claim's verdict into words. */
export function judge(holds) {
  fine &&= holds;
  return holds ? "holds" : "DOES NOT HOLD";
}

/** Whether all claims so far hold. */
export const verdict = () => fine;
