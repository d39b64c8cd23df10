// A throw-away authority in place of Apple, for `edgepass dev`. Its certificates are like Apple's; no iPhone accepts them.
import { ALGORITHM, newKeys, privatePem, x509 } from "./rsa.mjs";

const UID = "0.9.2342.19200300.100.1.1";
const DAY = 24 * 60 * 60 * 1000;
/** Apple's: the extension that names the pass type, and the purpose "passes". */
const PASS_TYPE = "1.2.840.113635.100.6.1.16";
const PASSES = "1.2.840.113635.100.4.14";

/**
 * A signing identity for a pass type, as the issuer API takes it.
 * @param {string} type @param {string} team
 */
export async function throwAwayIdentity(type, team) {
  const [authority, keys] = await Promise.all([newKeys(), newKeys()]);
  const issuer = "CN=edgepass dev Certification Authority, O=edgepass dev";
  const intermediate = await issue(issuer, authority.publicKey, issuer, authority.privateKey, [
    new x509.BasicConstraintsExtension(true, 0, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
  ]);
  const subject = [{ [UID]: [type] }, { CN: [`Pass Type ID: ${type}`] }, { OU: [team] }, { O: ["edgepass dev"] }];
  const certificate = await issue(subject, keys.publicKey, issuer, authority.privateKey, [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([PASSES]),
    new x509.Extension(PASS_TYPE, false, utf8(type)),
  ]);
  const pem = (item) => item.toString("pem");
  return { certificate: pem(certificate), privateKey: privatePem(keys.privateKey), intermediate: pem(intermediate) };
}

function issue(subject, publicKey, issuer, signingKey, extensions) {
  const [notBefore, notAfter] = [-1, 365].map((days) => new Date(Date.now() + days * DAY));
  return x509.X509CertificateGenerator.create({
    subject, publicKey, issuer, signingKey, extensions, notBefore, notAfter, signingAlgorithm: ALGORITHM,
  });
}

/** A UTF8String in DER, of fewer than 128 bytes. @param {string} text */
function utf8(text) {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x0c, bytes.length]), bytes]);
}
