// `edgepass certificate TYPE FILE.cer`: stores Apple's certificate with the key of `edgepass certificate-request`.
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { readText } from "../files.mjs";
import { requireIssuerKey, serviceUrl } from "../keys.mjs";
import { Problem } from "../problem.mjs";
import { Issuer, explain, segment } from "../service.mjs";
import { requestPaths } from "./certificate-request.mjs";

/** @param {{ directory: string, url?: string }} options @param {string} type @param {string} file */
export async function run({ directory, url: given }, type, file) {
  const url = serviceUrl(directory, given);
  const privateKey = readText(requestPaths(directory, type).key);
  if (!privateKey) throw new Problem(`${type}.key is not in this folder. \`edgepass certificate-request ${type}\` makes it.`);
  const issuer = new Issuer(url, requireIssuerKey(directory, url));
  const bytes = read(resolve(directory, file));
  const certificate = toPem(bytes);
  if (!certificate) throw new Problem(await nameWrongFile(issuer, type, bytes));
  await store(issuer, type, { certificate, privateKey });
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Problem(error.code === "ENOENT" ? `There is no file ${path}.` : `${path} cannot be read: ${error.message}`);
  }
}

/** From DER or PEM. PEM may have the intermediate too. @param {Buffer} bytes @returns {string | undefined} */
function toPem(bytes) {
  try {
    const pem = new X509Certificate(bytes).toString();
    return bytes.includes("-----BEGIN") ? bytes.toString() : pem;
  } catch {
    return undefined;
  }
}

/** The service knows what people send instead of a certificate. @param {Issuer} issuer @param {Buffer} bytes */
async function nameWrongFile(issuer, type, bytes) {
  return explain(await issuer.send("PUT", `/pass-types/${segment(type)}/certificate`, bytes, "application/octet-stream"));
}

/** @param {Issuer} issuer @param {string} type @param {object} identity */
export async function store(issuer, type, identity) {
  const reply = await issuer.storeIdentity(type, identity);
  if (reply.status !== 200 && reply.status !== 201) throw new Problem(`The service refuses it: ${explain(reply)}`);
  const { subject, notAfter, daysLeft } = reply.json;
  console.log(`${type} can sign passes until ${notAfter}, for ${daysLeft} days (${subject}).`);
}
