// What a fresh isolate takes to its first answer, as a table.
import { median } from "../report.mjs";

/** What the first answer is aimed to take at most, as a multiple of the floor's. The steps tell why it is more. */
const AIM = 1.5;
/** Milliseconds that Workers gives a Worker's global scope, and the most of them that edgepass uses. */
const [LIMIT, MOST] = [1000, 50];

const STEPS = [
  ["an isolate and its answer, of a Worker of one line", "empty", "loader"],
  ["its WebAssembly is validated", "compiled", "bytes"],
  ["its JavaScript runs, which makes an instance", "instantiated", "compiled"],
  ["it answers: the functions for that are compiled", "unlogged", "instantiated"],
  ["it logs: so does workerd, in JavaScript", "edgepass", "unlogged"],
];

const LEGEND = `
Of \`GET /healthz\`, in a workerd that has been running, without what the loader of the isolates takes itself, and without what it
takes to hand over the bytes of WebAssembly, which in the cloud are there already. The steps are Workers that do one thing more each.`;

/** Prints the table; `judge` says whether a claim holds. */
export function printStartup({ rounds, functions }, judge) {
  const steps = (round, names) => STEPS.filter(([, step]) => names.includes(step)).map(([, a, b]) => round[a] - round[b]);
  const sum = (names) => rounds.map((round) => steps(round, names).reduce((a, b) => a + b, 0));
  const edgepass = sum(STEPS.map(([, step]) => step));
  const floor = rounds.map((round) => round.floor - round.loader);
  const times = edgepass.map((ms, round) => ms / floor[round]);

  console.log("\nStart: from a fresh isolate to its first answer");
  line("the floor", floor);
  line("edgepass", edgepass, told(median(times)));
  for (const [name, step, before] of STEPS) line(`  ${name}`, rounds.map((round) => round[step] - round[before]));
  for (const [name, kind] of [["until there is an instance", "instantiated"], ["until it has answered", "unlogged"]]) {
    const { count, bytes, us } = functions[kind];
    console.log(`  WebAssembly compiled ${name}: ${count} functions of ${bytes} bytes in ${(us / 1000).toFixed(1)} ms`);
  }
  const started = median(sum(["empty", "compiled", "instantiated"]));
  console.log(`  ${started.toFixed(0)} ms until there is an instance, of ${LIMIT} that Workers gives a start;` +
    ` at most ${MOST}: ${judge(started <= MOST)}`);
  console.log(LEGEND);
}

const told = (times) => `${times.toFixed(2)} times${times > AIM ? `, not the ${AIM} that were aimed at, because of` : ""}`;

function line(name, figures, more = "") {
  const shown = `${median(figures).toFixed(1).padStart(6)} ms (${Math.min(...figures).toFixed(1)} to ${Math.max(...figures).toFixed(1)})`;
  console.log(`  ${name.padEnd(54)}${shown.padEnd(26)} ${more}`.trimEnd());
}
