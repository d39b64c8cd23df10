// The folder that `edgepass init` makes: its files, and what is written in them.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { parseConfig, setValue, updateConfig } from "./config.mjs";
import { PRIVATE, readJson, readText, replaceFile, writeJson } from "./files.mjs";
import { Problem } from "./problem.mjs";

export class Project {
  /** @param {string} directory */
  constructor(directory) {
    this.directory = directory;
  }

  /** The project in a folder. @param {string} directory */
  static in(directory) {
    const project = new Project(directory);
    if (project.isThere()) return project;
    throw new Problem("This folder has no edgepass project. Make one with `edgepass init DIR`, and go into DIR.");
  }

  isThere() {
    return readText(this.path("wrangler.jsonc")) !== undefined && this.package()?.edgepass !== undefined;
  }

  /** @param {string[]} names */
  path(...names) {
    return join(this.directory, ...names);
  }

  package() {
    return readJson(this.path("package.json"));
  }

  config() {
    return parseConfig(this.configText());
  }

  configText() {
    return readText(this.path("wrangler.jsonc")) ?? "";
  }

  /** @param {(string | number)[]} path @param {unknown} value */
  setConfig(path, value) {
    replaceFile(this.path("wrangler.jsonc"), setValue(this.configText(), path, value));
  }

  /** The setting of the address at which phones reach the deployed service. @returns {string | undefined} */
  publicUrl() {
    const url = this.config().vars?.PUBLIC_URL || undefined;
    if (!url || URL.canParse(url)) return url;
    throw new Problem(`PUBLIC_URL in wrangler.jsonc is no URL, such as https://passes.example.com: ${url}`);
  }

  /**
   * Adds to wrangler.jsonc what the installed version brings. The list of what is known comes second, and what is there is not
   * added again: a crash between the two does no harm.
   * @returns {string[]} what was added
   */
  update() {
    const description = this.package();
    const { text, added, known } = updateConfig(this.configText(), description.edgepass.known ?? []);
    if (added.length) replaceFile(this.path("wrangler.jsonc"), text);
    if (known.length !== description.edgepass.known?.length) {
      writeJson(this.path("package.json"), { ...description, edgepass: { ...description.edgepass, known } });
    }
    return added;
  }

  /** The secrets of `edgepass dev`. @returns {Record<string, string>} */
  devVars() {
    return parseEnv(readText(this.path(".dev.vars")) ?? "");
  }

  /** The secrets of the deployed service, as far as this folder has them. @returns {Record<string, string>} */
  secrets() {
    return readJson(this.path("secrets.json")) ?? {};
  }

  /** @param {Record<string, string>} secrets */
  writeSecrets(secrets) {
    writeJson(this.path("secrets.json"), secrets, PRIVATE);
  }
}

/** A secret that nobody guesses: 32 random bytes in hex. */
export function newSecret() {
  return randomBytes(32).toString("hex");
}
