// `node bench/cost.mjs` prints the tables of docs/cost.md: the cost of requests at Cloudflare, from the figures in
// cost/usage.json and cost/prices.json. `--check` fails if the page has other tables, and `--put` replaces them.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const read = (path) => JSON.parse(readFileSync(join(import.meta.dirname, path), "utf8"));
const PAGE = join(import.meta.dirname, "../docs/cost.md");
const prices = read("cost/prices.json");
const usage = read("cost/usage.json");

/** The number of passes in the example, each on one phone. PASSES=2000 sets another one. */
const PASSES = Number(process.env.PASSES ?? 1e6);
/** The operations that a change of a pass causes. */
const CHANGE = ["publish: change a pass that phones hold", "push: one phone, a pass of its own", "list, one pass", "send, 200"];
/** The bytes of a pass file in `make bench`, and the bytes in D1 that a pass and its registration are assumed to take. */
const [FILE, ROWS] = [104_496, 1000];
/** The days for which a replaced file stays, so that D1 can be restored, and the days of a month. */
const [KEPT, MONTH] = [30, 30];

const dollars = (amount) => `$${amount.toFixed(2)}`;
const quantity = (count) => count.toLocaleString("en-US", { maximumFractionDigits: 3 });
const row = (...cells) => `| ${cells.join(" | ")} |`;

/** The price of a million in dollars, without the amount that the plan includes. */
const million = (used) =>
  Object.entries(prices).reduce((sum, [meter, price]) => sum + (used[meter] ?? 0) * (price.million ?? 0), 0);

function eachMillion() {
  const meters = ["cpu_ms", "read", "written", "class_a", "class_b", "queue"];
  const rows = Object.entries(usage).map(([name, used]) =>
    row(name, ...["request", ...meters].map((meter) => quantity(used[meter] ?? 0)), dollars(million(used))));
  return [
    row("One of them", "requests", "CPU ms", "rows read", "rows written", "R2 class A", "R2 class B", "queue", "A million"),
    "|---|---|---|---|---|---|---|---|---|",
    ...rows,
  ];
}

/** The price of a month's use of a meter. */
function charged(meter, used) {
  const { million, each, included, rounded } = prices[meter];
  const units = Math.max(0, used - included) / (each === undefined ? 1e6 : 1);
  return (rounded ? Math.ceil(units) : units) * (million ?? each);
}

/** The use of a month of the example, in which each pass changes so often. */
function month(changes) {
  const used = {};
  for (const name of CHANGE) {
    for (const [meter, count] of Object.entries(usage[name])) used[meter] = (used[meter] ?? 0) + count * PASSES * changes;
  }
  used.d1_gb = (PASSES * ROWS) / 1e9;
  used.r2_gb = (PASSES * (1 + (changes * KEPT) / MONTH) * FILE) / 1e9;
  return used;
}

function example() {
  const months = [1, MONTH].map(month);
  const meters = Object.keys(prices).filter((meter) => months[0][meter] !== undefined);
  const costs = months.map((used) => meters.map((meter) => charged(meter, used[meter])));
  const total = (amounts) => amounts.reduce((a, b) => a + b, prices.subscription);
  return [
    row("In a month", "each pass once", "costs", "each pass daily", "costs"),
    "|---|---|---|---|---|",
    ...meters.map((meter, at) => row(prices[meter].name,
      ...months.flatMap((used, which) => [quantity(used[meter]), dollars(costs[which][at])]))),
    row("Workers Paid", "", dollars(prices.subscription), "", dollars(prices.subscription)),
    row("**Sum**", "", `**${dollars(total(costs[0]))}**`, "", `**${dollars(total(costs[1]))}**`),
  ];
}

/** Replaces the tables of the page. */
function put(tables) {
  const page = tables.reduce((page, table) => {
    const [head] = table.split("\n");
    const at = page.indexOf(`${head}\n`);
    return page.slice(0, at) + table + page.slice(page.indexOf("\n\n", at));
  }, readFileSync(PAGE, "utf8"));
  writeFileSync(PAGE, page);
}

const [option] = process.argv.slice(2);
const tables = [eachMillion(), example()].map((lines) => lines.join("\n"));
if (option === "--put") put(tables);
if (option === "--check") {
  const page = readFileSync(PAGE, "utf8");
  if (!tables.every((table) => page.includes(`\n${table}\n`))) {
    console.error("docs/cost.md does not have the tables of bench/cost.mjs");
    process.exitCode = 1;
  }
} else {
  console.log(tables.join("\n\n"));
}
