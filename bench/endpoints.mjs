// How long a phone's request takes edgepass, the floor and the rival, and with BASELINE another build of edgepass.
import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { inTurns, median, send, spread, table, warm } from "./load.mjs";
import { COMPARED, PASS_BYTES, ours, requests, rivals } from "./phones.mjs";
import { before, edgepass, floor, rival, serving, start } from "./worker.mjs";

/** The claims: edgepass's p50 is at most so many times the rival's. A key is the name of a request or its beginning. */
const MOST_OF_RIVAL = {
  register: 0.7,
  list: 1.8, // edgepass notes what a list told, and the rival nothing
  "send, 200": 0.7,
  "send, 200, rival in R2": 1,
  "send, 304": 0.85,
  unregister: 0.85,
};
/** The same for the baseline's p50. */
export const MOST_OF_BASELINE = 1.25;
const TURNS = { turns: 18, each: 5, at16: 64 };

/** The Workers to compare. Each maker of requests keeps its own count. */
export function compared(checkout, baseline) {
  const workers = { edgepass: edgepass(checkout), floor: floor(), rival: rival() };
  if (baseline) workers.baseline = edgepass(baseline);
  const seed = (name) => (name === "rival" ? rivals : ours)(COMPARED);
  const starting = (change = (worker) => worker) =>
    Object.fromEntries(Object.entries(workers).map(([name, worker]) =>
      [name, () => start(change(worker), { seed: seed(name), file: randomBytes(PASS_BYTES) })]));
  const makers = Object.fromEntries(Object.keys(workers).map((name) => [name, requests(COMPARED)]));
  return { starting, makers, names: Object.keys(makers.edgepass) };
}

export async function measure({ checkout, baseline, rounds = 6, say }) {
  const { starting, makers, names } = compared(checkout, baseline);
  const asked = await serving(starting((worker) => before("counting", worker)), (servers) => counts(servers, makers, names));
  return serving(starting(), async (servers) => {
    await warm(servers, makers);
    const told = names.map((name) => ({ name, asked: asked[name], rounds: [] }));
    for (let round = 0; round < rounds; round++) {
      say(`  round ${round + 1} of ${rounds}`);
      for (const [place, { name, rounds }] of told.entries()) {
        rounds.push(await inTurns(servers, (worker) => makers[worker][name](), { ...TURNS, first: round + place }));
      }
    }
    return told;
  });
}

/** D1 calls and rows of each request, by request and Worker. The second request counts: an isolate does some work only once. */
async function counts(servers, makers, names) {
  const asked = {};
  for (const name of names) {
    asked[name] = {};
    for (const [worker, server] of Object.entries(servers)) {
      for (let count = 0; count < 2; count++) {
        server.lines.length = 0;
        await send(server, makers[worker][name]());
        await wait(50); // the log and the answer come on different ways
      }
      const calls = server.lines.filter((line) => line.startsWith("D1 ")).map((line) => JSON.parse(line.slice(3)));
      asked[name][worker] = ["calls", "read", "written"].map((of) => calls.reduce((sum, call) => sum + call[of], 0));
    }
  }
  return asked;
}

export function print(told, claim) {
  const workers = Object.keys(told[0].rounds[0]);
  const middle = (rounds, worker, figure, digits) => median(rounds.map((round) => round[worker][figure])).toFixed(digits);
  const titles = ["", "p50 ms", "p95 ms", "a second, 16 at a time", "CPU µs", "D1 calls", "rows read", "written"];
  const figures = workers.map((worker) =>
    table(`Requests: ${worker}`, titles,
      told.map(({ name, asked, rounds }) => [name, middle(rounds, worker, "p50", 2), middle(rounds, worker, "p95", 2),
        middle(rounds, worker, "at16", 0), middle(rounds, worker, "cpu", 0), ...asked[worker]])));
  const limit = (name) => MOST_OF_RIVAL[name] ?? MOST_OF_RIVAL[name.split(",")[0]];
  const of = (worker, rounds) => rounds.map((round) => round.edgepass.p50 / round[worker].p50);
  const columns = {
    ": floor": ({ rounds }) => spread(of("floor", rounds)),
    ": rival": ({ rounds }) => spread(of("rival", rounds)),
    "at most": ({ name, rounds }) => claim(median(of("rival", rounds)), limit(name)),
  };
  if (workers.includes("baseline")) {
    columns[": baseline"] = ({ rounds }) => spread(of("baseline", rounds));
    columns["at most "] = ({ rounds }) => claim(median(of("baseline", rounds)), MOST_OF_BASELINE);
  }
  const ratios = told.map((row) => [row.name, ...Object.values(columns).map((cell) => cell(row))]);
  const head = ["", ...Object.keys(columns)];
  return [...figures, table("Requests: p50 of edgepass, as a multiple", head, ratios, LEGEND)].join("\n");
}

const LEGEND = `Each Worker is alone in a workerd with Miniflare's D1 and R2 in memory, is warm, and holds 230,111 registrations
of 100 passes. The Workers take turns of five requests on one connection. The floor is \`bench/workers/floor.js\`, and the rival
is \`bench/workers/rival.js\`. CPU is that of all of workerd, with the simulated D1 and R2. "Repeated" is within a minute of the
last registration and writes nothing. Figures are medians of the rounds. A ratio compares figures of the same round; the lowest
and the highest ratio are in parentheses.`;
