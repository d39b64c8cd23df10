// How many instructions workerd executes for a request. Instructions vary less than times. Linux's perf counts them, if the
// processor and the virtual machine allow it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { MOST_OF_BASELINE, compared } from "./endpoints.mjs";
import { median, send, table, warm } from "./load.mjs";
import { serving } from "./worker.mjs";

/**
 * The number of windows, and the requests of each. The median of the windows counts, because V8 sometimes collects garbage,
 * which takes as many instructions as hundreds of requests.
 */
const [WINDOWS, COUNTED] = [9, 40];

export async function measure({ checkout, baseline, rounds = WINDOWS }) {
  await executed(process.pid, () => {}); // fails at once if perf cannot count
  const { starting, makers, names } = compared(checkout, baseline);
  return serving(starting(), async (servers) => {
    await warm(servers, makers);
    const told = [];
    for (const name of names) {
      const counts = {};
      for (const [worker, server] of Object.entries(servers)) {
        counts[worker] = await counted(server, makers[worker][name], rounds);
      }
      told.push({ name, counts });
    }
    return told;
  });
}

async function counted(server, make, rounds) {
  const windows = [];
  while (windows.length < rounds) {
    windows.push(await executed(server.id, async () => {
      for (let count = 0; count < COUNTED; count++) await send(server, make());
    }));
  }
  return median(windows) / COUNTED;
}

/** The instructions that a process executes in user space during the work. */
async function executed(id, work) {
  const options = ["stat", "-x,", "-e", "instructions:u", "-D", "-1", "--control", "fd:3,4", "-p", id];
  const perf = spawn("perf", options, { stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"] });
  const [, , output, control, acknowledged] = perf.stdio;
  const text = output.setEncoding("utf8").toArray().then((lines) => lines.join(""));
  const ended = once(perf, "exit").then(async () => Promise.reject(new Error(`perf: ${await text}`)));
  ended.catch(() => {}); // `once` rejects too if there is no perf
  for (const pipe of [control, acknowledged]) pipe.on("error", () => {});
  const command = async (name) => {
    control.write(`${name}\n`);
    await Promise.race([once(acknowledged, "data"), ended]);
  };
  await command("enable");
  await work();
  await command("disable");
  perf.kill("SIGINT");
  const instructions = /^(\d+),,instructions/m.exec(await text)?.[1];
  if (!instructions) throw new Error(`perf counts no instructions here: ${await text}`);
  return Number(instructions);
}

export function print(told, claim) {
  const workers = Object.keys(told[0].counts);
  const others = workers.filter((worker) => worker !== "edgepass");
  const rows = told.map(({ name, counts }) => [
    name,
    ...workers.map((worker) => Math.round(counts[worker])),
    ...others.map((worker) => (counts.edgepass / counts[worker]).toFixed(2)),
    claim(counts.edgepass / counts.baseline, counts.baseline && MOST_OF_BASELINE),
  ]);
  return table("Instructions of a request", ["", ...workers, ...others.map((worker) => `: ${worker}`), "at most"], rows);
}
