// `make deploy`: deploys the Worker of this checkout, with the steps of `edgepass deploy`, but for secrets and PUBLIC_URL.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "smol-toml";
import { applyMigrations, deployWorker, ensureDatabase, requireAccount } from "../package/lib/cloud.mjs";
import { Wrangler } from "../package/lib/wrangler.mjs";

const repository = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const config = parse(readFileSync(resolve(repository, "wrangler.toml"), "utf8"));
const wrangler = new Wrangler(repository);
try {
  await requireAccount(wrangler, config);
  await ensureDatabase(wrangler, config, process.env.LOCATION);
  await applyMigrations(wrangler, config);
  await deployWorker(wrangler);
} catch (error) {
  console.error(`deploy: ${error.message}`);
  process.exitCode = 1;
}
