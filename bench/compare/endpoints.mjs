// What a request of a phone costs edgepass, the floor and the rival, in turns.
import { median } from "../report.mjs";
import { serving } from "../group.mjs";
import { used, workerd } from "../cpu.mjs";
import { send } from "../load.mjs";
import { oha } from "./oha.mjs";
import { CHOSEN, PATTERN, REQUESTS } from "./requests.mjs";
import { start, workers } from "./workers.mjs";

/** How often all are started anew: where a process happens to lie in memory makes it a few percent faster or slower. */
const STARTS = 2;
/** Before anything is measured: connections, and requests of each kind. V8 optimises a function once it has run often. */
const WARM_UP = [16, 400];
/**
 * In a round each has so many turns with so many requests, one after the other. Short turns: what disturbs one disturbs all. Not
 * of one request: what the others did would have driven this one's code and data from the processor's caches.
 */
const [TURNS, IN_TURN] = [24, 6];
/** After that each sends so many on so many connections. */
const TOGETHER = [16, 64];
/** A request whose counts are told is the second of its kind: what an isolate does once is not what a request costs. */
const COUNTED = 2;

/** Runs the comparison; returns `endpoints` of the report. */
export async function endpoints(worker, baseline, directory, rounds, say) {
  const compared = workers(worker, baseline, directory);
  const counts = await counted(compared);
  const told = [];
  for (const some of shared(rounds, STARTS)) told.push(...(await inTurn(compared, some, say)));
  return Object.keys(REQUESTS).map((name) => endpoint(name, told.map((round) => round[name]), counts[name]));
}

/** The numbers of so many rounds, as evenly as can be in so many lists, of which none is empty. */
function shared(rounds, lists) {
  const size = Math.ceil(rounds / lists);
  const numbers = [...Array(rounds).keys()];
  return numbers.filter((number) => number % size === 0).map((from) => numbers.slice(from, from + size));
}

/** Starts the Workers; what some rounds tell, each by request and Worker. Who begins changes. */
async function inTurn(compared, rounds, say) {
  say("  start");
  const starting = Object.entries(compared).map(([name, files]) => [name, start(name, files)]);
  return serving(say, Object.fromEntries(starting), async (servers) => {
    for (const server of Object.values(servers)) {
      server.workerd = workerd(server.group);
      for (const request of Object.values(REQUESTS)) await oha(server.port, request(-1, PATTERN), ...WARM_UP);
    }
    const told = [];
    for (const round of rounds) {
      say(`  round ${round + 1}`);
      const measured = {};
      for (const [place, [name, request]] of Object.entries(REQUESTS).entries()) {
        measured[name] = await compare(servers, (some) => request(round, some), round + place);
      }
      told.push(measured);
    }
    return told;
  });
}

/** What each costs one request: in turns on one connection, then on several. */
async function compare(servers, request, first) {
  const told = Object.fromEntries(Object.keys(servers).map((name) => [name, { took: [], cpu: 0 }]));
  const before = Object.fromEntries(Object.entries(servers).map(([name, { workerd }]) => [name, used(workerd)]));
  for (let turn = first; turn < first + TURNS; turn++) {
    for (const name of rotated(Object.keys(servers), turn)) {
      for (let count = 0; count < IN_TURN; count++) told[name].took.push(await timed(servers[name], request(CHOSEN)));
    }
  }
  const [connections, count] = TOGETHER;
  for (const name of rotated(Object.keys(servers), first)) {
    const sent = await oha(servers[name].port, request(PATTERN), connections, count);
    told[name].rps_16 = (1000 * count) / (Math.max(...sent.map(({ began, took }) => began + took)) - sent[0].began);
  }
  for (const [name, { workerd }] of Object.entries(servers)) {
    told[name].cpu_us = (used(workerd) - before[name]) / (TURNS * IN_TURN + count + connections);
  }
  return Object.fromEntries(Object.entries(told).map(([name, of]) => [name, figures(of)]));
}

async function timed(server, request) {
  const began = performance.now();
  await send(server, request);
  return performance.now() - began;
}

const rotated = (names, by) => names.map((_, place) => names[(place + by) % names.length]);

function figures({ took, rps_16, cpu_us }) {
  const sorted = took.sort((a, b) => a - b);
  const rps_1 = (1000 * took.length) / took.reduce((sum, ms) => sum + ms, 0);
  return { p50_ms: median(sorted), p95_ms: sorted[Math.floor(sorted.length * 0.95)], rps_1, rps_16, cpu_us };
}

/** D1 calls and rows of each request, by request and Worker, as D1 counts them. */
async function counted(compared) {
  const counts = {};
  for (const [worker, files] of Object.entries(compared)) {
    if (worker === "baseline") continue;
    const server = await start(worker, files, true);
    try {
      for (const [name, request] of Object.entries(REQUESTS)) {
        for (let round = 0; round < COUNTED; round++) {
          const ask = () => fetch(`http://127.0.0.1:${server.port}/counts`).then((answer) => answer.json());
          await ask();
          await send(server, request(round, CHOSEN));
          (counts[name] ??= {})[worker] = await ask();
        }
      }
    } finally {
      await server.stop();
    }
  }
  return counts;
}

/** An endpoint of the report: medians of the rounds, and ratios of what was measured in the same round. */
function endpoint(name, rounds, counts) {
  const told = { name };
  for (const worker of Object.keys(rounds[0])) {
    const of = (figure) => median(rounds.map((round) => round[worker][figure]));
    told[worker] = { ...Object.fromEntries(Object.keys(rounds[0][worker]).map((figure) => [figure, of(figure)])), ...counts[worker] };
    if (worker !== "edgepass") told[`ratio_${worker}`] = ratio(rounds, worker);
  }
  return told;
}

function ratio(rounds, worker) {
  const of = (figure) => rounds.map((round) => round.edgepass[figure] / round[worker][figure]);
  const [p50, cpu] = [of("p50_ms"), of("cpu_us")];
  const more = rounds.map((round) => round.edgepass.cpu_us - round[worker].cpu_us);
  const range = (ratios) => [Math.min(...ratios), Math.max(...ratios)];
  return { p50: median(p50), cpu: median(cpu), more_cpu_us: median(more), range: { p50: range(p50), cpu: range(cpu) } };
}
