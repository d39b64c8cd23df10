// What a stranger's flood of lists does to a phone's, with the rate limits of wrangler.toml and without them:
// `node bench/flood.mjs [LISTS_A_SECOND]`, after `make bundle` and `bench/setup.sh`. docs/operate.md, "Rate limits", has its figures.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Pool } from "undici";
import { send, timed } from "./load.mjs";
import { PASS_TYPE, certificates, files, template } from "./material.mjs";
import { prepare } from "./passes.mjs";
import { median } from "./report.mjs";
import { ISSUER_KEY, simulated } from "./server.mjs";

const RATE = Number(process.argv[2] ?? 322);
const SECONDS = 20; // two periods of the limit of lists
const TOKEN = "bench-authentication-token";
const DEVICE = "a1".repeat(16);
const STRANGER = { "CF-Connecting-IP": "198.51.100.7" };

const list = (device, headers) => ({ path: `/v1/devices/${device}/registrations/${PASS_TYPE}`, headers });

async function register(server, keys) {
  await prepare(server, keys, template(files()));
  const headers = { Authorization: `Bearer ${ISSUER_KEY}`, "Content-Type": "application/json" };
  const body = JSON.stringify({ template: "coffee", pass: { authenticationToken: TOKEN } });
  await send(server, { method: "PUT", path: `/issuer/v1/passes/${PASS_TYPE}/held`, headers, body, expect: 201 });
  const path = `/v1/devices/${DEVICE}/registrations/${PASS_TYPE}/held`;
  const push = JSON.stringify({ pushToken: "a1".repeat(32) });
  await send(server, { method: "POST", path, headers: { Authorization: `ApplePass ${TOKEN}` }, body: push, expect: 201 });
}

/** Lists of unknown devices, so many a second, until it is stopped; then what was answered. */
function flood(server) {
  const pool = new Pool(`http://127.0.0.1:${server.port}`, { connections: 64 });
  const answered = {};
  const began = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    for (const due = ((performance.now() - began) / 1000) * RATE; sent < due; sent += 1) {
      pool
        .request({ method: "GET", ...list(randomBytes(16).toString("hex"), STRANGER) })
        .then(async ({ statusCode, body }) => {
          await body.dump();
          answered[statusCode] = (answered[statusCode] ?? 0) + 1;
        }, () => {});
    }
  }, 5);
  return async () => {
    clearInterval(timer);
    await pool.destroy();
    return JSON.stringify(answered);
  };
}

/** Milliseconds of a phone's lists, one every 50 ms. */
async function phone(server) {
  const took = [];
  for (const until = performance.now() + SECONDS * 1000; performance.now() < until; await wait(50)) {
    took.push(await timed(server, { ...list(DEVICE, { "CF-Connecting-IP": "192.0.2.1" }), expect: 200 }));
  }
  const p95 = took.sort((a, b) => a - b)[Math.floor(took.length * 0.95)];
  return `p50 ${median(took).toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`;
}

const keys = certificates();
for (const limited of [false, true]) {
  const server = await simulated(join(import.meta.dirname, ".."), keys.root, { limited });
  try {
    await register(server, keys);
    await phone(server); // the isolate is warm then
    const name = limited ? "with rate limits" : "without";
    console.log(`${name}, quiet: ${await phone(server)}`);
    const stop = flood(server);
    console.log(`${name}, ${RATE} lists a second: ${await phone(server)}; the stranger was answered ${await stop()}`);
  } finally {
    await server.stop();
  }
}
