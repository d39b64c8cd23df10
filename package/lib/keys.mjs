// Which service a command is about, and the key of its issuer API. Keys are never arguments: other users see those.
import { Problem } from "./problem.mjs";
import { Project } from "./project.mjs";

const UNKNOWN = `Which service? Deploy first, or name it: --url http://127.0.0.1:8787 is that of \`edgepass dev\`.
doctor takes the URL without --url.`;

/** @param {string} directory @param {string} [url] */
export function serviceUrl(directory, url) {
  const project = new Project(directory);
  const given = url ?? (project.isThere() ? project.publicUrl() : undefined);
  if (!given) throw new Problem(UNKNOWN, 2);
  if (!URL.canParse(given) || !/^https?:$/.test(new URL(given).protocol)) throw new Problem(`${given} is no URL.`, 2);
  return given.replace(/\/+$/, "");
}

/** @param {string} directory @param {string} url @returns {string | undefined} */
export function issuerKey(directory, url) {
  const project = new Project(directory);
  if (process.env.EDGEPASS_ISSUER_KEY) return process.env.EDGEPASS_ISSUER_KEY;
  if (!project.isThere()) return undefined;
  if (isLocal(url)) return project.devVars().ISSUER_KEY;
  // The key goes to the project's own service only.
  const own = project.publicUrl();
  return own && new URL(own).origin === new URL(url).origin ? project.secrets().ISSUER_KEY : undefined;
}

/** @param {string} directory @param {string} url @returns {string} */
export function requireIssuerKey(directory, url) {
  const key = issuerKey(directory, url);
  if (key) return key;
  throw new Problem(`There is no issuer key for ${url}: set EDGEPASS_ISSUER_KEY, or run this in the project's folder.`);
}

/** Whether the address is one of this machine. @param {string} url */
export function isLocal(url) {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);
}
