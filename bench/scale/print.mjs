// What size does, as tables.
import { median } from "../report.mjs";

/** The most that a request may take longer at the largest size than at the smallest. */
const MOST_GROWTH = 1.3;
/** The most bytes of a registration, with both of its indexes. */
const MOST_BYTES = 250;
/** Bytes of the largest D1 database. */
const DATABASE = 10e9;

const LEGEND = `
SQLite is what the endpoints ask of it natively, with 2 MB of cache as in workerd and the file in memory of the operating system;
"reads" are pages that this cache did not have. Over HTTP it is whole requests to local D1 with the same files, one at a time.
A list follows the device's own passes, which at a thousand registrations are few pages that everybody's requests share.`;

/** Prints the tables; `judge` says whether a claim holds. */
export function printScale({ native, d1 }, judge) {
  console.log(`\nScale: SQLite ${native.sqlite}, µs of a request's one call, at so many registrations`);
  const header = (sizes) => sizes.map(({ registrations }) => short(registrations).padStart(8)).join("");
  console.log(`  ${"".padEnd(20)}${header(native.sizes)}   largest : smallest    instructions   reads`);
  for (const { request, sizes } of native.requests) {
    const [{ instructions: few, reads }, { instructions: many, reads: most }] = [sizes[0], sizes.at(-1)];
    const told = `${range(few, many).padStart(12)}   ${reads?.toFixed(1)} to ${most?.toFixed(1)}`;
    console.log(`  ${request.padEnd(20)}${figures(sizes, 1, 1)}   ${shown(growth(sizes))}${told}`);
  }

  const added = native.requests.filter(({ request }) => !request.startsWith("list")).map(({ sizes }) => added_us(sizes));
  console.log(`  The largest size adds ${Math.max(...added).toFixed(0)} µs at most to a request that is no list`);

  console.log("\nScale: local D1 over HTTP, ms of a request, at so many registrations");
  console.log(`  ${"".padEnd(20)}${header(d1[0].sizes)}   largest : smallest`);
  for (const { request, sizes } of d1) {
    const ratios = growth(sizes);
    const list = request.startsWith("list");
    const claim = list ? "" : `  at most ${MOST_GROWTH}: ${judge(median(ratios) <= MOST_GROWTH)}`;
    console.log(`  ${request.padEnd(20)}${figures(sizes, 1000, 2)}   ${shown(ratios)}${claim}`);
  }

  console.log("\nScale: the most rows that D1 counts for a request");
  for (const { request, sizes } of d1) {
    const told = [...new Set(sizes.map(({ calls, read, written }) => `${calls} call, ${read} read, ${written} written`))];
    console.log(`  ${request.padEnd(20)}${told.join("; ")}; the same at each size: ${judge(told.length === 1)}`);
  }
  bytes(native, judge);
  console.log(LEGEND);
}

function bytes({ sizes, twelve_digits: digits }, judge) {
  console.log("\nScale: bytes of the database, devices having arrived in no order; ten registrations of each pass");
  console.log(`  ${"registrations".padEnd(34)}  registration      pass   levels of registrations, passes   filled in`);
  for (const size of [...sizes, digits]) {
    const name = size === digits ? `, serial numbers of 12` : "";
    const levels = ["registrations", "passes"].map((table) => size.trees.find((tree) => tree.of === table && tree.is === "table").levels);
    console.log(`  ${`${short(size.registrations)}${name}`.padEnd(34)} ${size.per_registration.toFixed(0).padStart(13)}` +
      `${size.per_pass.toFixed(0).padStart(10)}   ${levels.join(", ").padEnd(31)}   ${size.filled_in_seconds.toFixed(1)} s`);
  }
  const largest = sizes.at(-1);
  const each = largest.per_registration + largest.per_pass * (largest.passes / largest.registrations);
  console.log(`  A registration with its indexes takes at most ${MOST_BYTES}: ${judge(largest.per_registration <= MOST_BYTES)}`);
  console.log(`  A database of 10 GB holds ${short(DATABASE / each)} registrations with their passes`);
}

const growth = (sizes) => sizes.at(-1).p50_us.map((most, round) => most / sizes[0].p50_us[round]);

const added_us = (sizes) => median(sizes.at(-1).p50_us) - median(sizes[0].p50_us);

const figures = (sizes, unit, digits) =>
  sizes.map(({ p50_us }) => (median(p50_us) / unit).toFixed(digits).padStart(8)).join("");

const shown = (ratios) =>
  `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`.padEnd(22);

const range = (a, b) => (Math.abs(a - b) < 1 ? `${Math.round(a)}` : `${Math.round(a)} to ${Math.round(b)}`);

function short(count) {
  if (count < 1e6) return count < 1000 ? `${count}` : `${count / 1000}k`;
  return `${Number((count / 1e6).toFixed(1))}M`;
}
