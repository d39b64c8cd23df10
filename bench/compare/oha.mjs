// Load by `oha` of crates.io, which setup.sh installs.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const OHA = join(import.meta.dirname, "../../.tools/bin/oha");

/** Sends so many requests on so many connections. Any other status than the expected one ends the bench. */
export async function oha(port, { method, path, headers, body, expect }, connections, count) {
  const options = ["-n", count, "-c", connections, "--no-tui", "--output-format", "json", "-m", method].map(String);
  for (const [name, value] of Object.entries(headers)) options.push("-H", `${name}: ${value}`);
  if (body !== undefined) options.push("-d", body);
  options.push("--rand-regex-url", `http://127.0.0.1:${port}${path}`);
  const { stdout } = await promisify(execFile)(OHA, options, { maxBuffer: 1 << 24 });
  const { latencyPercentiles, statusCodeDistribution, errorDistribution, summary } = JSON.parse(stdout);
  if (statusCodeDistribution[expect] !== count) {
    throw new Error(`${method} ${path}: ${JSON.stringify({ statusCodeDistribution, errorDistribution })}`);
  }
  return { p50_ms: latencyPercentiles.p50 * 1000, p95_ms: latencyPercentiles.p95 * 1000, rps: summary.requestsPerSec };
}
