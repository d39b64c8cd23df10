// `edgepass dev`: serves on this machine, plays a phone, and serves on until it is interrupted.
//
// State is in .wrangler/state of the project, also across versions. What it starts ends with it.
import { execFileSync } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Apns } from "../apns.mjs";
import { play } from "../demo.mjs";
import { STATE, prepareDatabase } from "../local-database.mjs";
import { Problem } from "../problem.mjs";
import { Project } from "../project.mjs";
import { Wrangler } from "../wrangler.mjs";

const IS_WINDOWS = process.platform === "win32";
const PORT = "8787";
const START_TIMEOUT = 60_000;
const STOP_TIMEOUT = 5_000;

/** @param {{ directory: string, port?: string, once?: boolean }} options @returns {Promise<number>} */
export async function run({ directory, port: wanted = PORT, once: isOnce }) {
  const project = Project.in(directory);
  const added = project.update();
  if (added.length) console.log(`wrangler.jsonc: added ${added.join(", ")}`);
  const { ISSUER_KEY: key } = project.devVars();
  if (!key) throw new Problem("ISSUER_KEY is missing in .dev.vars. Delete the file: `npx edgepass init .` makes another.");
  const port = await freePort(wanted);

  // CI: no questions, no keyboard shortcuts.
  const wrangler = new Wrangler(directory, { CI: "1" });
  mkdirSync(project.path(".wrangler"), { recursive: true });
  await prepareDatabase(project, wrangler);
  const apns = new Apns();
  const url = `http://127.0.0.1:${port}`;
  const worker = new Worker(wrangler, port, { PUBLIC_URL: url, APNS_URL: await apns.start(), TRUST_ANCHORS: "any" });
  try {
    worker.start(project.path(".wrangler/dev.log"));
    await worker.isReady(url);
    await Promise.race([play(url, key, apns), worker.hasFailed()]);
    console.log(`\nA phone accepts every answer. edgepass is ready on ${url}; the issuer key is in .dev.vars.`);
    if (isOnce) return 0;
    console.log("The log follows. Ctrl-C ends it.");
    worker.print();
    return await worker.hasFailed();
  } catch (error) {
    if (worker.isInterrupted) return 0;
    throw error;
  } finally {
    await worker.stop();
    apns.stop();
  }
}

class Worker {
  /** @param {Wrangler} wrangler @param {string} port @param {Record<string, string>} vars */
  constructor(wrangler, port, vars) {
    this.wrangler = wrangler;
    const given = Object.entries(vars).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
    this.args = ["dev", "--ip", "127.0.0.1", "--port", port, "--inspector-port", "0", "--persist-to", STATE,
      "--show-interactive-dev-session=false", "--var", "LOG_ALL:true", ...given];
  }

  /** @param {string} log where its output goes */
  start(log) {
    this.isInterrupted = false;
    this.hasEnded = false;
    // wrangler starts workerd as another process, so it gets a process group, which ends as a whole. Windows has none.
    this.child = this.wrangler.spawn(this.args, { stdio: ["ignore", "pipe", "pipe"], detached: !IS_WINDOWS });
    this.ended = once(this.child, "close").then(() => { this.hasEnded = true; });
    this.output = "";
    const file = createWriteStream(log);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.on("data", (piece) => { this.output = (this.output + piece).slice(-10_000); });
      stream.pipe(file, { end: false });
    }
    process.once("exit", () => this.kill("SIGKILL"));
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => this.interrupt());
    // Whoever read the output has gone.
    process.stdout.on("error", () => this.interrupt());
    // npx hands on no signal that it alone gets.
    const parent = process.ppid;
    if (process.env.npm_command) setInterval(() => process.ppid === parent || this.interrupt(), 500).unref();
  }

  interrupt() {
    this.isInterrupted = true;
    this.kill("SIGTERM");
  }

  /** @param {NodeJS.Signals} signal */
  kill(signal) {
    try {
      if (IS_WINDOWS) execFileSync("taskkill", ["/pid", String(this.child.pid), "/t", "/f"], { stdio: "ignore" });
      else process.kill(-this.child.pid, signal);
    } catch { /* it has ended */ }
  }

  /** @param {string} url */
  async isReady(url) {
    const deadline = Date.now() + START_TIMEOUT;
    while (!(await fetch(`${url}/healthz`).then((answer) => answer.ok, () => false))) {
      if (this.hasEnded || Date.now() > deadline) throw new Problem(`the Worker does not start:\n${this.output}`);
      await sleep(100);
    }
    // Somebody else may have taken the port and answered, in which case ours has ended.
    if (this.hasEnded) throw new Problem(`the Worker ended:\n${this.output}`);
  }

  print() {
    this.child.stdout.pipe(process.stdout);
    this.child.stderr.pipe(process.stderr);
  }

  /** Waits until the Worker ends, which it does not do by itself. @returns {Promise<never>} */
  async hasFailed() {
    await this.ended;
    throw new Problem(`the Worker ended:\n${this.output}`);
  }

  async stop() {
    this.kill("SIGTERM");
    const slow = setTimeout(() => this.kill("SIGKILL"), STOP_TIMEOUT);
    await this.ended;
    clearTimeout(slow);
  }
}

/** The port, if it is free. 0: any free port. @param {string} wanted @returns {Promise<string>} */
async function freePort(wanted) {
  if (!/^\d+$/.test(wanted) || Number(wanted) > 65535) throw new Problem("--port takes a number up to 65535.", 2);
  const server = createServer().listen(Number(wanted), "127.0.0.1");
  await once(server, "listening").catch(({ code }) => {
    const reason = code === "EADDRINUSE" ? "is in use" : `cannot be taken (${code})`;
    throw new Problem(`port ${wanted} ${reason}. Take another one with --port.`);
  });
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return String(port);
}
