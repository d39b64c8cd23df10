// The project's wrangler.jsonc. It is the user's file: changes keep his comments and his order.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { applyEdits, modify, parse } from "jsonc-parser";
import { PACKAGE } from "./paths.mjs";
import { Problem } from "./problem.mjs";

/** From the project's folder to this package. */
const BELOW = "node_modules/edgepass";

/** @param {string} text @returns {any} */
export function parseConfig(text) {
  const errors = [];
  const config = parse(text, errors, { allowTrailingComma: true });
  if (errors.length || config === undefined) throw new Problem("wrangler.jsonc is no JSON with comments. Correct it first.");
  return config;
}

/** The text with one value set. @param {string} text @param {(string | number)[]} path @param {unknown} value */
export function setValue(text, path, value, options = {}) {
  // wrangler indents the whole file with tabs when it writes ids into it.
  const formattingOptions = { insertSpaces: !/^\t/m.test(text), tabSize: 2 };
  return applyEdits(text, modify(text, path, value, { formattingOptions, ...options }));
}

/** A new project's wrangler.jsonc: this package's, with the files where npm installs them. */
export function newConfig() {
  return pathsOf(packagedConfig()).reduce(
    (text, [path, file]) => setValue(text, path, `${BELOW}/${file}`),
    setValue(packagedText(), ["$schema"], "node_modules/wrangler/config-schema.json"),
  );
}

/**
 * Adds what this version of the package has and an earlier one had not, such as a new binding. What the user removed stays
 * removed: `known` lists everything that the project was given before.
 * @param {string} text @param {string[]} known
 * @returns {{ text: string, added: string[], known: string[] }}
 */
export function updateConfig(text, known) {
  const has = new Set(partsOf(parseConfig(text)).map(({ id }) => id));
  const parts = partsOf(parseConfig(newConfig()));
  const added = parts.filter(({ id }) => !known.includes(id) && !has.has(id));
  for (const { path, value, isItem } of added) {
    const list = path.reduce((config, key) => config?.[key], parseConfig(text));
    if (isItem && !list) text = setValue(text, path, [value]);
    else if (isItem) text = setValue(text, [...path, list.length], value, { isArrayInsertion: true });
    else text = setValue(text, path, value);
  }
  return { text, added: added.map(({ id }) => id), known: [...new Set([...known, ...parts.map(({ id }) => id)])] };
}

/** What a configuration binds and runs: the items of its lists by their names, and its other sections. */
function partsOf(config) {
  const items = (path, list) => list.map((value) => {
    const name = value.binding ?? value.name ?? value.queue ?? value;
    return { id: `${path.join(".")} ${name}`, path, value, isItem: true };
  });
  return Object.entries(config).flatMap(([key, value]) => {
    // The user's own: names, settings, addresses.
    if (typeof value !== "object" || key === "vars" || key === "routes" || key === "compatibility_flags") return [];
    if (Array.isArray(value)) return items([key], value);
    const lists = Object.entries(value).filter(([, list]) => Array.isArray(list));
    // Sections such as `queues` and `triggers` have lists.
    if (lists.length) return lists.flatMap(([inner, list]) => items([key, inner], list));
    return [{ id: key, path: [key], value, isItem: false }];
  });
}

/** The paths in a configuration, and the places where they are: the Worker, the migrations, static files. */
export function pathsOf(config) {
  const databases = (config.d1_databases ?? []).map((_, at) => ["d1_databases", at, "migrations_dir"]);
  const places = [["main"], ["assets", "directory"], ...databases];
  const found = places.map((path) => [path, path.reduce((value, key) => value?.[key], config)]);
  return found.filter(([, file]) => file !== undefined);
}

const packagedText = () => readFileSync(join(PACKAGE, "wrangler.jsonc"), "utf8");

const packagedConfig = () => parseConfig(packagedText());
