// `edgepass init DIR`: makes a project, or updates one to this version.
//
// A crash leaves a folder with some of the files. package.json is written first and marks the folder as a project, so that the
// next run completes it. Before that, only an unfinished file is there. Files with secrets are written once and never again.
import { generateKeyPairSync } from "node:crypto";
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { newConfig } from "../config.mjs";
import { PRIVATE, UNFINISHED, readJson, readText, replaceFile, writeJson } from "../files.mjs";
import { NODE, PACKAGE, VERSION, WRANGLER, isNodeTooOld } from "../paths.mjs";
import { Problem } from "../problem.mjs";
import { Project, newSecret } from "../project.mjs";

const IGNORED = `node_modules/
.wrangler/
# Secrets
.dev.vars
secrets.json
*.key
*.pem
*.p12
*.pfx
*.p8
*.csr
*.cer
identity.json
key.json
*.certSigningRequest
# Names of guests, and their links, which are secrets
guests.csv
cards.csv
# What a crash leaves of a file
*.new
`;

/** A folder with only these counts as empty. */
const UNIMPORTANT = [".git", ".DS_Store"];

/** @param {{ directory: string, "no-install"?: boolean }} options @param {string} name */
export async function run({ directory, "no-install": withoutInstall }, name) {
  const project = new Project(resolve(directory, name));
  const isNew = prepare(project);
  const file = packedFile();
  writePackage(project, file ? `file:${basename(file)}` : VERSION);
  const copy = file && project.path(basename(file));
  if (copy && resolve(copy) !== file) copyFileSync(file, copy);
  write(project, "wrangler.jsonc", newConfig);
  write(project, ".gitignore", () => IGNORED);
  write(project, ".dev.vars", devVars, PRIVATE);
  const added = project.update();
  if (!isNew && added.length) console.log(`wrangler.jsonc: added ${added.join(", ")}`);
  if (!withoutInstall) await install(project.directory, copy);
  const place = relative(directory, project.directory);
  console.log(`${isNew ? "Made" : "Updated"} the project in ${place || "this folder"}, with edgepass ${VERSION}.`);
  console.log(`Next: ${place ? `cd ${place} && ` : ""}npx edgepass dev`);
}

/** @param {Project} project @returns {boolean} whether it is a new one */
function prepare({ directory }) {
  mkdirSync(directory, { recursive: true });
  const files = readdirSync(directory).filter((file) => !UNIMPORTANT.includes(file) && !file.endsWith(UNFINISHED));
  if (files.length === 0) return true;
  if (readJson(join(directory, "package.json"))?.edgepass) return false;
  throw new Problem(`${directory} is not empty and has no edgepass project. Name another folder.`);
}

/**
 * Sets the versions of edgepass and of wrangler, and leaves everything else.
 * @param {Project} project @param {string} source of edgepass, as npm takes it
 */
function writePackage(project, source) {
  const { dependencies, devDependencies, edgepass, allowScripts, ...rest } = project.package() ?? {
    private: true,
    scripts: { dev: "edgepass dev", deploy: "edgepass deploy" },
  };
  const needsNode = isNodeTooOld() || devDependencies?.node !== undefined;
  writeJson(project.path("package.json"), {
    ...rest,
    dependencies: { ...dependencies, edgepass: source },
    devDependencies: { ...devDependencies, wrangler: WRANGLER, ...(needsNode && { node: NODE }) },
    // npm asks before it runs install scripts. These fetch the executables of their platform.
    allowScripts: { ...allowScripts, esbuild: true, node: true, workerd: true },
    edgepass: edgepass ?? {},
  });
}

/** The file that this package was installed from, of which the project gets a copy. undefined: it came from a registry. */
function packedFile() {
  const installed = dirname(dirname(PACKAGE));
  const given = readJson(join(installed, "package.json"))?.dependencies?.edgepass ?? "";
  return given.startsWith("file:") ? resolve(installed, given.slice("file:".length)) : undefined;
}

/** @param {Project} project @param {string} name @param {() => string} content @param {number} [mode] */
function write(project, name, content, mode) {
  if (readText(project.path(name)) === undefined) replaceFile(project.path(name), content(), mode);
}

/** Secrets for `edgepass dev`: fresh ones, and a key for push that Apple does not know. */
function devVars() {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).trim().replaceAll("\n", "\\n");
  return `# Secrets of \`edgepass dev\`, which are for this machine only.
ISSUER_KEY=${newSecret()}
MASTER_KEY=${newSecret()}
# A throw-away key: \`edgepass dev\` pushes to a stand-in for Apple's push service.
APNS_KEY="${pem}"
APNS_KEY_ID=DEVKEY0000
APNS_TEAM_ID=DEVTEAM000
`;
}

/** @param {string} directory @param {string} [file] */
async function install(directory, file) {
  console.log("Installing edgepass and wrangler …");
  // NODE_ENV=production would leave out wrangler.
  const args = ["install", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  // Named, npm looks into the file: it may be another build of the same version.
  if (file) args.push(`./${basename(file)}`);
  const env = { ...process.env };
  // npx sets these for its own installation.
  for (const name of ["npm_config_package", "npm_config_yes", "npm_config_prefix", "npm_config_local_prefix"]) delete env[name];
  const child = spawn("npm", args, { cwd: directory, env, stdio: "inherit", shell: process.platform === "win32" });
  const status = await new Promise((done, fail) => child.once("error", fail).once("close", done));
  if (status !== 0 || !existsSync(join(directory, "node_modules/edgepass"))) {
    throw new Problem("npm install failed. Correct that, and run the same command again.");
  }
}
