// Reads a pass with @walletpass/pass-js: `node pass-js.mjs pass.pkpass` prints what it found, as JSON, or fails.
import { readFileSync } from "node:fs";
import passJs from "@walletpass/pass-js";

const pass = await passJs.Template.fromBuffer(readFileSync(process.argv[2]));

console.log(
  JSON.stringify({
    style: pass.style,
    passTypeIdentifier: pass.passTypeIdentifier,
    serialNumber: pass.serialNumber,
    authenticationToken: pass.authenticationToken,
    webServiceURL: pass.webServiceURL,
    backgroundColor: pass.backgroundColor,
    primaryFields: [...pass.primaryFields],
    images: [...pass.images.keys()],
    localizations: [...pass.localization.keys()],
  }),
);
