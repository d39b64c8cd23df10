// What both sides make passes of: throw-away certificates as Apple issues them, 100 KB of images, and what a pass says.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import zip from "do-not-zip";

export const PASS_TYPE = "pass.com.example.coffee";
export const PUBLIC_URL = "https://passes.example.com/wallet";

/** Bytes of each image, 100,000 together. */
const IMAGES = {
  "icon.png": 3_000,
  "icon@2x.png": 8_000,
  "logo.png": 6_000,
  "logo@2x.png": 18_000,
  "strip.png": 20_000,
  "strip@2x.png": 45_000,
};
const PNG = Buffer.from("89504e470d0a1a0a", "hex");

/** `pass.json` but for the serial number and the authentication token, which each pass has of its own. */
const CONTENT = {
  formatVersion: 1,
  passTypeIdentifier: PASS_TYPE,
  teamIdentifier: "A1B2C3D4E5",
  organizationName: "Edgepass Bench",
  description: "Coffee card",
  logoText: "Coffee",
  foregroundColor: "rgb(255,255,255)",
  backgroundColor: "rgb(90,50,20)",
  barcodes: [{ format: "PKBarcodeFormatQR", message: "0", messageEncoding: "iso-8859-1" }],
  storeCard: {
    primaryFields: [{ key: "balance", label: "BALANCE", value: 25, currencyCode: "USD" }],
    secondaryFields: [{ key: "level", label: "LEVEL", value: "Gold" }],
    backFields: [{ key: "terms", label: "Terms", value: "None." }],
  },
};

/** The files of an unsigned pass: nothing in them can be compressed, as in real images. */
export function files() {
  const images = Object.entries(IMAGES).map(([name, size]) => [
    name,
    Buffer.concat([PNG, randomBytes(size - PNG.length)]),
  ]);
  return { ...Object.fromEntries(images), "pass.json": Buffer.from(JSON.stringify(CONTENT)) };
}

/** The same files as edgepass takes them for a template: a ZIP. */
export function template(files) {
  return zip.toBuffer(Object.entries(files).map(([path, data]) => ({ path, data })));
}

/** What a pass has of its own, as the rival is told. */
export const own = (serial) => ({ serialNumber: serial, authenticationToken: token(serial) });

/** The authentication token of a pass: as long as those that edgepass derives. */
export const token = (serial) => `bench-${serial}-`.padEnd(43, "0");

/** A root, an intermediate and a pass certificate with its key, each RSA of 2048 bits, in PEM. */
export function certificates() {
  const directory = mkdtempSync(join(tmpdir(), "edgepass-bench-keys-"));
  const at = (name) => join(directory, name);
  const openssl = (...args) => execFileSync("openssl", args, { cwd: directory, stdio: ["ignore", "ignore", "pipe"] });
  const request = (name, subject, ...more) =>
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-sha256", "-keyout", `${name}.key`, "-out", `${name}.out`,
      "-subj", subject, ...more);
  const issue = (name, issuer, extensions) => {
    writeFileSync(at(`${name}.ext`), extensions.join("\n"));
    openssl("x509", "-req", "-sha256", "-days", "30", "-in", `${name}.out`, "-CA", `${issuer}.pem`,
      "-CAkey", `${issuer}.key`, "-CAcreateserial", "-extfile", `${name}.ext`, "-out", `${name}.pem`);
  };
  try {
    request("root", "/CN=Bench Root/O=Edgepass Bench", "-x509", "-days", "30",
      "-addext", "keyUsage=critical,keyCertSign,cRLSign");
    writeFileSync(at("root.pem"), readFileSync(at("root.out")));
    request("wwdr", "/CN=Bench Worldwide Developer Relations/O=Edgepass Bench");
    issue("wwdr", "root", [
      "basicConstraints=critical,CA:TRUE,pathlen:0",
      "keyUsage=critical,keyCertSign,cRLSign",
      "1.2.840.113635.100.6.2.1=DER:0500", // Apple's mark of an intermediate
    ]);
    request("pass", `/UID=${PASS_TYPE}/CN=Pass Type ID: ${PASS_TYPE}/OU=A1B2C3D4E5/O=Edgepass Bench/C=US`);
    issue("pass", "wwdr", [
      "basicConstraints=critical,CA:FALSE",
      "keyUsage=critical,digitalSignature",
      "extendedKeyUsage=clientAuth,1.2.840.113635.100.4.14", // Apple's mark of passes
      `1.2.840.113635.100.6.1.16=ASN1:UTF8String:${PASS_TYPE}`,
    ]);
    const pem = (name) => readFileSync(at(name), "utf8");
    return { root: pem("root.pem"), wwdr: pem("wwdr.pem"), certificate: pem("pass.pem"), key: pem("pass.key") };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
