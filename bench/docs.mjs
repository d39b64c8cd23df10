// Puts the newest report into docs/speed.md: node bench/docs.mjs
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const page = join(import.meta.dirname, "../docs/speed.md");
const { status, stdout } = spawnSync("node", [join(import.meta.dirname, "print.mjs")], { encoding: "utf8" });
if (status !== 0) throw new Error("there is no report, or a claim does not hold: node bench/print.mjs");
const parts = Object.keys(JSON.parse(readFileSync(join(import.meta.dirname, "../target/bench/report.json"), "utf8")));
const missing = ["endpoints", "startup", "passes", "pushes", "scale", "bundle"].filter((part) => !parts.includes(part));
if (missing.length > 0) throw new Error(`the report is without ${missing}: make bench`);
const text = readFileSync(page, "utf8");
const put = text.replace(/(<!-- the output of make bench -->\n```\n)[^]*?(```)/, (_, before, after) => before + stdout + after);
if (put === text && !text.includes(stdout)) throw new Error(`there is no place for it in ${page}`);
writeFileSync(page, put);
