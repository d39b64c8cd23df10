// RSA keys, certificates and certificate requests.
import "reflect-metadata"; // what @peculiar/x509 needs
import * as x509 from "@peculiar/x509";
import { KeyObject, webcrypto } from "node:crypto";

export { x509 };

export const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** Apple takes RSA with 2048 bits. */
export function newKeys() {
  const size = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  return webcrypto.subtle.generateKey({ ...ALGORITHM, ...size }, true, ["sign", "verify"]);
}

/** @param {CryptoKey} key @returns {string} */
export function privatePem(key) {
  return KeyObject.from(key).export({ type: "pkcs8", format: "pem" });
}
