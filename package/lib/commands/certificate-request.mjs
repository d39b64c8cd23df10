// `edgepass certificate-request TYPE`: a private key and a certificate request, in the folder of the command.
//
// The key is written first. A key that is there is used again: Apple may be about to answer a request for it.
import { createPrivateKey, createPublicKey, webcrypto } from "node:crypto";
import { join } from "node:path";
import { PRIVATE, readText, replaceFile } from "../files.mjs";
import { Problem } from "../problem.mjs";
import { ALGORITHM, newKeys, privatePem, x509 } from "../rsa.mjs";

/** @param {{ directory: string }} options @param {string} type */
export async function run({ directory }, type) {
  const path = requestPaths(directory, type);
  const pem = readText(path.key);
  const keys = pem === undefined ? await newKeys() : await read(pem);
  if (pem === undefined) replaceFile(path.key, privatePem(keys.privateKey), PRIVATE);
  const name = [{ CN: [type] }];
  const request = await x509.Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm: ALGORITHM });
  replaceFile(path.request, `${request.toString("pem")}\n`);
  console.log(`${pem === undefined ? "Made" : "Found"} the private key ${type}.key: keep it. Made the request ${type}.csr.
${pem === undefined ? "" : `For a new key, move ${type}.key away and run this again.\n`}Next, at https://developer.apple.com/account/resources/certificates/add: choose Pass Type ID Certificate and ${type},
upload ${type}.csr, and download the certificate. Then: npx edgepass certificate ${type} pass.cer`);
}

/** @param {string} directory @param {string} type */
export function requestPaths(directory, type) {
  if (!/^pass\.[A-Za-z0-9.-]+$/.test(type)) throw new Problem(`${type} is no pass type, such as pass.com.example.coffee.`, 2);
  return { key: join(directory, `${type}.key`), request: join(directory, `${type}.csr`) };
}

/** @param {string} pem */
async function read(pem) {
  const key = createPrivateKey(pem);
  const der = (part, type) => part.export({ type, format: "der" });
  const load = (format, bytes, uses) => webcrypto.subtle.importKey(format, bytes, ALGORITHM, true, uses);
  return {
    privateKey: await load("pkcs8", der(key, "pkcs8"), ["sign"]),
    publicKey: await load("spki", der(createPublicKey(key), "spki"), ["verify"]),
  };
}
