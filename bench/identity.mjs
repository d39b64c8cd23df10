// Signing identities for the bench.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A throw-away intermediate and pass certificate with the extensions of Apple's, RSA of 2048 bits, in PEM. */
export function identity(passType, team) {
  const directory = mkdtempSync(join(tmpdir(), "edgepass-bench-"));
  const issue = (name, subject, extensions, ...more) => {
    const added = extensions.flatMap((extension) => ["-addext", extension]);
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256", "-days", "30", "-subj", subject,
      "-keyout", `${name}.key`, "-out", `${name}.pem`, ...added, ...more],
      { cwd: directory, stdio: ["ignore", "ignore", "pipe"] });
    return ["pem", "key"].map((extension) => readFileSync(join(directory, `${name}.${extension}`), "utf8"));
  };
  writeFileSync(join(directory, "empty.cnf"), "[req]\ndistinguished_name = dn\n[dn]\n");
  try {
    const config = ["-config", "empty.cnf"];
    const [intermediate] = issue("wwdr", "/CN=Bench Worldwide Developer Relations",
      ["basicConstraints=critical,CA:TRUE,pathlen:0", "keyUsage=critical,keyCertSign", "1.2.840.113635.100.6.2.1=DER:0500"],
      ...config);
    const [certificate, privateKey] = issue("pass", `/UID=${passType}/CN=Pass Type ID: ${passType}/OU=${team}`,
      ["basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature",
        "extendedKeyUsage=clientAuth,1.2.840.113635.100.4.14", `1.2.840.113635.100.6.1.16=ASN1:UTF8String:${passType}`],
      ...config, "-CA", "wwdr.pem", "-CAkey", "wwdr.key");
    return { certificate, privateKey, intermediate };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
