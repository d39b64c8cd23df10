// The database of `edgepass dev`.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE } from "./paths.mjs";

/** Where wrangler keeps databases, the bucket and the queue, for every command of it. */
export const STATE = ".wrangler/state";

/** wrangler's own table of the migrations that it applied. */
const TABLE = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL);`;

/**
 * Applies the migrations that the local database lacks.
 *
 * wrangler starts a simulator for each of them, which takes a second. So a new database gets all at once, in one transaction,
 * with the notes that wrangler would have made.
 * @param {import("./project.mjs").Project} project @param {import("./wrangler.mjs").Wrangler} wrangler
 */
export async function prepareDatabase(project, wrangler) {
  const place = ["--local", "--persist-to", STATE];
  if (existsSync(project.path(STATE, "v3/d1"))) return wrangler.read(["d1", "migrations", "apply", "DB", ...place]);
  const folder = join(PACKAGE, "migrations");
  const names = readdirSync(folder).filter((name) => name.endsWith(".sql")).sort();
  const note = (name) => `INSERT INTO d1_migrations (name) VALUES ('${name}');`;
  const statements = names.map((name) => `${readFileSync(join(folder, name), "utf8")}\n${note(name)}`);
  const file = project.path(".wrangler/migrations.sql");
  writeFileSync(file, [TABLE, ...statements].join("\n"));
  await wrangler.read(["d1", "execute", "DB", ...place, "--yes", "--file", file]);
  rmSync(file);
}
