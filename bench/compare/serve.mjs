// One Worker in workerd, as Miniflare sets it up, with its simulated D1 and R2 and what it holds at the start:
// node serve.mjs NAME DIRECTORY PORT. Its socket is the Worker's own, with nothing before it that passes requests on.
import { randomBytes } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Miniflare, convertV4MiniflareOptions } from "miniflare";
import { PASS_BYTES, ours, rivals } from "./seed.mjs";

const [name, directory, port] = process.argv.slice(2);
const files = readdirSync(directory).sort();

const main = files.find((file) => file === "counting.mjs") ?? "index.js";
const modules = files
  .filter((file) => /\.(m?js|wasm)$/.test(file))
  .sort((a, b) => (b === main) - (a === main)) // the first is the Worker
  .map((file) => ({ type: file.endsWith(".wasm") ? "CompiledWasm" : "ESModule", path: join(directory, file) }));

const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    name: "main",
    modulesRoot: directory,
    modules,
    compatibilityDate: "2026-11-01",
    compatibilityFlags: ["no_nodejs_compat", "no_nodejs_compat_v2"],
    d1Databases: { DB: "db" },
    r2Buckets: { PASSES: "passes" },
    resourcePersistencePath: join(directory, "state"),
    unsafeDirectSockets: [{ host: "127.0.0.1", port: Number(port) }],
    cf: false,
    telemetry: { enabled: false },
  }),
);

const { DB, PASSES } = await miniflare.getBindings();
const schema = files.filter((file) => file.endsWith(".sql")).map((file) => readFileSync(join(directory, file), "utf8"));
const statements = schema.join("\n").replace(/--.*$/gm, "").split(";").map((text) => text.trim()).filter(Boolean);
const pass = randomBytes(PASS_BYTES);
const rows = name === "rival" ? rivals() : ours(schema.join("\n"));
await DB.batch([...statements, ...rows].map((statement) => DB.prepare(statement)));
await PASSES.put("pass", pass);
console.log("ready");
