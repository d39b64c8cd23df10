// What a request of a phone costs edgepass, the floor and the rival, in turns.
import { median } from "../report.mjs";
import { serving } from "../group.mjs";
import { used, workerd } from "../cpu.mjs";
import { send, timed } from "../load.mjs";
import { oha } from "./oha.mjs";
import { CHOSEN, PATTERN, REQUESTS } from "./requests.mjs";
import { warm } from "./warm.mjs";
import { start, workers } from "./workers.mjs";

/**
 * In a round each has so many turns with so many requests on one connection. Short turns: what disturbs one disturbs all. One more
 * request begins a turn and is not timed: what the others did has driven this one's code and data from the processor's caches.
 */
const [TURNS, IN_TURN] = [18, 5];
/** After that each sends so many on so many connections. */
const TOGETHER = [16, 64];
/** A request whose counts are told is the second of its kind: what an isolate does once is not what a request costs. */
const COUNTED = 2;

/** Runs the comparison; returns `endpoints` of the report. */
export async function endpoints(worker, baseline, directory, rounds, say) {
  const compared = workers(worker, baseline, directory);
  const counts = await counted(compared);
  const starting = Object.entries(compared).map(([name, files]) => [name, start(name, files)]);
  return serving(say, Object.fromEntries(starting), async (servers) => {
    await warm(servers);
    const told = [];
    for (let round = 0; round < rounds; round++) {
      say(`  round ${round + 1} of ${rounds}`);
      told.push(await inTurns(servers, round));
    }
    return Object.keys(REQUESTS).map((name) => endpoint(name, told.map((round) => round[name]), counts[name]));
  });
}

/** What one round tells, by request and Worker. Who begins changes from request to request. */
async function inTurns(servers, round) {
  const told = {};
  for (const [place, [name, request]] of Object.entries(REQUESTS).entries()) {
    told[name] = await compare(servers, (written) => request(round, written), round + place);
  }
  return told;
}

/** What each costs one request: in turns on one connection, then on several. */
async function compare(servers, request, first) {
  const names = Object.keys(servers);
  const told = names.map((name) => ({ server: servers[name], id: workerd(servers[name].group), cpu: 0, took: [] }));
  const inTurn = async (turn, ask) => {
    for (const each of order(told, turn)) {
      const before = used(each.id);
      await ask(each);
      each.cpu += used(each.id) - before;
    }
  };
  for (let turn = 0; turn < TURNS; turn++) {
    await inTurn(first * TURNS + turn, async ({ server, took }) => {
      await send(server, request(CHOSEN));
      for (let count = 0; count < IN_TURN; count++) took.push(await timed(server, request(CHOSEN)));
    });
  }
  await inTurn(first, async (each) => (each.rps_16 = await rate(each.server, request(PATTERN))));
  const requests = TURNS * (1 + IN_TURN) + TOGETHER[0] + TOGETHER[1];
  return Object.fromEntries(names.map((name, place) => {
    const { took, rps_16, cpu } = told[place];
    return [name, { ...latency(took), rps_16, cpu_us: cpu / requests }];
  }));
}

/** In another order each time: of three, each is first as often as the others, and comes as often after each of them. */
function order(all, turn) {
  const from = (turn >> 1) % all.length;
  const rotated = [...all.slice(from), ...all.slice(0, from)];
  return turn % 2 ? rotated.reverse() : rotated;
}

/** Requests per second on several connections, once each has had one. */
async function rate({ port }, request) {
  const [connections, count] = TOGETHER;
  const sent = await oha(port, request, connections, count);
  const ended = sent.map(({ began, took }) => began + took).sort((a, b) => a - b);
  // From the first answer to the last.
  return (1000 * (count - 1)) / (ended[count - 1] - ended[0]);
}

function latency(took) {
  const sorted = [...took].sort((a, b) => a - b);
  const rps_1 = (1000 * took.length) / took.reduce((sum, ms) => sum + ms, 0);
  return { p50_ms: median(took), p95_ms: sorted[Math.floor(took.length * 0.95)], rps_1 };
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
    const figures = Object.keys(rounds[0][worker]);
    const of = (figure) => median(rounds.map((round) => round[worker][figure]));
    told[worker] = { ...Object.fromEntries(figures.map((figure) => [figure, of(figure)])), ...counts[worker] };
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
