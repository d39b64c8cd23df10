// How long a phone's request takes with few registrations and with many. SIZES=1000,10000000 sets other numbers. Ten million
// take 3 GB of memory and some minutes to fill.
import { randomBytes } from "node:crypto";
import { inTurns, median, spread, table, warm } from "./load.mjs";
import { PASS_BYTES, ours, requests, scaled } from "./phones.mjs";
import { edgepass, serving, start } from "./worker.mjs";

const SIZES = (process.env.SIZES || "1000,100000,1000000").split(",").map(Number);
/** A request at the largest size takes at most so many times as long as at the smallest, lists aside. */
const MOST_GROWTH = 1.3;
const DATABASE = 10e9; // bytes of the largest D1 database

export async function measure({ checkout, rounds = 6, say }) {
  const worker = edgepass(checkout);
  const starting = Object.fromEntries(SIZES.map((size) => [`n${size}`, () => {
    say(`  filling a database with ${size} registrations`);
    return start(worker, { seed: ours(scaled(size)), file: randomBytes(PASS_BYTES) });
  }]));
  return serving(starting, async (servers) => {
    const makers = Object.fromEntries(SIZES.map((size) => [`n${size}`, requests(scaled(size))]));
    await warm(servers, makers, 100);
    const names = Object.keys(makers[`n${SIZES[0]}`]).filter((name) => !name.includes("rival"));
    const told = names.map((name) => ({ name, rounds: [] }));
    for (let first = 0; first < rounds; first++) {
      for (const { name, rounds } of told) {
        rounds.push(await inTurns(servers, (size) => makers[size][name](), { turns: 6, each: 4, first }));
      }
    }
    return { sizes: SIZES, bytes: SIZES.map((size) => servers[`n${size}`].bytes), told };
  });
}

export function print({ sizes, bytes, told }, claim) {
  const [few, many] = [`n${sizes[0]}`, `n${sizes.at(-1)}`];
  const rows = told.map(({ name, rounds }) => {
    const growth = rounds.map((round) => round[many].p50 / round[few].p50);
    const p50 = sizes.map((size) => median(rounds.map((round) => round[`n${size}`].p50)).toFixed(2));
    return [name, ...p50, spread(growth), claim(median(growth), name.startsWith("list") ? undefined : MOST_GROWTH)];
  });
  const each = bytes.at(-1) / sizes.at(-1);
  const millions = (DATABASE / each / 1e6).toFixed(0);
  const notes = `One registration and a tenth of a pass take ${each.toFixed(0)} bytes: 10 GB hold ${millions} million.
A list of n passes that changed reads 2n + 2 rows, whatever the size. At 1,000 registrations these are few pages, which all
requests share.`;
  return table("Scale: p50 in ms, by registrations in the database", ["", ...sizes.map((size) => size.toLocaleString("en-US")),
    "largest : smallest", "at most"], rows, notes);
}
