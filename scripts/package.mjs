// Puts the npm package together in dist/package, and packs dist/edgepass-VERSION.tgz: the built Worker, migrations, static
// files, and the command of package/. `make package` builds the Worker first.
//
// wrangler.toml is the one source of bindings, limits and triggers: the package's wrangler.jsonc is generated from it.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "smol-toml";
import { notices } from "./notices.mjs";

const REPOSITORY = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const TARGET = join(REPOSITORY, "dist/package");
/** Folders and files of the repository that the package has as they are. */
const COPIED = ["migrations", "examples/coffee.pass", "docs", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "SECURITY.md"];
/** What a user of the package reads above a section of wrangler.jsonc. */
const COMMENTS = {
  name: "The Worker. Settings go into vars: node_modules/edgepass/docs/deploy.md explains each.",
  workers_dev: "Set this to false once a custom domain works.",
  vars: "PUBLIC_URL is the address in passes. `edgepass deploy` sets it.",
  d1_databases: "wrangler finds or creates the database, the bucket and the queue by their names.",
  queues: "The queue runs the work that goes on after a request was answered.",
  ratelimits: "No other Worker of the account may use the same namespace_id. Remove a limit to switch it off.",
  triggers: "Each hour: upkeep. Each minute: look for work whose message got lost.",
  observability: "The platform's own request lines and traces contain device identifiers and links, which are secrets.",
};

const read = (path) => readFileSync(join(REPOSITORY, path), "utf8");
const config = parse(read("wrangler.toml"));
const { version } = parse(read("Cargo.toml")).package;

rmSync(TARGET, { recursive: true, force: true });
mkdirSync(TARGET, { recursive: true });
for (const path of [...COPIED, ...workerFiles()]) cpSync(join(REPOSITORY, path), join(TARGET, path), { recursive: true });
const own = [["bin", "bin"], ["lib", "lib"], ["README.md", "README.md"], ["env.example", ".dev.vars.example"]];
for (const [from, to] of own) cpSync(join(REPOSITORY, "package", from), join(TARGET, to), { recursive: true });
writeFileSync(join(TARGET, "LICENSES-CRATES"), notices(REPOSITORY));
writeFileSync(join(TARGET, "wrangler.jsonc"), commented(packagedConfig()));
writeFileSync(join(TARGET, "package.json"), `${JSON.stringify(description(), null, 2)}\n`);
execFileSync("npm", ["pack", "--silent", "--pack-destination", ".."], { cwd: TARGET, stdio: ["ignore", "ignore", "inherit"] });
console.error(`package: dist/edgepass-${version}.tgz`);

/** The Worker and its WebAssembly, without what only the build needs, and static files. */
function workerFiles() {
  const folder = dirname(config.main);
  const files = [config.main, join(folder, "index_bg.wasm"), config.assets?.directory];
  return files.filter((path) => path !== undefined && existsSync(join(REPOSITORY, path)));
}

/** wrangler.toml without its build, which needs cargo. */
function packagedConfig() {
  const { build: _, ...rest } = config;
  const databases = rest.d1_databases.map((database) => ({
    ...database,
    // The name of the local database. Without it, that name would change when wrangler writes the id of the deployed one.
    preview_database_id: database.binding,
  }));
  return { ...rest, d1_databases: databases };
}

/** JSON with a comment above some of its sections. */
function commented(value) {
  const sections = Object.entries(value).map(([key, section]) => {
    const comment = Object.hasOwn(COMMENTS, key) ? `  // ${COMMENTS[key]}\n` : "";
    return `${comment}  ${JSON.stringify(key)}: ${JSON.stringify(section, null, 2).replaceAll("\n", "\n  ")}`;
  });
  return `{\n${sections.join(",\n")}\n}\n`;
}

/** package.json with the versions that this repository pins. Each binding must have a description. */
function description() {
  const { name, ...rest } = JSON.parse(read("package/package.json"));
  const { wrangler, node } = JSON.parse(read("package.json")).devDependencies;
  const bindings = [...config.d1_databases, ...config.r2_buckets, ...config.queues.producers, ...config.ratelimits];
  const missing = bindings.map((item) => item.binding ?? item.name).filter((binding) => !rest.cloudflare.bindings[binding]);
  if (missing.length) throw new Error(`package/package.json describes no ${missing.join(", ")}`);
  return { name, version, ...rest, devDependencies: { wrangler }, edgepass: { ...rest.edgepass, node } };
}
