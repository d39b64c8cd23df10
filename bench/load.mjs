// Sends requests, measures how long they take, and makes tables of it.
import { request } from "node:http";
import { used } from "./worker.mjs";

/** Sends a request and reads its answer. A status that is not the expected one ends the bench. */
export function send({ port, agent }, { method = "GET", path, headers = {}, body, expect = 200 }) {
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host: "127.0.0.1", port, method, path, headers }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => {
        const read = Buffer.concat(chunks);
        if (answer.statusCode === expect) resolve(read);
        else reject(new Error(`${method} ${path}: ${answer.statusCode} instead of ${expect}: ${read.subarray(0, 500)}`));
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** The milliseconds from sending a request to reading its answer. */
export async function timed(server, request) {
  const began = performance.now();
  await send(server, request);
  return performance.now() - began;
}

/** Sends so many requests on so many connections. Returns the answers per second. */
export async function together(server, make, connections, count) {
  let left = count;
  const began = performance.now();
  await Promise.all(Array.from({ length: connections }, async () => {
    while (left-- > 0) await send(server, make());
  }));
  return (count * 1000) / (performance.now() - began);
}

/** Sends each server many requests of each kind: V8 optimises a WebAssembly function only after thousands of requests. */
export const warm = (servers, makers, count = 1000) =>
  Promise.all(Object.entries(servers).map(async ([name, server]) => {
    for (const make of Object.values(makers[name])) await together(server, make, 16, count);
  }));

/**
 * Asks the servers in short turns, so that a disturbance hits all of them. Each turn begins with a request that is not timed,
 * because the other servers have filled the processor's caches. Returns figures by server.
 */
export async function inTurns(servers, make, { turns, each, at16 = 0, first = 0 }) {
  const told = Object.keys(servers).map((name) => ({ name, server: servers[name], took: [], cpu: 0 }));
  const turn = async (number, work) => {
    // Each server is first equally often, and follows each other server equally often.
    const from = (number >> 1) % told.length;
    const order = [...told.slice(from), ...told.slice(0, from)];
    for (const one of number % 2 ? order.reverse() : order) {
      const before = used(one.server);
      await work(one);
      one.cpu += used(one.server) - before;
    }
  };
  for (let number = 0; number < turns; number++) {
    await turn(first + number, async ({ name, server, took }) => {
      await send(server, make(name));
      for (let count = 0; count < each; count++) took.push(await timed(server, make(name)));
    });
  }
  if (at16) await turn(first, async (one) => (one.at16 = await together(one.server, () => make(one.name), 16, at16)));
  return Object.fromEntries(told.map(({ name, took, cpu, at16: rate }) => {
    const p95 = took.sort((a, b) => a - b)[Math.floor(took.length * 0.95)];
    return [name, { p50: median(took), p95, at16: rate, cpu: cpu / (turns * (1 + each) + at16) }];
  }));
}

export function median(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of the rounds, with the lowest and the highest. */
export const spread = (figures, digits = 2) =>
  `${median(figures).toFixed(digits)} (${Math.min(...figures).toFixed(digits)} to ${Math.max(...figures).toFixed(digits)})`;

/** A table in Markdown that is also readable on a terminal. */
export function table(title, head, rows, notes = "") {
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => `${row[at]}`.length)));
  const pad = (cell, at) => (at ? `${cell}`.padStart(widths[at]) : `${cell}`.padEnd(widths[at]));
  const line = (row) => `| ${row.map(pad).join(" | ")} |`;
  const rule = `|${widths.map((width, at) => (at ? `${"-".repeat(width + 1)}:` : "-".repeat(width + 2))).join("|")}|`;
  return [`## ${title}`, "", line(head), rule, ...rows.map(line), "", ...(notes ? [notes, ""] : [])].join("\n");
}
