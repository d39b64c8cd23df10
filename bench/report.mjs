// The figures of all rounds as a table, and whether they are as good as is claimed.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The most CPU of a pass, as a part of what it costs the rival. */
const MOST_CPU = 0.2;
/** The most D1 calls for 1,000 devices that are pushed to. */
const MOST_CALLS = 3;
/** The most bytes of the bundle, compressed. */
const MOST_GZIP = 300_000;

const LEGEND = `
"edgepass" is all that workerd does from request to answer, with an SQLite file for D1 and memory for R2. "With simulated
D1 and R2" is the same by \`wrangler dev\`, whose D1 and R2 are JavaScript in the same process; in the cloud they are
services of their own. The rival does neither HTTP nor storage.`;

export function median(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Bytes of the bundle that is deployed, counted as scripts/size.sh does. */
export function bundle(build) {
  const files = ["index.js", "index_bg.wasm"].map((name) => join(build, name));
  const sum = (bytes) => files.map(bytes).reduce((a, b) => a + b, 0);
  return {
    raw: sum((file) => readFileSync(file).length),
    gzip: sum((file) => execFileSync("gzip", ["-9", "-c", file], { maxBuffer: 1 << 26 }).length),
  };
}

/** Prints the table, and tells whether the claims hold. */
export function print(report) {
  const { passes, devices, pushes, bundle } = report;
  const fine = [];
  const judge = (holds) => {
    fine.push(holds);
    return holds ? "holds" : "DOES NOT HOLD";
  };

  console.log(`edgepass ${report.commit}, Node ${report.node}: medians of ${report.rounds} rounds (smallest to largest)\n`);
  console.log(`CPU of one pass of ${report.bytes.edgepass} bytes (the rival's: ${report.bytes.rival})`);
  const names = {
    rival: "npm passkit-generator 3.6.1",
    "alone, PUT": "edgepass, new",
    "alone, PATCH": "edgepass, changed",
    "simulated, PUT": "with simulated D1 and R2, new",
    "simulated, PATCH": "with simulated D1 and R2, changed",
  };
  const base = cpu(passes, "rival");
  for (const [key, name] of Object.entries(names)) {
    const figures = cpu(passes, key);
    const part = ratios(figures, base);
    const claim = key.startsWith("alone") ? `at most ${MOST_CPU}: ${judge(median(part) <= MOST_CPU)}` : "";
    line(name, shown(figures.map(ms), 2, "ms"), key === "rival" ? "" : `${shown(part, 3, "of it")}  ${claim}`);
  }

  console.log("\nCPU of one request of a phone, and how long it took");
  for (const kind of ["alone", "simulated"]) {
    if (kind === "simulated") console.log("with simulated D1 and R2");
    for (const endpoint of Object.keys(devices[0])) {
      const figures = devices.map((round) => round[endpoint]);
      const now = cpu(figures, kind);
      const took = `${median(figures.map((figure) => ms(figure[kind].p50_us))).toFixed(1).padStart(5)} ms`;
      const old = report.baseline && ratios(now, cpu(figures, `${kind}, baseline`));
      const compared = old ? shown(old, 2, `of ${report.baseline}'s`) : "";
      line(endpoint, shown(now, 0, "µs"), `${took}${compared}`);
    }
  }

  console.log("\nPush: a pass that so many phones hold changes");
  for (const run of pushes) {
    const thousand = (figure) => figure / (run.phones / 1000);
    const mb = (bytes) => `${Math.round(bytes / 2 ** 20)} MB`;
    const once = run.pushes === run.phones && run.devices === run.phones && run.problems === 0;
    const calls = thousand(run.calls);
    console.log(`  ${run.phones} phones: ${Math.round(run.phones / run.seconds)} pushes/s, each phone once: ${judge(once)}`);
    console.log(`    D1 for 1,000 phones: ${calls.toFixed(2)} calls, at most ${MOST_CALLS}: ${judge(calls <= MOST_CALLS)};` +
      ` ${Math.round(thousand(run.rows_read))} rows read, ${Math.round(thousand(run.rows_written))} written`);
    console.log(`    memory of workerd, with simulated D1 and queue: ${mb(run.idle_bytes)} before,` +
      ` at most ${run.most_bytes.map(mb).join(" in the first half and ")} in the second`);
  }

  console.log(`\nBundle: ${bundle.raw} bytes, ${bundle.gzip} gzip, at most ${MOST_GZIP}: ${judge(bundle.gzip <= MOST_GZIP)}`);
  console.log(LEGEND);
  return fine.every(Boolean);
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
