// Files that are written whole or not at all.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { Problem } from "./problem.mjs";

/** For files with secrets: only their owner reads them. */
export const PRIVATE = 0o600;

/** How the names of files end that are being written. A crash leaves one; `.gitignore` of a project names them. */
export const UNFINISHED = ".new";

/**
 * Replaces a file. A crash leaves the file before or the new one, never a part.
 * @param {string} path @param {string | Uint8Array} content @param {number} [mode]
 */
export function replaceFile(path, content, mode = 0o644) {
  const next = `${path}.${process.pid}${UNFINISHED}`;
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
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Problem(`${path} is no JSON: ${error.message}. Correct it first.`);
  }
}

/** @param {string} path @param {unknown} value @param {number} [mode] */
export function writeJson(path, value, mode) {
  replaceFile(path, `${JSON.stringify(value, null, 2)}\n`, mode);
}
