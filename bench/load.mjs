// Requests one after the other on one connection, and what they cost.
import { Agent, request } from "node:http";
import { used, workerd } from "./cpu.mjs";
import { median } from "./report.mjs";

const agents = new Map();

/** Sends a request and reads its answer; any other status than the expected one ends the bench. */
export function send(server, { method = "GET", path, headers = {}, body, expect }) {
  const length = body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port: server.port, agent: agentOf(server), method, path };
    const sent = request({ ...options, headers: { ...headers, ...length } }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => {
        const read = { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) };
        if (read.status === expect) resolve(read);
        else reject(new Error(`${method} ${path}: ${read.status} instead of ${expect}: ${read.body.subarray(0, 500)}`));
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Sends the requests: microseconds of workerd for each on average, and how long the median one took. */
export async function load(server, requests) {
  const id = workerd(server.group);
  const took = [];
  const before = used(id);
  for (const each of requests) {
    const began = performance.now();
    await send(server, each);
    took.push((performance.now() - began) * 1000);
  }
  return { cpu_us: (used(id) - before) / requests.length, p50_us: median(took) };
}

function agentOf(server) {
  if (!agents.has(server)) agents.set(server, new Agent({ keepAlive: true, maxSockets: 1 }));
  return agents.get(server);
}

