#!/usr/bin/env node
// The command `edgepass`. Each command is a file in ../lib, loaded when it is needed.
import { parseArgs } from "node:util";
import { Problem } from "../lib/problem.mjs";
import { VERSION } from "../lib/paths.mjs";

const USAGE = `edgepass ${VERSION}: the web service behind Apple Wallet passes, on Cloudflare Workers

  edgepass init DIR                     make a project in DIR, or update the project in it to this version
  edgepass dev [--port N] [--once]      serve on 127.0.0.1 (N: 8787) and play a phone; --once ends then
  edgepass deploy [--domain NAME]       deploy to Cloudflare: database, bucket, queue, migrations, Worker, secrets
                  [--location PLACE]    where a new database is: weur, eeur, wnam, enam, apac or oc
                  [--adopt]             go on with a Worker that another project deployed
  edgepass doctor [URL]                 say whether the service at URL is ready for phones
  edgepass certificate-request TYPE     make a private key and a certificate request for Apple's site, in this folder
  edgepass certificate TYPE FILE.cer    store Apple's certificate and that key as the signing identity of the pass type
  edgepass identity TYPE FILE.p12       store a signing identity that Keychain Access exported
                                        (its password: EDGEPASS_PASSWORD, or asked for)

  --url URL   for certificate and identity: the service, instead of the deployed one
The issuer key is read from EDGEPASS_ISSUER_KEY, or from the project: .dev.vars for this machine, else secrets.json.`;

/** Options, and the number of arguments: fewest and most. */
const COMMANDS = {
  init: { options: { "no-install": { type: "boolean" } }, takes: [1, 1] },
  dev: { options: { port: { type: "string" }, once: { type: "boolean" } }, takes: [0, 0] },
  deploy: {
    options: { domain: { type: "string" }, location: { type: "string" }, adopt: { type: "boolean" } },
    takes: [0, 0],
  },
  doctor: { options: {}, takes: [0, 1] },
  "certificate-request": { options: {}, takes: [1, 1] },
  certificate: { options: { url: { type: "string" } }, takes: [2, 2] },
  identity: { options: { url: { type: "string" } }, takes: [2, 2] },
};

/** @returns {Promise<number>} the exit status */
async function main([name, ...rest]) {
  if (name === undefined || ["help", "--help", "-h"].includes(name)) {
    console.log(USAGE);
    return 0;
  }
  if (name === "--version") {
    console.log(VERSION);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new Problem(`There is no command ${name}.\n\n${USAGE}`, 2);
  const { values, positionals } = read(rest, command);
  const { run } = await import(`../lib/commands/${name}.mjs`);
  return (await run({ directory: process.cwd(), ...values }, ...positionals)) ?? 0;
}

function read(args, { options, takes: [fewest, most] }) {
  try {
    const parsed = parseArgs({ args, options, allowPositionals: true });
    if (parsed.positionals.length >= fewest && parsed.positionals.length <= most) return parsed;
  } catch (error) {
    throw new Problem(`${error.message}\n\n${USAGE}`, 2);
  }
  throw new Problem(USAGE, 2);
}

main(process.argv.slice(2)).then(
  (status) => { process.exitCode = status; },
  (error) => {
    // Those of the file system name the file: no access, no space, a folder.
    const isClear = error instanceof Problem || error.path !== undefined;
    console.error(isClear ? `edgepass: ${error.message}` : error);
    process.exitCode = error.status ?? 1;
  },
);
