// Unpacks the Chromium of the npm package, and the libraries and fonts that a machine without a desktop lacks. It runs on Linux
// on x64. Elsewhere the tests need the path of a Chrome or Chromium in CHROMIUM.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("node_modules/.chromium/", import.meta.url));
const packed = fileURLToPath(new URL("node_modules/@sparticuz/chromium/bin/", import.meta.url));
if (process.platform === "linux" && process.arch === "x64") {
    mkdirSync(folder, { recursive: true });
    process.env.TMPDIR = folder; // where the package unpacks to
    const { inflate } = await import("@sparticuz/chromium");
    for (const file of ["chromium.br", "al2023.tar.br", "fonts.tar.br"]) await inflate(packed + file);
    // The file of the package names other folders. With one font first, pictures are the same on each machine.
    writeFileSync(folder + "fonts.conf", `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${folder}fonts-cache</cachedir>
  <match target="pattern"><edit name="family" mode="prepend" binding="strong"><string>Open Sans</string></edit></match>
</fontconfig>
`);
}
