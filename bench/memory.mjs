// The memory that the Worker's isolate takes for large requests, by workerd's inspector: node bench/memory.mjs, after make bundle and
// bench/setup.sh. BASELINE=DIR measures another built checkout. It fails when a peak is above its limit.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import zip from "do-not-zip";
import { freePort } from "./group.mjs";
import { Isolate } from "./isolate.mjs";
import { PASS_TYPE, certificates, files, template } from "./material.mjs";
import { numbers } from "./passes.mjs";
import { maker } from "./rival.mjs";
import { ISSUER_KEY, simulated } from "./server.mjs";

const PKPASS = "application/vnd.apple.pkpass";
const MB = 1_000_000;
const MIB = 1024 * 1024;
const CHECKOUT = resolve(process.env.BASELINE ?? join(import.meta.dirname, ".."));
/** Milliseconds between two looks at the isolate. */
const INTERVAL = 5;
/** The most bytes above idle, by what is measured. */
const LIMITS = { "1 upload of 4.9 MiB": 24 * MB, "4 at once": 60 * MB, "8 at once": 60 * MB, "10 downloads of a bundle": 8 * MB };

const keys = certificates();
const passes = await signed();
const issuer = { Authorization: `Bearer ${ISSUER_KEY}` };

function mb(bytes) {
  return `${(bytes / MB).toFixed(1).padStart(6)} MB`;
}

/** Signed passes of 4.9 MiB. */
async function signed() {
  const images = { ...files(), "strip@3x.png": randomBytes(3 * MIB), "thumbnail@3x.png": randomBytes(1.75 * MIB) };
  const make = maker(images, keys);
  return Promise.all(numbers(8).map((number) => make(`large-${number}`)));
}

async function send(server, method, path, type, body) {
  const headers = type ? { ...issuer, "Content-Type": type } : issuer;
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, { method, headers, body });
  return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
}

function uploads(server, count) {
  const path = (number) => `/issuer/v1/passes/${PASS_TYPE}/large-${number}`;
  return Promise.all(numbers(count).map((number) => send(server, "PUT", path(number), PKPASS, passes[number])));
}

async function many(server) {
  const answers = await uploads(server, 8);
  const identity = JSON.stringify({ certificate: keys.certificate, privateKey: keys.key, intermediate: keys.wwdr });
  answers.push(await send(server, "PUT", `/issuer/v1/pass-types/${PASS_TYPE}/signing-identity`, "application/json", identity));
  for (const number of numbers(8)) {
    const file = template({ ...files(), "strip@3x.png": randomBytes(2 * MIB) });
    answers.push(await send(server, "PUT", `/issuer/v1/templates/t${number}`, "application/zip", file));
    for (const again of numbers(3)) {
      const order = JSON.stringify({ template: `t${number}` });
      answers.push(await send(server, "PUT", `/issuer/v1/passes/${PASS_TYPE}/made-${again}`, "application/json", order));
    }
  }
  return [...answers, ...(await uploads(server, 8))];
}

/** A template whose pass.json inflates to 1 MB of tiny objects. */
function dense(server) {
  const pass = files()["pass.json"].toString().replace(/}$/, `,"userInfo":[${'{"":0},'.repeat(140_000)}0]}`);
  const entries = [{ path: "pass.json", data: pass }, { path: "icon.png", data: files()["icon.png"] }];
  const file = zip.toBuffer(entries);
  return Promise.all([send(server, "PUT", "/issuer/v1/templates/dense", "application/zip", file)]);
}

/** Downloads of a bundle of nearly 8 MiB, by an isolate that did not store its passes. */
async function bundles() {
  const images = { ...files(), "strip@3x.png": randomBytes(0.7 * MIB) };
  const make = maker(images, keys);
  const kept = mkdtempSync(join(tmpdir(), "edgepass-bench-state-"));
  try {
    const first = await started();
    let path;
    try {
      const passes = [];
      for (const number of numbers(10)) {
        const serial = `small-${number}`;
        passes.push({ passTypeIdentifier: PASS_TYPE, serialNumber: serial });
        await send(first, "PUT", `/issuer/v1/passes/${PASS_TYPE}/${serial}`, PKPASS, await make(serial));
      }
      const link = await send(first, "POST", "/issuer/v1/links", "application/json", JSON.stringify({ passes }));
      path = new URL(JSON.parse(link.body).url).pathname.replace("/wallet", "");
      cpSync(join(first.state, "v3"), join(kept, "v3"), { recursive: true });
    } finally {
      await first.stop();
    }
    const open = (server) => Promise.all(numbers(10).map(() => send(server, "GET", path)));
    return await onNew(open, `cp -r ${kept}/v3 .`);
  } finally {
    rmSync(kept, { recursive: true });
  }
}

async function started(before) {
  const inspector = await freePort();
  const server = await simulated(CHECKOUT, keys.root, { inspector, before: before ?? "true" });
  return { ...server, inspector };
}

/** What an isolate takes at most while something is done, in bytes, and what it took before. */
async function onNew(work, before) {
  const server = await started(before);
  try {
    // One small request of each kind, so that what is compiled and connected once is not counted.
    await send(server, "GET", "/issuer/v1/passes");
    const isolate = await Isolate.of(server);
    try {
      const idle = await isolate.size();
      let [peak, done] = [0, false];
      const watching = (async () => {
        while (!done) {
          peak = Math.max(peak, (await isolate.size()).all);
          await new Promise((resolve) => setTimeout(resolve, INTERVAL));
        }
      })();
      const answers = await work(server).finally(() => (done = true));
      await watching;
      const { wasm, all } = await isolate.size();
      return { idle: idle.all, peak: Math.max(peak, all), wasm, statuses: answers.map(({ status }) => status) };
    } finally {
      isolate.close();
    }
  } catch (error) {
    console.error(server.log());
    throw error;
  } finally {
    await server.stop();
  }
}

const measured = {
  "1 upload of 4.9 MiB": await onNew((server) => uploads(server, 1)),
  "4 at once": await onNew((server) => uploads(server, 4)),
  "8 at once": await onNew((server) => uploads(server, 8)),
  "8 once more, and 20 passes of 8 templates of 2 MiB": await onNew(many),
  "10 downloads of a bundle": await bundles(),
  "a template of many JSON values": await onNew(dense),
};
let exceeded = false;
for (const [name, { idle, peak, wasm, statuses }] of Object.entries(measured)) {
  const above = peak - idle;
  const limit = LIMITS[name];
  exceeded ||= above > limit;
  const verdict = limit ? `at most ${limit / MB}: ${above > limit ? "EXCEEDED" : "ok"}` : "";
  console.log(`${name.padEnd(52)} ${mb(above)} above ${mb(idle)}, WebAssembly ${mb(wasm)}   ${[...new Set(statuses)]}  ${verdict}`);
}
process.exitCode = exceeded ? 1 : 0;
