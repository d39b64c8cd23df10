// The licences of the crates that are compiled into the Worker. They ask whoever hands on the binary to hand on their texts.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const NAMES = /^(licen[cs]e|copying|notice|unlicense)/i;

/** @param {string} repository @returns {string} each text once, below the crates that have it */
export function notices(repository) {
  const args = ["metadata", "--locked", "--format-version", "1", "--filter-platform", "wasm32-unknown-unknown"];
  const metadata = JSON.parse(execFileSync("cargo", args, { cwd: repository, maxBuffer: 1 << 26, encoding: "utf8" }));
  /** @type {Map<string, string[]>} */
  const crates = new Map();
  for (const { name, version, license, manifest_path } of compiled(metadata)) {
    const texts = licences(dirname(manifest_path));
    if (texts.length === 0) throw new Error(`${name} ${version} (${license}) has no text of its licence`);
    for (const text of texts) crates.set(text, [...(crates.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  const parts = [...crates].map(([text, names]) => `${names.join("\n")}\n\n${text}\n`);
  return `Licences of the crates in build/index_bg.wasm\n\n${parts.join(`\n${"=".repeat(80)}\n\n`)}`;
}

/** The texts in the folder of a crate: files, or else the comment at the head of its source. @param {string} folder */
function licences(folder) {
  const files = readdirSync(folder).filter((file) => NAMES.test(file));
  if (files.length > 0) return files.map((file) => readFileSync(join(folder, file), "utf8").trim());
  const [, comment] = /^\/\*([^]*?)\*\//.exec(readFileSync(join(folder, "src/lib.rs"), "utf8")) ?? [];
  return comment?.includes("Permission is hereby granted") ? [comment.replace(/^ \* ?/gm, "").trim()] : [];
}

/** The crates from elsewhere whose code is in the binary: no macros, no tools of the build. */
function compiled({ packages, resolve: { root, nodes } }) {
  const byId = new Map(packages.map((item) => [item.id, item]));
  const dependencies = new Map(nodes.map(({ id, deps }) => [id, deps]));
  const found = new Set();
  const visit = (id) => {
    if (found.has(id) || byId.get(id).targets.some(({ kind }) => kind.includes("proc-macro"))) return;
    found.add(id);
    for (const { pkg, dep_kinds } of dependencies.get(id)) if (dep_kinds.some(({ kind }) => kind === null)) visit(pkg);
  };
  visit(root);
  return [...found].map((id) => byId.get(id)).filter(({ source }) => source !== null);
}
