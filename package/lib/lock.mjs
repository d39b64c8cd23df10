// One run at a time.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { readText } from "./files.mjs";
import { Problem } from "./problem.mjs";

/**
 * Does something while no other process does. A lock that a crash left is taken over.
 * @template T @param {string} path of the lock @param {() => Promise<T>} work @returns {Promise<T>}
 */
export async function alone(path, work) {
  mkdirSync(dirname(path), { recursive: true });
  const other = Number(readText(path));
  if (isRunning(other)) throw new Problem(`process ${other} is at it. Wait for it; if it is something else, delete ${path}.`);
  rmSync(path, { force: true });
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
  } catch (error) {
    throw error.code === "EEXIST" ? new Problem("another run began at the same moment. Wait for it.") : error;
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** @param {number} pid NaN and 0: none */
function isRunning(pid) {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM"; // somebody else's
  }
}
