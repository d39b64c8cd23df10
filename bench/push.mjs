// A pass that many phones hold changes: how fast all are pushed to, and what it asks of D1 and of memory. The push service is
// the simulated one of the tests, in a process of its own.
import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { workerd } from "./cpu.mjs";
import { freePort } from "./group.mjs";
import { PASS_TYPE } from "./material.mjs";
import { make, prepare } from "./passes.mjs";
import { simulated } from "./server.mjs";

const REPOSITORY = join(import.meta.dirname, "..");
const PATIENCE_MS = 600_000;

/** The simulated push service, and how many pushes it has had; its totals when it is stopped. */
export async function pushService() {
  const port = await freePort();
  const service = spawn(join(REPOSITORY, "target/debug/examples/apns"), ["--port", `${port}`, "--count"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(service, "close");
  let pushes = 0;
  let totals;
  createInterface({ input: service.stdout }).on("line", (line) => {
    pushes = Number(/^(\d+) pushes/.exec(line)?.[1] ?? pushes);
    if (line.startsWith("{")) totals = JSON.parse(line);
  });
  const stop = async () => {
    service.kill("SIGINT");
    await ended;
    return totals;
  };
  return { url: `http://127.0.0.1:${port}`, pushes: () => pushes, stop };
}

/** What makes a Worker push there. */
export function settings({ url }) {
  const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" });
  return { APNS_URL: url, APNS_KEY: key, APNS_KEY_ID: "BENCHKEY00", APNS_TEAM_ID: "BENCHTEAM0" };
}

const resident = (id) => Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, "utf8"))[1]) * 1024;

/** The log lines of workers that pushed. */
function pages(server) {
  const lines = server.output().split("\n").filter((line) => line.startsWith('{"push":'));
  return lines.map((line) => JSON.parse(line));
}

const sum = (items, name) => items.reduce((total, item) => total + item[name], 0);

/** The most D1 calls for 1,000 devices that are pushed to. */
const MOST_CALLS = 3;

/** Runs it for each number of phones. */
export async function push(worker, keys, template, counts, say) {
  const told = [];
  for (const phones of counts) {
    say(`  ${phones} phones`);
    told.push(await pushed(worker, keys, template, phones));
  }
  return told;
}

/** Publishes a pass that so many phones registered, and waits until all were pushed to. */
async function pushed(worker, keys, template, phones) {
  const service = await pushService();
  const vars = settings(service);
  const script = join(import.meta.dirname, "registrations.mjs");
  const before = `node --no-warnings '${script}' . ${phones} ${PASS_TYPE} phones-0`;
  const server = await simulated(worker, keys.root, { vars, before });
  try {
    await prepare(server, keys, template);
    await make(server, 20, "warm");
    const id = workerd(server.group);
    const idle = resident(id);
    const began = performance.now();
    await make(server, 1, "phones");
    const halves = [idle, idle]; // the most memory, while the first half is pushed to, and the second
    let delivered = 0;
    while ((delivered = sum(pages(server), "delivered")) < phones) {
      if (performance.now() - began > PATIENCE_MS) throw new Error(`${service.pushes()} of ${phones} pushes:\n${server.log()}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
      const half = delivered * 2 < phones ? 0 : 1;
      halves[half] = Math.max(halves[half], resident(id));
    }
    const took = performance.now() - began;
    const done = pages(server);
    const totals = await service.stop();
    return {
      phones,
      seconds: took / 1000,
      pushes: totals.pushes,
      devices: totals.devices,
      problems: totals.problems,
      provider_tokens: totals.providerTokens,
      pages: done.length,
      calls: sum(done, "calls"),
      rows_read: sum(done, "read"),
      rows_written: sum(done, "written"),
      idle_bytes: idle,
      most_bytes: halves,
    };
  } finally {
    await server.stop();
    await service.stop();
  }
}

/** Prints it. */
export function printPushes(pushes, judge) {
  console.log("\nPush: a pass that so many phones hold changes");
  for (const run of pushes) {
    const thousand = (figure) => figure / (run.phones / 1000);
    const mb = (bytes) => `${Math.round(bytes / 2 ** 20)} MB`;
    // With the new provider token of a half hour the service refuses a few, as Apple's does, and they are sent again.
    const refused = run.provider_tokens > 1 ? run.problems : 0;
    const once = run.pushes - refused === run.phones && run.devices === run.phones && run.problems === refused;
    const calls = thousand(run.calls);
    console.log(`  ${run.phones} phones: ${Math.round(run.phones / run.seconds)} pushes/s, each phone once: ${judge(once)}`);
    console.log(`    D1 for 1,000 phones: ${calls.toFixed(2)} calls, at most ${MOST_CALLS}: ${judge(calls <= MOST_CALLS)};` +
      ` ${Math.round(thousand(run.rows_read))} rows read, ${Math.round(thousand(run.rows_written))} written`);
    console.log(`    memory of workerd, with simulated D1 and queue: ${mb(run.idle_bytes)} before,` +
      ` at most ${run.most_bytes.map(mb).join(" in the first half and ")} in the second`);
  }
}
