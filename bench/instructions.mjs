// Instructions that workerd executes for a request, by Linux's perf: node bench/instructions.mjs, after make bench. BASELINE=DIR
// counts those of another built checkout too. They vary less than times: what a change gains shows.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { CHOSEN, REQUESTS } from "./compare/requests.mjs";
import { warm } from "./compare/warm.mjs";
import { start, workers } from "./compare/workers.mjs";
import { workerd } from "./cpu.mjs";
import { serving } from "./group.mjs";
import { send } from "./load.mjs";
import { RESULTS, median } from "./report.mjs";

/** So many times so many requests, of which the median is told: now and then V8 collects all garbage, which is as much as hundreds. */
const [WINDOWS, COUNTED] = [9, 40];

const compared = workers(join(import.meta.dirname, ".."), process.env.BASELINE, join(RESULTS, "compare"));
const starting = Object.entries(compared).map(([name, files]) => [name, start(name, files)]);
await serving(console.error, Object.fromEntries(starting), async (servers) => {
  const names = Object.keys(servers);
  await warm(servers);
  console.log(`${"".padEnd(26)}${names.map((name) => name.padStart(12)).join("")}   of the floor's`);
  for (const [request, made] of Object.entries(REQUESTS)) {
    const counts = {};
    for (const name of names) counts[name] = await counted(servers[name], made);
    const ratios = names.filter((name) => name !== "floor").map((name) => `${name} ${(counts[name] / counts.floor).toFixed(2)}`);
    console.log(`${request.padEnd(26)}${names.map((name) => counts[name].toFixed(0).padStart(12)).join("")}   ${ratios.join(", ")}`);
  }
});

async function counted(server, made) {
  const windows = [];
  while (windows.length < WINDOWS) {
    windows.push(await executed(workerd(server.group), async () => {
      for (let count = 0; count < COUNTED; count++) await send(server, made(0, CHOSEN));
    }));
  }
  return median(windows) / COUNTED;
}

/** Instructions of a process in user space while something is done. */
async function executed(id, work) {
  const perf = spawn("perf", ["stat", "-x,", "-e", "instructions:u", "-D", "-1", "--control", "fd:3,4", "-p", id], {
    stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"],
  });
  const [, , told, control, acknowledged] = perf.stdio;
  const text = told.setEncoding("utf8").toArray();
  // It may not be installed, or not allowed to count, and then acknowledges nothing.
  const ended = once(perf, "exit").then(async () => Promise.reject(new Error(`perf: ${(await text).join("")}`)));
  ended.catch(() => {});
  for (const pipe of [control, acknowledged]) pipe.on("error", () => {});
  const command = async (name) => {
    control.write(`${name}\n`);
    await Promise.race([new Promise((resolve) => acknowledged.once("data", resolve)), ended]);
  };
  await command("enable");
  await work();
  await command("disable");
  perf.kill("SIGINT");
  const lines = (await text).join("");
  const instructions = /^(\d+),,instructions/m.exec(lines)?.[1];
  if (!instructions) throw new Error(`perf: ${lines}`);
  return Number(instructions);
}
