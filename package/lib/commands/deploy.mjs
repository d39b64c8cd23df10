// `edgepass deploy`: see `cloud.mjs` for the order of the steps. Secrets come after the Worker, as they need one.
import { Wrangler } from "../wrangler.mjs";
import { LOCATIONS, applyMigrations, deployWorker, ensureDatabase, requireAccount, workerExists } from "../cloud.mjs";
import { writeJson } from "../files.mjs";
import { alone } from "../lock.mjs";
import { VERSION } from "../paths.mjs";
import { Problem } from "../problem.mjs";
import { Project, newSecret } from "../project.mjs";

/** Made here when neither the service nor the project has them. */
const GENERATED = ["ISSUER_KEY", "MASTER_KEY"];

/** @typedef {{ directory: string, domain?: string, location?: string, adopt?: boolean }} Options */

/** @param {Options} options */
export async function run(options) {
  const project = Project.in(options.directory);
  check(project, options);
  // Two runs at once would make two master keys, and one would be lost.
  await alone(project.path(".wrangler/deploy.lock"), () => deploy(project, options));
}

/** Refuses what is wrong before anything is changed. @param {Project} project @param {Options} options */
function check(project, { domain, location }) {
  if (domain && !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain)) {
    throw new Problem(`${domain} is no domain, such as passes.example.com.`, 2);
  }
  if (location && !LOCATIONS.includes(location)) throw new Problem(`--location takes one of ${LOCATIONS.join(", ")}.`, 2);
  project.publicUrl();
  project.secrets();
}

/** @param {Project} project @param {Options} options */
async function deploy(project, { directory, domain, location, adopt }) {
  const added = project.update();
  if (added.length) console.log(`wrangler.jsonc: added ${added.join(", ")}`);
  const wrangler = new Wrangler(directory);
  const account = await requireAccount(wrangler, project.config());
  await requireOwn(wrangler, project, account, adopt);
  if (domain) setDomain(project, domain);
  await ensureDatabase(wrangler, project.config(), location);
  await applyMigrations(wrangler, project.config());
  let hosts = await deployWorker(wrangler);
  const made = await setMissingSecrets(wrangler, project);
  if (!project.publicUrl() && setPublicUrl(project, hosts)) hosts = await deployWorker(wrangler);
  report(project, hosts, made);
}

/**
 * Refuses to replace a Worker that another project deployed, whose settings would be lost, and to begin anew in another
 * account. package.json notes the account before the Worker is there.
 * @param {Wrangler} wrangler @param {Project} project @param {string} [account] @param {boolean} [adopt]
 */
async function requireOwn(wrangler, project, account = "", adopt) {
  const { edgepass, ...description } = project.package();
  const before = edgepass.account;
  if (before && account && before !== account) {
    throw new Problem(`this project is deployed in the account ${before}, and you are logged in to ${account}.
Run \`npx wrangler login\`. For a service in the other account, make another project.`);
  }
  if (before !== undefined) return;
  if (!adopt && (await workerExists(wrangler))) {
    throw new Problem(`the account has a Worker ${project.config().name} already.
To go on with it, copy its vars, routes and database_id into wrangler.jsonc, and run \`npx edgepass deploy --adopt\`.
To leave it alone, change every name in wrangler.jsonc.`);
  }
  writeJson(project.path("package.json"), { ...description, edgepass: { ...edgepass, account } });
}

/**
 * Serves at a domain of the account, and makes it the address in passes. The address before goes on answering.
 * @param {Project} project @param {string} domain
 */
function setDomain(project, domain) {
  const routes = project.config().routes ?? [];
  if (!routes.some((route) => route.pattern === domain)) {
    project.setConfig(["routes"], [...routes, { pattern: domain, custom_domain: true }]);
  }
  project.setConfig(["vars", "PUBLIC_URL"], `https://${domain}${base(project)}`);
}

/** Takes a custom domain before an address at workers.dev. @returns {boolean} whether there is one */
function setPublicUrl(project, hosts) {
  const own = hosts.find((host) => !host.endsWith(".workers.dev"));
  const host = own ?? hosts[0];
  if (host) project.setConfig(["vars", "PUBLIC_URL"], `https://${host}${base(project)}`);
  return host !== undefined;
}

/** The path below which the service is mounted. @param {Project} project */
function base(project) {
  const path = (project.config().vars?.BASE_PATH ?? "").replace(/^\/+|\/+$/g, "");
  return path && `/${path}`;
}

/**
 * Sets the secrets of the project that the service lacks, and never changes one. New ones are in the project's file before they
 * are in the service, so none is lost.
 * @param {Wrangler} wrangler @param {Project} project
 * @returns {Promise<string[]>} the names of those that were made
 */
async function setMissingSecrets(wrangler, project) {
  const there = (await wrangler.json(["secret", "list", "--format", "json"])).map(({ name }) => name);
  const made = GENERATED.filter((name) => !there.includes(name) && !project.secrets()[name]);
  if (made.length) {
    project.writeSecrets({ ...project.secrets(), ...Object.fromEntries(made.map((name) => [name, newSecret()])) });
  }
  const missing = Object.entries(project.secrets()).filter(([name]) => !there.includes(name));
  if (missing.length) {
    console.log(`Setting the secrets ${missing.map(([name]) => name).join(", ")} …`);
    await wrangler.read(["secret", "bulk"], JSON.stringify(Object.fromEntries(missing)));
  }
  return made;
}

/** @param {Project} project @param {string[]} hosts @param {string[]} made */
function report(project, hosts, made) {
  const url = project.publicUrl();
  console.log(`\nedgepass ${VERSION} is deployed${url ? ` at ${url}` : ""}.`);
  if (made.length) console.log(`Made ${made.join(" and ")}. Keep secrets.json: Cloudflare never shows secrets.`);
  if (!project.secrets().ISSUER_KEY) console.log("secrets.json has no ISSUER_KEY: the service keeps its own.");
  if (!url) {
    console.log("Phones need an address: set PUBLIC_URL in wrangler.jsonc, or name a domain with `edgepass deploy --domain`.");
    return;
  }
  const host = new URL(url).host;
  const others = hosts.filter((other) => other !== host);
  if (!hosts.includes(host) && !isRouted(project, host)) {
    console.log(`PUBLIC_URL is not an address of the Worker: ${others.join(", ") || "it has none"}.`);
  } else if (host.endsWith(".workers.dev") && others.length) {
    console.log(`Passes name ${host}. For ${others[0]}, run: npx edgepass deploy --domain ${others[0]}`);
  }
  console.log(`Next: npx edgepass doctor ${url}`);
}

/** Whether a part of the host's paths is the Worker's. @param {Project} project @param {string} host */
function isRouted(project, host) {
  const { route, routes = [] } = project.config();
  return [route, ...routes].some((item) => (item?.pattern ?? item ?? "").startsWith(`${host}/`));
}
