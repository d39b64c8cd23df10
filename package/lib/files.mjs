// Files that are written whole or not at all.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

/** For files with secrets: only their owner reads them. */
export const PRIVATE = 0o600;

/**
 * Replaces a file. A crash leaves the file before or the new one, never a part.
 * @param {string} path @param {string | Uint8Array} content @param {number} [mode]
 */
export function replaceFile(path, content, mode = 0o644) {
  const next = `${path}.${process.pid}.new`;
  writeFileSync(next, content, { mode, flush: true });
  renameSync(next, path);
}

/** @param {string} path @returns {string | undefined} its text, if there is such a file */
export function readText(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** @param {string} path @returns {any} its JSON, if there is such a file */
export function readJson(path) {
  const text = readText(path);
  return text === undefined ? undefined : JSON.parse(text);
}

/** @param {string} path @param {unknown} value @param {number} [mode] */
export function writeJson(path, value, mode) {
  replaceFile(path, `${JSON.stringify(value, null, 2)}\n`, mode);
}
