// A job of many creations while the Worker is killed again and again: each line has one outcome, and each pass is there. How
// long it takes, and how often it calls the database. `node bench/jobs.mjs 100000` runs it alone, as does `make bench
// PARTS=jobs LINES=100000`.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { identity } from "./identity.mjs";
import { freePort } from "./worker.mjs";

const REPOSITORY = join(import.meta.dirname, "..");
const BIN = join(REPOSITORY, "node_modules/.bin");
const PASS_TYPE = "pass.com.example.bench";
const KEY = "bench-key-0123456789abcdef-0123456789abcdef-0123456789abcdef";
const KILLS = 10;
const RESUME = "* * * * *";
/** How often the progress is asked for, in milliseconds. Each time costs the Worker a request. */
const EVERY = 500;

const config = {
  name: "edgepass",
  main: "build/index.js",
  compatibility_date: "2026-11-01",
  compatibility_flags: ["no_nodejs_compat", "no_nodejs_compat_v2"],
  d1_databases: [{ binding: "DB", database_name: "db", database_id: "db", migrations_dir: join(REPOSITORY, "migrations") }],
  r2_buckets: [{ binding: "PASSES", bucket_name: "passes" }],
  queues: {
    producers: [{ binding: "WORK", queue: "work" }],
    consumers: [{ queue: "work", max_batch_size: 1, max_concurrency: 20, max_retries: 20 }],
  },
  triggers: { crons: ["17 * * * *", RESUME] },
};

/** `wrangler dev` on a directory with its state. */
class Server {
  /** Lines and calls of the steps that were logged. */
  steps = { lines: 0, calls: 0, read: 0, written: 0 };
  trouble = [];

  constructor(trust) {
    this.state = mkdtempSync(join(tmpdir(), "edgepass-jobs-"));
    mkdirSync(join(this.state, "build"));
    for (const name of readdirSync(join(REPOSITORY, "build")).filter((name) => /\.(js|wasm)$/.test(name))) {
      copyFileSync(join(REPOSITORY, "build", name), join(this.state, "build", name));
    }
    const vars = { ISSUER_KEY: KEY, MASTER_KEY: KEY, PUBLIC_URL: "https://passes.example.com", TRUST_ANCHORS: trust };
    writeFileSync(join(this.state, "wrangler.json"), JSON.stringify({ ...config, vars }));
    this.environment = {
      ...process.env,
      PATH: `${BIN}:${process.env.PATH}`,
      CI: "1",
      WRANGLER_SEND_METRICS: "false",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
    };
    const apply = ["d1", "migrations", "apply", "DB", "--local", "--persist-to", ".", "--config", "wrangler.json"];
    execFileSync("wrangler", apply, {
      cwd: this.state, env: this.environment, stdio: ["ignore", "ignore", "pipe"],
    });
  }

  async start() {
    const port = await freePort();
    this.base = `http://127.0.0.1:${port}`;
    // A group of its own, so that a kill ends all of wrangler's processes.
    this.process = spawn("wrangler", ["dev", "--config", "wrangler.json", "--persist-to", ".", "--ip", "127.0.0.1", "--port",
      `${port}`, "--inspector-port", "0", "--log-level", "log", "--show-interactive-dev-session=false"],
      { cwd: this.state, env: this.environment, stdio: ["ignore", "pipe", "pipe"], detached: true });
    this.process.stderr.resume();
    const ready = Promise.withResolvers();
    this.process.once("exit", () => ready.reject(new Error("wrangler dev ended")));
    createInterface({ input: this.process.stdout }).on("line", (line) => {
      if (line.includes("Ready on")) ready.resolve();
      this.note(line);
    });
    await ready.promise;
  }

  note(line) {
    if (!line.startsWith("{")) return;
    const entry = JSON.parse(line);
    if (entry.job === "step") for (const name of Object.keys(this.steps)) this.steps[name] += entry[name];
    if (entry.trouble) this.trouble.push(line);
  }

  async kill() {
    this.process.removeAllListeners("exit");
    const ended = once(this.process, "exit");
    process.kill(-this.process.pid, "SIGKILL");
    await ended;
  }

  async stop() {
    if (this.process?.exitCode === null) await this.kill();
    rmSync(this.state, { recursive: true, force: true });
  }

  /** Cloudflare's queue keeps its messages when a Worker is killed, and wrangler's forgets them. The cron trigger finds a job
   * whose message was lost, after a minute. This saves the minute. */
  forgetMessages() {
    const folder = join(this.state, "v3/d1/miniflare-D1DatabaseObject");
    const file = readdirSync(folder).find((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite");
    const database = new DatabaseSync(join(folder, file));
    database.exec("PRAGMA busy_timeout = 5000; UPDATE jobs SET sent_at = 0 WHERE finished_at IS NULL");
    database.close();
  }

  async ask(method, path, expect, type, body) {
    const headers = { Authorization: `Bearer ${KEY}`, ...(type && { "Content-Type": type }) };
    const answer = await fetch(`${this.base}/issuer/v1/${path}`, { method, headers, body });
    const text = await answer.text();
    if (answer.status !== expect) throw new Error(`${method} ${path}: ${answer.status}: ${text.slice(0, 500)}`);
    return text;
  }

  trigger() {
    return fetch(`${this.base}/cdn-cgi/handler/scheduled?cron=${encodeURIComponent(RESUME)}`).then((answer) => answer.text());
  }
}

const serial = (place) => `S-${place}`;

function* lines(count) {
  for (let place = 1; place <= count; place++) {
    const own = { serialNumber: serial(place), template: "coffee", values: { points: place }, link: true };
    yield `${JSON.stringify({ op: "create", passTypeIdentifier: PASS_TYPE, ...own })}\n`;
  }
}

/** Works until the job is finished, and kills the Worker at random moments. Returns the milliseconds that it was down. */
async function work(server, job, count, kills, say) {
  const moments = Array.from({ length: kills }, () => Math.floor(Math.random() * count)).sort((a, b) => a - b);
  let down = 0;
  for (;;) {
    const progress = JSON.parse(await server.ask("GET", `jobs/${job}`, 200));
    if (progress.finished) return { down, progress };
    if (progress.done >= moments[0]) {
      moments.shift();
      await sleep(Math.random() * 300);
      const began = performance.now();
      await server.kill();
      server.forgetMessages();
      await server.start();
      await server.trigger();
      down += performance.now() - began;
      say(`killed and started again at ${progress.done} of ${count} lines`);
    }
    await sleep(EVERY);
  }
}

/** Each line has one outcome, a pass that was created, and there are no other passes. */
async function check(server, job, count) {
  const outcomes = (await server.ask("GET", `jobs/${job}/results`, 200)).trim().split("\n").map((line) => JSON.parse(line));
  if (outcomes.length !== count) throw new Error(`${outcomes.length} outcomes of ${count} lines`);
  outcomes.forEach(({ line, status, serialNumber, link }, place) => {
    const fine = line === place + 1 && status === 201 && serialNumber === serial(line) && link.includes("/links/");
    if (!fine) throw new Error(`the outcome at ${place + 1} is ${JSON.stringify(outcomes[place])}`);
  });
  const found = new Set();
  for (let cursor = ""; cursor !== null;) {
    const page = JSON.parse(await server.ask("GET", `passes?limit=1000${cursor && `&cursor=${cursor}`}`, 200));
    for (const { serialNumber } of page.passes) found.add(serialNumber);
    cursor = page.cursor;
  }
  const lost = outcomes.find(({ serialNumber }) => !found.has(serialNumber));
  if (found.size !== count || lost) throw new Error(`${found.size} passes of ${count} lines; lost: ${JSON.stringify(lost)}`);
}

export async function measure({ say, count = Number(process.env.LINES || 2000), kills = KILLS }) {
  const signing = identity(PASS_TYPE, "A1B2C3D4E5");
  const server = new Server(signing.intermediate);
  const interrupted = () => server.stop().then(() => process.exit(1));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, interrupted);
  try {
    await server.start();
    await server.ask("PUT", `pass-types/${PASS_TYPE}/signing-identity`, 201, "application/json", JSON.stringify(signing));
    const template = execFileSync("zip", ["-qr", "-", "."], { cwd: join(REPOSITORY, "examples/coffee.pass") });
    await server.ask("PUT", "templates/coffee", 201, "application/zip", template);
    const began = performance.now();
    const { job } = JSON.parse(await server.ask("POST", "jobs", 202, "application/x-ndjson", [...lines(count)].join("")));
    const taken = performance.now() - began;
    say(`${count} lines were taken in ${Math.round(taken)} ms`);
    const { down, progress } = await work(server, job, count, kills, say);
    const took = performance.now() - began - down;
    if (progress.succeeded !== count) throw new Error(`the job ended so: ${JSON.stringify(progress)}`);
    await check(server, job, count);
    const { lines: logged, calls, read, written } = server.steps;
    const per = (figure) => Math.round((figure / logged) * 1000);
    const used = { calls: per(calls), read: per(read), written: per(written) };
    return { count, kills, taken, took, down, ...used, trouble: server.trouble.length };
  } catch (error) {
    console.error(server.trouble.slice(-10).join("\n"));
    throw error;
  } finally {
    await server.stop();
  }
}

export function print({ count, kills, taken, took, down, calls, read, written, trouble }) {
  const seconds = (ms) => (ms / 1000).toFixed(1);
  const rows = [
    ["lines", "kills", "taken, s", "all, s", "down, s", "s for 1,000 lines", "calls", "rows read", "rows written"],
    [count, kills, seconds(taken), seconds(took), seconds(down), seconds(took / (count / 1000)), calls, read, written],
  ];
  const table = [rows[0], rows[0].map(() => "---"), rows[1]].map((row) => `| ${row.join(" | ")} |`).join("\n");
  const notes = ["Each line had one outcome, and each pass was there. Calls and rows are of D1, for 1,000 lines.",
    `\`all\` leaves out the time without a Worker. ${trouble} steps failed and were repeated.`];
  return `## A job of creations\n\n${table}\n\n${notes.join(" ")}\n`;
}

if (import.meta.main) {
  const count = Number(process.argv[2] ?? 2000);
  const kills = Number(process.argv[3] ?? KILLS);
  const fine = Number.isInteger(count) && count > 0 && Number.isInteger(kills);
  if (!fine) throw new Error("node bench/jobs.mjs [LINES] [KILLS]");
  console.log(print(await measure({ say: (text) => process.stderr.write(`bench: ${text}\n`), count, kills })));
}
