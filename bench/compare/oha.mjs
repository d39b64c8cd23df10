// Load by `oha` of crates.io, which setup.sh installs.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const OHA = join(import.meta.dirname, "../../.tools/bin/oha");

/**
 * Sends so many requests on so many connections, and others before them that open the connections and are not told of: when each
 * began and how long it took, in milliseconds. Any other status than the expected one ends the bench.
 */
export async function oha(port, { method, path, headers, body, expect }, connections, count) {
  const options = ["-n", count + connections, "-c", connections, "--no-tui", "--output-format", "csv", "-m", method].map(String);
  for (const [name, value] of Object.entries(headers)) options.push("-H", `${name}: ${value}`);
  if (body !== undefined) options.push("-d", body);
  options.push("--rand-regex-url", `http://127.0.0.1:${port}${path}`);
  const { stdout, stderr } = await promisify(execFile)(OHA, options, { maxBuffer: 1 << 24 });
  const [titles, ...lines] = stdout.trim().split("\n");
  if (titles !== "request-start,DNS,DNS+dialup,Response-delay,request-duration,bytes,status") throw new Error(`oha: ${titles}`);
  const requests = lines.map((line) => {
    const [began, , , , took, , status] = line.split(",").map(Number);
    return { began: began * 1000, took: took * 1000, status };
  });
  // oha tells what was answered only.
  const failed = `${method} ${path}: ${requests.length} of ${count + connections} were answered`;
  if (requests.length !== count + connections) throw new Error(`${failed}\n${stderr}`);
  const unexpected = requests.find(({ status }) => status !== expect);
  if (unexpected) throw new Error(`${failed}, with ${unexpected.status} instead of ${expect}`);
  return requests.sort((a, b) => a.began - b.began).slice(connections);
}
