// What requests of phones cost, as tables.

/** What was aimed at, and the most that is claimed, of the rival's p50 and of the floor's p50 and CPU. */
const OF_RIVAL = {
  list: { p50: { aim: 1, most: 1.25 } },
  other: { p50: { aim: 0.6, most: 0.85 } },
  // The rival keeps files as edgepass does.
  "send, 200, rival in R2": { p50: { aim: 0.9, most: 1 } },
  // The rival asks for the token alone, and refuses without a second question.
  refused: {},
};
const OF_FLOOR = {
  other: { p50: { aim: 1.05, most: 1.3 }, cpu: { aim: 1.15, most: 1.25 } },
  // edgepass logs what it refuses; the floor logs nothing.
  refused: { p50: { aim: 1.05, most: 1.6 }, cpu: { aim: 1.15, most: 1.5 } },
};

const LEGEND = `
Each Worker is alone in a workerd, with Miniflare's D1 and R2 in memory, and is warm. They are asked in turns of a few requests, one
after the other on one connection by npm undici, which p50, p95 and 1/s are of; 16/s is what oha gets on 16. The floor is a Worker in
JavaScript that does nothing but ask D1 the same and answer; "the floor" is its p50 in that of the other. The rival is hono
with hono-passkit-webservice and a store in D1. CPU is all of workerd's, the simulated D1 and R2 included, while it is asked.
"Repeated" is within a minute of the last time, and writes nothing; "later" writes. Figures are medians of the rounds; ratios, and
how much more CPU it is, are medians of what was measured in the same round, in parentheses the lowest to the highest round.`;

const aims = { met: 0, missed: 0 };

/** Prints the tables. */
export function printEndpoints(endpoints, judge) {
  const workers = ["edgepass", "floor", "rival", "baseline"].filter((name) => endpoints[0][name]);
  for (const worker of workers) {
    console.log(`\n${worker.padEnd(28)}   p50 ms   p95 ms      1/s     16/s   CPU µs   D1 calls, rows read, written`);
    for (const { name, [worker]: told } of endpoints) {
      const figures = [told.p50_ms.toFixed(2), told.p95_ms.toFixed(2), told.rps_1.toFixed(0), told.rps_16.toFixed(0), told.cpu_us.toFixed(0)];
      const asked = told.d1_calls === undefined ? "" : `   ${[told.d1_calls, told.rows_read, told.rows_written].join(", ")}`;
      console.log(`  ${name.padEnd(26)}${figures.map((figure) => figure.padStart(9)).join("")}${asked}`);
    }
  }
  const ofRival = (name) => OF_RIVAL[name] ?? OF_RIVAL[name.startsWith("list") ? "list" : "other"];
  compared(endpoints, "rival", ofRival, judge);
  compared(endpoints, "floor", (name) => OF_FLOOR[name] ?? OF_FLOOR.other, judge);
  console.log(`\nOf ${aims.met + aims.missed} aims ${aims.met} were met and ${aims.missed} missed`);
  if (workers.includes("baseline")) compared(endpoints, "baseline", () => ({}), judge);
  console.log(LEGEND);
}

function compared(endpoints, worker, limits, judge) {
  console.log(`\nedgepass : ${worker}`);
  for (const { name, floor, [worker]: other, [`ratio_${worker}`]: ratio } of endpoints) {
    const told = Object.entries(ratio.range).map(([figure, [from, to]]) => {
      const spread = `${figure} ${ratio[figure].toFixed(2)} (${from.toFixed(2)} to ${to.toFixed(2)})`;
      return (spread + claim(ratio[figure], limits(name)[figure], judge)).padEnd(62);
    });
    const more = `${ratio.more_cpu_us.toFixed(0).padStart(6)} µs more`;
    const least = worker === "floor" ? "" : `   the floor ${(floor.p50_ms / other.p50_ms).toFixed(2)}`;
    console.log(`  ${name.padEnd(24)} ${told.join(" ")}${more}${least}`);
  }
}

function claim(ratio, limit, judge) {
  if (limit === undefined) return "";
  const { aim, most } = limit;
  const met = ratio <= aim;
  aims[met ? "met" : "missed"] += 1;
  return ` aim ${aim}: ${met ? "met" : "missed"}, at most ${most}: ${judge(ratio <= most)}`;
}
