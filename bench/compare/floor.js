// The floor: the least a Worker can do for these endpoints. It asks D1 once, with the very statements of edgepass, and answers.
// It checks nothing, hashes no token, knows no identifiers but hex and no other path, and logs nothing.
import statements from "statements";
import { TOKEN_SHA256 } from "./seed.mjs";

const answer = (status, headers) => new Response(null, { status, headers: { "cache-control": "no-store", ...headers } });

export default {
  async fetch(request, env) {
    const path = request.url.slice(request.url.indexOf("/", 8));
    const [, , kind, a, b, type, serial] = path.split("/");
    if (kind === "passes") return send(request, env, a, b);
    if (kind !== "devices") return answer(200);
    if (request.method === "POST") return register(request, env, a, type, serial);
    if (request.method === "DELETE") return unregister(request, env, a, type, serial);
    return list(env, a, type);
  },
};

const tokenOf = (request) => (request.headers.get("authorization") === "ApplePass wrong" ? "" : TOKEN_SHA256);

const prepared = new Map();

function prepare({ DB }, name, ...values) {
  if (!prepared.has(name)) prepared.set(name, DB.prepare(statements[name]));
  return prepared.get(name).bind(...values);
}

async function register(request, env, device, type, serial) {
  const { pushToken } = await request.json();
  const token = tokenOf(request);
  const now = Math.floor(Date.now() / 1000);
  const [held] = await env.DB.batch([
    prepare(env, "device/register.held", device, type, serial, token),
    prepare(env, "device/register.register", device, type, serial, token, pushToken, null, now),
  ]);
  if (held.results.length === 0) return answer(401);
  return answer(held.results[0].json === "[1]" ? 200 : 201);
}

async function unregister(request, env, device, type, serial) {
  const token = tokenOf(request);
  const [authorized] = await env.DB.batch([
    prepare(env, "device/unregister.authorized", type, serial, token),
    prepare(env, "device/unregister.unregister", device, type, serial, token),
  ]);
  return answer(authorized.results.length === 0 ? 401 : 200);
}

async function list(env, device, type) {
  const { results } = await prepare(env, "device/updatable.updatable", device, type, -1).all();
  if (results.length === 0) return answer(204);
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  const [{ json }] = results;
  const array = json.indexOf("[");
  const object = `{"serialNumbers":${json.slice(array)},"lastUpdated":"${json.slice(0, array)}"}`;
  return new Response(object, { headers });
}

async function send(request, env, type, serial) {
  const { results } = await prepare(env, "device/latest.latest", type, serial, tokenOf(request)).all();
  if (results.length === 0) return answer(401);
  const [key, etag, modifiedAt, size] = JSON.parse(results[0].json);
  const headers = {
    "last-modified": new Date(modifiedAt * 1000).toUTCString(),
    etag: `"${etag}"`,
    "cache-control": "private, no-store",
  };
  const since = request.headers.get("if-modified-since");
  if (since !== null && Date.parse(since) >= modifiedAt * 1000) return new Response(null, { status: 304, headers });
  const object = await env.PASSES.get(key);
  headers["content-type"] = "application/vnd.apple.pkpass";
  headers["content-length"] = `${size}`;
  return new Response(object.body, { headers });
}
