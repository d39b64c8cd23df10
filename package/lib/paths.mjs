// Where this package is, and what it says about itself.
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of this package. */
export const PACKAGE = resolve(dirname(fileURLToPath(import.meta.url)), "..");

const description = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8"));

/** @type {string} */
export const VERSION = description.version;

/** The version of wrangler that this version was tested with. @type {string} */
export const WRANGLER = description.devDependencies.wrangler;

/** The npm package `node`, for machines whose Node is too old for wrangler. @type {string} */
export const NODE = description.edgepass.node;

/** Whether this machine's Node is too old for wrangler, which needs 22.12. */
export function isNodeTooOld(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < 22 || (major === 22 && minor < 12);
}
