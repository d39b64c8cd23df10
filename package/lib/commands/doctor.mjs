// `edgepass doctor URL`: looks at a service from outside, as a monitor and a phone do.
import { BlockList, isIPv4 } from "node:net";
import { isLocal, issuerKey, serviceUrl } from "../keys.mjs";
import { Issuer, explain, send } from "../service.mjs";

/** Networks that the internet does not reach (RFC 1122, RFC 1918, RFC 3927, RFC 6598). */
const PRIVATE = new BlockList();
PRIVATE.addSubnet("10.0.0.0", 8);
PRIVATE.addSubnet("172.16.0.0", 12);
PRIVATE.addSubnet("192.168.0.0", 16);
PRIVATE.addSubnet("169.254.0.0", 16);
PRIVATE.addSubnet("0.0.0.0", 8);
PRIVATE.addSubnet("100.64.0.0", 10);

/** @param {{ directory: string }} options @param {string} [given] @returns {Promise<number>} 1 if there is a problem */
export async function run({ directory }, given) {
  const url = serviceUrl(directory, given);
  const findings = [...address(url), ...(await health(url))];
  // Only a service that answers as edgepass does is sent the key.
  if (findings.some(({ isEdgepass }) => isEdgepass)) findings.push(...(await issuing(url, issuerKey(directory, url))));
  for (const { state, text } of findings) console.log(`${state.padEnd(8)} ${text}`);
  return findings.some(({ state }) => state === "problem") ? 1 : 0;
}

const ok = (text) => ({ state: "ok", text });
const warning = (text) => ({ state: "warning", text });
const problem = (text) => ({ state: "problem", text });

/** Whether phones take the address as a webServiceURL. @param {string} url */
function address(url) {
  const { protocol, hostname, pathname, search } = new URL(url);
  const found = [];
  if (protocol !== "https:") found.push(problem("address: phones need https"));
  if (isLocal(url) || isPrivate(hostname)) found.push(problem("address: phones cannot reach this machine or network"));
  if (/\/v1$/.test(pathname)) found.push(problem("address: it ends in /v1, which phones append"));
  if (search) found.push(problem("address: it has a query"));
  if (hostname.endsWith(".workers.dev")) found.push(warning("address: use a domain that you keep, as passes contain it"));
  return found.length ? found : [ok("address: one that phones take")];
}

/** @param {string} host */
function isPrivate(host) {
  if (isIPv4(host)) return PRIVATE.check(host);
  return /^\[(f[cd]|fe[89ab]|::ffff:)/.test(host) || /\.(local|internal)$/.test(host) || !/[.:]/.test(host);
}

/** @param {string} url */
async function health(url) {
  const reply = await send(`${url}/healthz?deep`).catch((error) => error);
  if (reply instanceof Error) return [problem(`health: ${reply.message}`)];
  const { status, json } = reply;
  if (!json?.version || !Array.isArray(json.toDo)) return [problem(`health: no edgepass answers here (${status})`)];
  const found = [{ ...ok(`edgepass ${json.version}, commit ${json.commit}`), isEdgepass: true }];
  const state = json.status === "error" ? problem : json.status === "warning" ? warning : ok;
  if (json.toDo.length === 0) found.push(state(`health: ${json.status}`));
  return [...found, ...json.toDo.map((text) => state(`health: ${text}`))];
}

/** What only the issuer may see: certificates and push. @param {string} url @param {string} [key] */
async function issuing(url, key) {
  if (!key) return [warning("certificates and push were not looked at: there is no issuer key (EDGEPASS_ISSUER_KEY)")];
  const issuer = new Issuer(url, key);
  const reply = await issuer.send("GET", "/pass-types?limit=100").catch((error) => error);
  if (reply instanceof Error) return [problem(`issuer API: ${reply.message}`)];
  if (reply.status !== 200) return [problem(`issuer API: ${explain(reply)}`)];
  const types = reply.json.passTypes;
  if (types.length === 0) return [warning("certificates: there is none yet. Next: npx edgepass certificate-request TYPE")];
  const found = [];
  for (const type of types) found.push(certificate(type), await push(issuer, type.passTypeIdentifier));
  return found;
}

function certificate({ passTypeIdentifier: type, signingIdentity: identity }) {
  if (!identity) return warning(`${type}: it has no signing identity, so the service makes no passes of it`);
  if (identity.daysLeft < 0) return problem(`${type}: its certificate ended on ${identity.notAfter}`);
  const finding = identity.warning ? warning : ok;
  return finding(`${type}: its certificate ends on ${identity.notAfter}, in ${identity.daysLeft} days`);
}

/** @param {Issuer} issuer @param {string} type */
async function push(issuer, type) {
  const reply = await issuer.send("POST", "/push/test", { passTypeIdentifier: type }).catch((error) => error);
  if (reply instanceof Error) return problem(`${type}: push: ${reply.message}`);
  if (reply.status === 503) return warning(`${type}: push: ${reply.json?.detail ?? "it is not set up"}`);
  if (reply.status !== 200) return problem(`${type}: push: ${explain(reply)}`);
  const { accepted, reason } = reply.json;
  return accepted ? ok(`${type}: push works`) : problem(`${type}: push is refused: ${reason}`);
}
