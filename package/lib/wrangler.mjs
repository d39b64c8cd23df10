// Runs wrangler: the project's own if it is installed, else the one on PATH.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isNodeTooOld } from "./paths.mjs";
import { Problem } from "./problem.mjs";

export class Wrangler {
  /** @param {string} directory where wrangler.jsonc is @param {Record<string, string>} [environment] */
  constructor(directory, environment = {}) {
    this.directory = directory;
    this.environment = { ...process.env, WRANGLER_SEND_METRICS: "false", ...environment };
  }

  /** Starts it. @param {string[]} args @param {import("node:child_process").SpawnOptions} options */
  spawn(args, { env, ...options } = {}) {
    const [command, ...first] = this.command();
    return spawn(command, [...first, ...args], { cwd: this.directory, env: { ...this.environment, ...env }, ...options });
  }

  /**
   * Runs it in the terminal, where it may ask questions. Throws if it fails.
   * @param {string[]} args @param {Record<string, string>} [env]
   */
  async run(args, env) {
    const status = await ended(this.spawn(args, { env, stdio: "inherit" }));
    if (status !== 0) throw new Problem(`wrangler ${args.join(" ")} failed. Correct that, and run the same command again.`);
  }

  /**
   * Runs it and returns what it prints. Throws with its complaint if it fails.
   * @param {string[]} args @param {string} [input]
   */
  async read(args, input = "") {
    const child = this.spawn(args, { stdio: ["pipe", "pipe", "pipe"] });
    let printed = "";
    let complaint = "";
    child.stdout.on("data", (piece) => { printed += piece; });
    child.stderr.on("data", (piece) => { complaint += piece; });
    child.stdin.on("error", () => {}); // it may end without having read
    child.stdin.end(input);
    const status = await ended(child);
    if (status !== 0) throw new Problem(`wrangler ${args.join(" ")} failed:\n${(printed + complaint).trim()}`);
    return printed;
  }

  /** Like `read`, for a command that prints JSON. @param {string[]} args */
  async json(args) {
    const printed = await this.read(args);
    try {
      // Notices may come before it.
      return JSON.parse(printed.slice(printed.search(/^[[{]/m)));
    } catch {
      throw new Problem(`wrangler ${args.join(" ")} printed no JSON:\n${printed}`);
    }
  }

  command() {
    const own = join(this.directory, "node_modules/wrangler/bin/wrangler.js");
    if (!existsSync(own)) return ["wrangler"];
    const node = join(this.directory, "node_modules/node/bin", process.platform === "win32" ? "node.exe" : "node");
    if (!isNodeTooOld()) return [process.execPath, own];
    if (existsSync(node)) return [node, own];
    throw new Problem("wrangler needs Node.js 22.12 or newer. Run `npx edgepass init .`, which installs it in this folder.");
  }
}

/** @param {import("node:child_process").ChildProcess} child @returns {Promise<number>} its exit status */
function ended(child) {
  return new Promise((resolve, reject) => {
    const advice = "`npx edgepass init .` installs it";
    child.once("error", (error) => reject(new Problem(`wrangler does not run: ${error.message}. ${advice}.`)));
    child.once("close", (status) => resolve(status ?? 1));
  });
}
