// Verifies a pass with pkijs: `node pkijs.mjs pass.pkpass root.pem` prints what it found, as JSON, or fails.
import { createHash, webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { unzipSync } from "fflate";
import * as pkijs from "pkijs";

const SIGNING_TIME = "1.2.840.113549.1.9.5";

pkijs.setEngine("node", new pkijs.CryptoEngine({ name: "node", crypto: webcrypto }));

const exactly = (bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
const hex = (integer) => Buffer.from(integer.valueBlock.valueHexView).toString("hex");

const [pass, root] = process.argv.slice(2);
const files = unzipSync(readFileSync(pass));
const manifest = JSON.parse(Buffer.from(files["manifest.json"]));

const covered = Object.keys(files).filter((name) => !["manifest.json", "signature"].includes(name));
if (JSON.stringify(covered.sort()) !== JSON.stringify(Object.keys(manifest).sort())) {
  throw new Error("the manifest lists other files than the archive has");
}
for (const name of covered) {
  if (createHash("sha1").update(files[name]).digest("hex") !== manifest[name]) {
    throw new Error(`the manifest has another digest of ${name}`);
  }
}

const message = pkijs.ContentInfo.fromBER(exactly(files["signature"]));
const signed = new pkijs.SignedData({ schema: message.content });
const pem = readFileSync(root, "utf8").replace(/-----[^-]+-----|\s/g, "");
const verdict = await signed.verify({
  signer: 0,
  data: exactly(files["manifest.json"]),
  trustedCerts: [pkijs.Certificate.fromBER(exactly(Buffer.from(pem, "base64")))],
  checkChain: true,
  checkDate: new Date(),
  extendedMode: true,
  passedWhenNotRevValues: true,
});
const [signer] = signed.signerInfos;
const time = signer.signedAttrs.attributes.find((attribute) => attribute.type === SIGNING_TIME);

console.log(
  JSON.stringify({
    signatureVerified: verdict.signatureVerified,
    signerCertificateVerified: verdict.signerCertificateVerified,
    chain: verdict.certificatePath.length,
    detached: !signed.encapContentInfo.eContent,
    certificates: signed.certificates.map((certificate) => hex(certificate.serialNumber)),
    signer: hex(signer.sid.serialNumber),
    signingTime: Math.floor(time.values[0].toDate().getTime() / 1000),
    pass: JSON.parse(Buffer.from(files["pass.json"])),
  }),
);
