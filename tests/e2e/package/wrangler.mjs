#!/usr/bin/env node
// A stand-in for wrangler and for Cloudflare's account, with the rules that the order of steps depends on. CLOUD names the file
// with the account. After command number CRASH_AFTER it kills the process that ran it.
import { readFileSync, writeFileSync, existsSync } from "node:fs";

const { CLOUD, CRASH_AFTER } = process.env;
const cloud = JSON.parse(readFileSync(CLOUD, "utf8"));
const args = process.argv.slice(2);
const config = existsSync("wrangler.jsonc") ? readFileSync("wrangler.jsonc", "utf8") : "";
const commands = {
  "whoami --json": () => print({ loggedIn: true, accounts: cloud.accounts }),
  "d1 list": () => print(cloud.database ? [{ name: "another" }, { name: cloud.database }] : [{ name: "another" }]),
  "d1 create": () => {
    if (cloud.database) refuse("A database with that name already exists");
    cloud.database = args[2];
    cloud.location = args[args.indexOf("--location") + 1];
  },
  "d1 migrations": () => {
    if (!cloud.database) refuse("Couldn't find a D1 DB named 'edgepass'");
    cloud.migrated = true;
  },
  deploy: () => {
    if (!cloud.migrated) refuse("a Worker must not run on a database without tables");
    cloud.worker = { publicUrl: /"PUBLIC_URL": "(.*)"/.exec(config)?.[1] ?? null };
    const domain = /"pattern": "(.*)"/.exec(config)?.[1];
    const targets = ["edgepass.shop.workers.dev", domain && `${domain} (custom domain)`, "schedule: * * * * *"].filter(Boolean);
    const lines = [{ type: "wrangler-session" }, { type: "deploy", version_id: "v1", targets }];
    writeFileSync(process.env.WRANGLER_OUTPUT_FILE_PATH, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  },
  "secret list": () => {
    if (!cloud.worker) refuse("Worker \"edgepass\" not found.");
    print(Object.keys(cloud.secrets).map((name) => ({ name, type: "secret_text" })));
  },
  "secret bulk": () => {
    const secrets = JSON.parse(readFileSync(0, "utf8"));
    const replaced = Object.keys(secrets).filter((name) => name in cloud.secrets);
    if (!cloud.worker || replaced.length) refuse(`no Worker, or secrets would be replaced: ${replaced}`);
    Object.assign(cloud.secrets, secrets);
  },
};

const line = args.join(" ");
const name = Object.keys(commands).find((command) => line.startsWith(command)) ?? refuse(`unknown: ${line}`);
commands[name]();
cloud.commands.push(line);
writeFileSync(CLOUD, JSON.stringify(cloud));
if (cloud.commands.length === Number(CRASH_AFTER)) process.kill(process.ppid, "SIGKILL");

function print(value) {
  console.log(`A notice\n${JSON.stringify(value, null, 2)}`);
}

function refuse(message) {
  console.error(message);
  process.exit(1);
}
