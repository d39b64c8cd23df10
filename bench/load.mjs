// Requests one after the other on one connection, and what they cost.
import { Client } from "undici";
import { used, workerd } from "./cpu.mjs";
import { median } from "./report.mjs";

const clients = new WeakMap();

/** Sends a request and reads its answer; any other status than the expected one ends the bench. */
export function send(server, { method = "GET", path, headers = {}, body, expect }) {
  return new Promise((resolve, reject) => {
    const answer = {};
    const chunks = [];
    clientOf(server).dispatch({ method, path, headers, body }, {
      onRequestStart() {}, // by which undici knows this kind of handler
      onResponseStart: (_, status, headers) => Object.assign(answer, { status, headers }),
      onResponseData: (_, chunk) => chunks.push(chunk),
      onResponseEnd() {
        answer.body = Buffer.concat(chunks);
        if (answer.status === expect) resolve(answer);
        else reject(new Error(`${method} ${path}: ${answer.status} instead of ${expect}: ${answer.body.subarray(0, 500)}`));
      },
      onResponseError: (_, error) => reject(error),
    });
  });
}

/** Sends a request: milliseconds until its answer was read. */
export async function timed(server, request) {
  const began = performance.now();
  await send(server, request);
  return performance.now() - began;
}

/** Sends the requests: microseconds of workerd for each on average, and how long the median one took. */
export async function load(server, requests) {
  const id = workerd(server.group);
  const took = [];
  const before = used(id);
  for (const each of requests) took.push((await timed(server, each)) * 1000);
  return { cpu_us: (used(id) - before) / requests.length, p50_us: median(took) };
}

function clientOf(server) {
  if (!clients.has(server)) clients.set(server, new Client(`http://127.0.0.1:${server.port}`));
  return clients.get(server);
}
