// What making a pass costs, in turns with npm passkit-generator.
import { serving } from "./group.mjs";
import { template } from "./material.mjs";
import { change, file, make, numbers, prepare } from "./passes.mjs";
import { median } from "./report.mjs";
import { maker, rival } from "./rival.mjs";
import { alone, simulated } from "./server.mjs";

// So many in each round that it uses two seconds of CPU.
const PASSES = { rival: 50, alone: 500, simulated: 120 };
const WARM_UP = { rival: 20, alone: 200, simulated: 40 };
/** The most CPU of a pass, as a part of what it costs the rival. */
const MOST_CPU = 0.2;

const LEGEND = `
"edgepass" is all that workerd does from request to answer, with an SQLite file for D1 and memory for R2. "With simulated
D1 and R2" is the same by \`wrangler dev\`, whose D1 and R2 are JavaScript in the same process; in the cloud they are
services of their own. The rival does neither HTTP nor storage.`;

/** Does each task in turn, forwards in this round and backwards in the next: what each tells, by name. */
async function inTurn(round, tasks) {
  const names = Object.keys(tasks);
  const told = {};
  for (const name of round % 2 ? names.reverse() : names) told[name] = await tasks[name]();
  return told;
}

/** What each round tells. */
async function rounds(count, say, work) {
  const told = [];
  for (const round of numbers(count)) {
    say(`  round ${round + 1} of ${count}`);
    told.push(await work(round));
  }
  return told;
}

/** Runs the comparison. */
export function comparePasses(worker, keys, images, count, say) {
  return serving(say, { alone: alone(worker, keys.root), simulated: simulated(worker, keys.root) }, async (servers) => {
    const opponent = await rival(images, keys);
    try {
      for (const [name, server] of Object.entries(servers)) {
        await prepare(server, keys, template(images));
        await make(server, WARM_UP[name], "warm");
        await change(server, WARM_UP[name], "warm");
      }
      await opponent.make(WARM_UP.rival, "warm");
      const told = await rounds(count, say, (round) => inTurn(round, {
        rival: () => opponent.make(PASSES.rival, round),
        "alone, PUT": () => make(servers.alone, PASSES.alone, round),
        "alone, PATCH": () => change(servers.alone, PASSES.alone, round),
        "simulated, PUT": () => make(servers.simulated, PASSES.simulated, round),
        "simulated, PATCH": () => change(servers.simulated, PASSES.simulated, round),
      }));
      await make(servers.alone, 1, "last");
      const bytes = { edgepass: (await file(servers.alone, "last-0")).length, rival: (await maker(images, keys)("0-1")).length };
      return { rounds: told, bytes };
    } finally {
      opponent.stop();
    }
  });
}

/** Prints the table. */
export function printPasses({ rounds, bytes }, judge) {
  console.log(`\nCPU of one pass of ${bytes.edgepass} bytes (the rival's: ${bytes.rival})`);
  const names = {
    rival: "npm passkit-generator 3.6.1",
    "alone, PUT": "edgepass, new",
    "alone, PATCH": "edgepass, changed",
    "simulated, PUT": "with simulated D1 and R2, new",
    "simulated, PATCH": "with simulated D1 and R2, changed",
  };
  const base = cpu(rounds, "rival");
  for (const [key, name] of Object.entries(names)) {
    const figures = cpu(rounds, key);
    const part = ratios(figures, base);
    const claim = key.startsWith("alone") ? `at most ${MOST_CPU}: ${judge(median(part) <= MOST_CPU)}` : "";
    line(name, shown(figures.map(ms), 2, "ms"), key === "rival" ? "" : `${shown(part, 3, "of it")}  ${claim}`);
  }
  console.log(LEGEND);
}

const cpu = (rounds, name) => rounds.map((round) => round[name].cpu_us);
const ms = (us) => us / 1000;
const ratios = (figures, base) => figures.map((figure, round) => figure / base[round]);

function shown(figures, digits, unit) {
  const [middle, least, most] = [median(figures), Math.min(...figures), Math.max(...figures)];
  return `${middle.toFixed(digits).padStart(7)} ${unit} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;
}

function line(name, ...columns) {
  console.log(`  ${name.padEnd(34)} ${columns.map((column) => column.padEnd(30)).join(" ")}`.trimEnd());
}
