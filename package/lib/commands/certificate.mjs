// `edgepass certificate TYPE FILE.cer`: stores Apple's certificate with the key of `edgepass certificate-request`.
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { readText } from "../files.mjs";
import { requireIssuerKey, serviceUrl } from "../keys.mjs";
import { Problem } from "../problem.mjs";
import { Issuer, explain } from "../service.mjs";
import { requestPaths } from "./certificate-request.mjs";

/** @param {{ directory: string, url?: string }} options @param {string} type @param {string} file */
export async function run({ directory, url: given }, type, file) {
  const url = serviceUrl(directory, given);
  const privateKey = readText(requestPaths(directory, type).key);
  if (!privateKey) throw new Problem(`${type}.key is not in this folder. \`edgepass certificate-request ${type}\` makes it.`);
  const certificate = read(resolve(directory, file));
  await store(new Issuer(url, requireIssuerKey(directory, url)), type, { certificate, privateKey });
}

/** DER or PEM. PEM may have the intermediate too. @param {string} path @returns {string} */
function read(path) {
  try {
    const bytes = readFileSync(path);
    const pem = new X509Certificate(bytes).toString();
    return bytes.includes("-----BEGIN") ? bytes.toString() : pem;
  } catch (error) {
    throw new Problem(error.code === "ENOENT" ? `There is no file ${path}.` : `${path} is no certificate.`);
  }
}

/** @param {Issuer} issuer @param {string} type @param {object} identity */
export async function store(issuer, type, identity) {
  const reply = await issuer.storeIdentity(type, identity);
  if (reply.status !== 200 && reply.status !== 201) throw new Problem(`The service refuses it: ${explain(reply)}`);
  const { subject, notAfter, daysLeft } = reply.json;
  console.log(`${type} can sign passes until ${notAfter}, for ${daysLeft} days (${subject}).`);
}
