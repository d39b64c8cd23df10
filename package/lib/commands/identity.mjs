// `edgepass identity TYPE FILE.p12`: stores what Keychain Access exports. The service opens the file.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { requireIssuerKey, serviceUrl } from "../keys.mjs";
import { Problem } from "../problem.mjs";
import { Issuer } from "../service.mjs";
import { store } from "./certificate.mjs";

/** @param {{ directory: string, url?: string }} options @param {string} type @param {string} file */
export async function run({ directory, url: given }, type, file) {
  const url = serviceUrl(directory, given);
  const issuer = new Issuer(url, requireIssuerKey(directory, url));
  const path = resolve(directory, file);
  if (!existsSync(path)) throw new Problem(`There is no file ${path}.`);
  const password = process.env.EDGEPASS_PASSWORD ?? (await ask("Password of the file: "));
  await store(issuer, type, { pkcs12: readFileSync(path).toString("base64"), password });
}

/** Asks in the terminal, without showing the answer. @param {string} question */
async function ask(question) {
  if (!process.stdin.isTTY) throw new Problem("Set EDGEPASS_PASSWORD to the password of the file.");
  process.stdout.write(question);
  const silent = new Writable({ write: (_piece, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await terminal.question("");
  } finally {
    terminal.close();
    process.stdout.write("\n");
  }
}
