// What a request of a phone costs edgepass, the floor and the rival, in turns.
import { median } from "../report.mjs";
import { serving } from "../group.mjs";
import { used, workerd } from "../cpu.mjs";
import { oha } from "./oha.mjs";
import { REQUESTS } from "./requests.mjs";
import { start, workers } from "./workers.mjs";

/** Connections, and requests of each kind that they send in a round. Many short rounds: what disturbs one disturbs all. */
const LOADS = [[1, 40], [16, 128]];
const WARM_UP = [8, 400];
/** A request whose counts are told is the second of its kind: what an isolate does once is not what a request costs. */
const COUNTED = 2;

/** Runs the comparison; returns `endpoints` of the report. */
export async function endpoints(worker, baseline, directory, rounds, say) {
  const compared = workers(worker, baseline, directory);
  const counts = await counted(compared);
  const starting = Object.entries(compared).map(([name, files]) => [name, start(name, files)]);
  return serving(say, Object.fromEntries(starting), async (servers) => {
    for (const request of Object.values(REQUESTS)) {
      for (const { port } of Object.values(servers)) await oha(port, request(-1), ...WARM_UP);
    }
    const told = [];
    for (let round = 0; round < rounds; round++) {
      say(`  round ${round + 1} of ${rounds}`);
      told.push(await inTurn(servers, round));
    }
    return Object.keys(REQUESTS).map((name) => endpoint(name, told.map((round) => round[name]), counts[name]));
  });
}

/** What one round tells, by request and Worker. Who begins changes from request to request. */
async function inTurn(servers, round) {
  const told = {};
  for (const [place, [name, request]] of Object.entries(REQUESTS).entries()) {
    const names = Object.keys(servers);
    const from = (round + place) % names.length;
    told[name] = {};
    for (const worker of [...names.slice(from), ...names.slice(0, from)]) {
      told[name][worker] = await measured(servers[worker], request(round));
    }
  }
  return told;
}

async function measured({ group, port }, request) {
  const id = workerd(group);
  const before = used(id);
  const loads = [];
  for (const [connections, count] of LOADS) loads.push(await oha(port, request, connections, count));
  const [{ p50_ms, p95_ms, rps: rps_1 }, { rps: rps_16 }] = loads;
  const requests = LOADS.reduce((sum, [, count]) => sum + count, 0);
  return { p50_ms, p95_ms, rps_1, rps_16, cpu_us: (used(id) - before) / requests };
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
          await oha(server.port, request(round), 1, 1);
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
    const figures = Object.keys(rounds[0][worker]);
    const of = (figure) => median(rounds.map((round) => round[worker][figure]));
    told[worker] = { ...Object.fromEntries(figures.map((figure) => [figure, of(figure)])), ...counts[worker] };
    if (worker !== "edgepass") told[`ratio_${worker}`] = ratio(rounds, worker);
  }
  return told;
}

function ratio(rounds, worker) {
  const of = (figure) => rounds.map((round) => round.edgepass[figure] / round[worker][figure]).sort((a, b) => a - b);
  const [p50, cpu] = [of("p50_ms"), of("cpu_us")];
  const more = rounds.map((round) => round.edgepass.cpu_us - round[worker].cpu_us);
  const half = (ratios) => [ratios[ratios.length >> 2], ratios[ratios.length - 1 - (ratios.length >> 2)]];
  return { p50: median(p50), cpu: median(cpu), more_cpu_us: median(more), middle_half: { p50: half(p50), cpu: half(cpu) } };
}
