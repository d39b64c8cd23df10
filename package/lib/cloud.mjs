// Deploys with wrangler. The repository's own `make deploy` uses these steps too.
//
// The order is the same for the first deployment and for later ones: the database, its migrations, the Worker. So no Worker
// runs on a database that lacks what it needs. Each step first looks at what is there, so the next run completes one that broke
// off.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readText } from "./files.mjs";
import { Problem } from "./problem.mjs";

/**
 * Logs in if nobody is, and makes sure that wrangler need not ask for the account.
 * @param {import("./wrangler.mjs").Wrangler} wrangler
 * @returns {Promise<string | undefined>} the account's id, if the login tells it
 */
export async function requireAccount(wrangler, config, environment = process.env) {
  const { accounts = [] } = await whoami(wrangler);
  const given = config.account_id || environment.CLOUDFLARE_ACCOUNT_ID;
  if (given || accounts.length < 2) return given || accounts[0]?.id;
  const list = accounts.map(({ id, name }) => `  ${id}  ${name}`).join("\n");
  throw new Problem(`You have several accounts:\n${list}\nWrite the id of one into wrangler's configuration, as account_id.`);
}

async function whoami(wrangler) {
  try {
    return await wrangler.json(["whoami", "--json"]);
  } catch (error) {
    // A token may be allowed to deploy, and not to tell whose it is.
    if (process.env.CLOUDFLARE_API_TOKEN) return {};
    if (!/"loggedIn": *false/.test(error.message)) throw error;
    if (!process.stdin.isTTY) {
      throw new Problem("nobody is logged in to Cloudflare. Run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN.");
    }
  }
  await wrangler.run(["login"]);
  return wrangler.json(["whoami", "--json"]);
}

/** Whether the account has a Worker of the configuration's name. */
export async function workerExists(wrangler) {
  try {
    await wrangler.read(["secret", "list", "--format", "json"]);
    return true;
  } catch (error) {
    // wrangler has no command that only asks.
    if (/Worker .* not found/.test(error.message)) return false;
    throw error;
  }
}

/** Where D1 can be asked to create a database. */
export const LOCATIONS = ["weur", "eeur", "wnam", "enam", "apac", "oc"];

/**
 * Creates the database if the account has none of its name. wrangler would create it with the Worker, but not where its users
 * are, and only when the Worker runs already.
 * @param {string} [location]
 */
export async function ensureDatabase(wrangler, { d1_databases: [database] }, location) {
  if (database.database_id) return;
  const databases = await wrangler.json(["d1", "list", "--json"]);
  if (databases.some(({ name }) => name === database.database_name)) {
    if (location) console.log(`The database ${database.database_name} is there already, and stays where it is.`);
    return;
  }
  const place = location ? ["--location", location] : [];
  console.log(`Creating the database ${database.database_name} …`);
  await wrangler.read(["d1", "create", database.database_name, ...place, "--update-config=false"]);
}

/** Applies the migrations that the database lacks. */
export async function applyMigrations(wrangler, { d1_databases: [{ binding }] }) {
  console.log("Applying migrations …");
  // Without a terminal wrangler asks nothing. It prints the list of migrations again after each of them.
  await wrangler.read(["d1", "migrations", "apply", binding, "--remote"]);
}

/**
 * Uploads the Worker. wrangler creates the bucket and the queue if they are missing.
 * @returns {Promise<string[]>} the addresses at which it answers: host names
 */
export async function deployWorker(wrangler) {
  const folder = mkdtempSync(join(tmpdir(), "edgepass-"));
  const output = join(folder, "output.ndjson");
  try {
    await wrangler.run(["deploy"], { WRANGLER_OUTPUT_FILE_PATH: output });
    const lines = (readText(output) ?? "").split("\n").filter(Boolean).map((line) => JSON.parse(line));
    const deployed = lines.findLast(({ type }) => type === "deploy");
    // wrangler ends with 0 too when its question was answered with no.
    if (!deployed?.version_id) throw new Problem("wrangler deployed nothing. Run the same command again.");
    return hosts(deployed.targets ?? []);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** wrangler names routes, triggers and queues too: of these, host names that are all the Worker's. @param {string[]} targets */
function hosts(targets) {
  const names = targets.map((target) => /^(?:https:\/\/)?([a-z0-9.-]+\.[a-z]+)(?: \(custom domain.*)?$/i.exec(target)?.[1]);
  return names.filter((name) => name !== undefined);
}
