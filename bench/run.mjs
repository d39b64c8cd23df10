// `make bench`: what a pass costs, measured in one run with npm passkit-generator; what requests of phones cost; how large
// the bundle is. All take turns, so that whatever else the machine does hits all alike.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { devices } from "./devices.mjs";
import { certificates, files, template } from "./material.mjs";
import { change, file, make, numbers, prepare } from "./passes.mjs";
import { push } from "./push.mjs";
import { bundle, print } from "./report.mjs";
import { maker, rival } from "./rival.mjs";
import { alone, copyWorker, simulated } from "./server.mjs";

const REPOSITORY = join(import.meta.dirname, "..");
const RESULTS = join(REPOSITORY, "target/bench");
const BASELINE = process.env.BASELINE && resolve(process.env.BASELINE); // a checkout of another commit, which is built
const ROUNDS = Number(process.env.ROUNDS || 5);

// So many in each round that it uses two seconds of CPU, or half a second for one kind of request of phones.
const PASSES = { rival: 50, alone: 500, simulated: 120 };
const REQUESTS = { alone: 500, simulated: 80 };
/** Phones that a changed pass is pushed to. */
const PHONES = [10_000, 100_000];
const WARM_UP = { rival: 20, alone: 200, simulated: 40 };

const say = (text) => process.stderr.write(`bench: ${text}\n`);

/** Starts servers, does something with them, and stops them. */
async function serving(starting, work) {
  const servers = Object.fromEntries(
    await Promise.all(Object.entries(starting).map(async ([name, server]) => [name, await server])),
  );
  try {
    return await work(servers);
  } catch (error) {
    for (const [name, server] of Object.entries(servers)) say(`the end of the log of ${name}:\n${server.log()}`);
    throw error;
  } finally {
    await Promise.all(Object.values(servers).map((server) => server.stop()));
  }
}

/** Does each task in turn, forwards in this round and backwards in the next: what each tells, by name. */
async function inTurn(round, tasks) {
  const names = Object.keys(tasks);
  const told = {};
  for (const name of round % 2 ? names.reverse() : names) told[name] = await tasks[name]();
  return told;
}

/** What each round tells. */
async function rounds(work) {
  const told = [];
  for (const round of numbers(ROUNDS)) {
    say(`  round ${round + 1} of ${ROUNDS}`);
    told.push(await work(round));
  }
  return told;
}

/** What making passes costs. */
function comparePasses(worker, keys, images) {
  return serving({ alone: alone(worker, keys.root), simulated: simulated(worker, keys.root) }, async (servers) => {
    const opponent = await rival(images, keys);
    try {
      for (const [name, server] of Object.entries(servers)) {
        await prepare(server, keys, template(images));
        await make(server, WARM_UP[name], "warm");
        await change(server, WARM_UP[name], "warm");
      }
      await opponent.make(WARM_UP.rival, "warm");
      const told = await rounds((round) => inTurn(round, {
        rival: () => opponent.make(PASSES.rival, round),
        "alone, PUT": () => make(servers.alone, PASSES.alone, round),
        "alone, PATCH": () => change(servers.alone, PASSES.alone, round),
        "simulated, PUT": () => make(servers.simulated, PASSES.simulated, round),
        "simulated, PATCH": () => change(servers.simulated, PASSES.simulated, round),
      }));
      await make(servers.alone, 1, "last");
      return { told, bytes: (await file(servers.alone, "last-0")).length };
    } finally {
      opponent.stop();
    }
  });
}

/** What requests of phones cost, here and with the other commit. */
function compareDevices(worker, keys, images) {
  const sign = maker(images, keys);
  const starting = { alone: alone(worker, keys.root), simulated: simulated(worker, keys.root) };
  if (BASELINE) {
    starting["alone, baseline"] = alone(BASELINE, keys.root);
    starting["simulated, baseline"] = simulated(BASELINE, keys.root);
  }
  return serving(starting, async (servers) => {
    // Endpoint by endpoint, so that the two commits are asked the same within a second or two.
    const ask = async (round, serial, counts) => {
      const signed = await sign(serial);
      const steps = {};
      for (const [name, server] of Object.entries(servers)) {
        const count = counts[name.split(",")[0]];
        steps[name] = await devices(server, count, serial, signed);
      }
      const told = {};
      for (const [step, [endpoint]] of steps.alone.entries()) {
        const tasks = Object.entries(steps).map(([name, steps]) => [name, steps[step][1]]);
        told[endpoint] = await inTurn(round + step, Object.fromEntries(tasks));
      }
      return told;
    };
    await ask(0, "warm", WARM_UP);
    return rounds((round) => ask(round, `round-${round}`, REQUESTS));
  });
}

const began = Date.now();
mkdirSync(RESULTS, { recursive: true });
// A copy, so that all of this is measured with one build.
const worker = join(RESULTS, "worker");
rmSync(worker, { recursive: true, force: true });
copyWorker(REPOSITORY, worker);
const keys = certificates();
const images = files();

say("making passes");
const passes = await comparePasses(worker, keys, images);
say(`requests of phones${BASELINE ? `, compared with ${BASELINE}` : ""}`);
const phones = await compareDevices(worker, keys, images);

say("pushing");
const pushes = [];
for (const count of PHONES) pushes.push(await push(worker, keys, template(images), count));

const commit = (cwd) => execFileSync("git", ["describe", "--always", "--dirty"], { cwd, encoding: "utf8" }).trim();
const report = {
  commit: commit(REPOSITORY),
  baseline: BASELINE ? commit(BASELINE) : null,
  node: process.version,
  rounds: ROUNDS,
  seconds: Math.round((Date.now() - began) / 1000),
  bytes: { edgepass: passes.bytes, rival: (await maker(images, keys)("0-1")).length },
  passes: passes.told,
  devices: phones,
  pushes,
  bundle: bundle(join(worker, "build")),
};
writeFileSync(join(RESULTS, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
process.exitCode = print(report) ? 0 : 1;
