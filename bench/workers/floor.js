// The floor: the least that a Worker can do for these endpoints with the tables of edgepass. It asks D1 once and answers. It
// checks nothing, hashes no token, takes only identifiers in hex, and logs nothing.
import { TOKEN_SHA256 } from "../phones.mjs";

const PASS = "FROM passes WHERE pass_type = ?2 AND serial = ?3 AND token_sha256 = ?4";
const SQL = {
  held: `SELECT EXISTS (SELECT 1 FROM registrations AS r WHERE r.device_id = unhex(?1) AND r.pass_type = p.pass_type
    AND r.serial = p.serial) AS held FROM passes AS p
    WHERE p.pass_type = ?2 AND p.serial = ?3 AND p.token_sha256 = ?4 AND p.withdrawn_at IS NULL`,
  register: `INSERT INTO registrations (device_id, pass_type, serial, push_token, client, registered_at)
    SELECT unhex(?1), pass_type, serial, unhex(?5), NULL, ?6 ${PASS} AND withdrawn_at IS NULL
    ON CONFLICT (device_id, pass_type, serial) DO UPDATE
    SET push_token = excluded.push_token, client = excluded.client, registered_at = excluded.registered_at
    WHERE push_token <> excluded.push_token OR client IS NOT excluded.client OR registered_at < excluded.registered_at - 60`,
  authorized: "SELECT 1 FROM passes WHERE pass_type = ?1 AND serial = ?2 AND token_sha256 = ?3",
  unregister: `DELETE FROM registrations WHERE device_id = unhex(?1) AND pass_type = ?2 AND serial = (SELECT serial ${PASS})`,
  list: `SELECT max(p.revision) AS tag, json_group_array(p.serial) AS serials FROM registrations AS r
    CROSS JOIN passes AS p ON p.pass_type = ?2 AND p.serial = r.serial
    WHERE r.device_id = unhex(?1) AND r.pass_type = ?2 AND p.withdrawn_at IS NULL
    AND (p.revision > ?3 OR ?3 > (SELECT revision FROM pass_types WHERE pass_type = ?2)) HAVING count(*) > 0`,
  pass: `SELECT object_key, file_sha256, modified_at, size FROM passes
    WHERE pass_type = ?1 AND serial = ?2 AND token_sha256 = ?3`,
};

const answer = (status, headers) => new Response(null, { status, headers: { "cache-control": "no-store", ...headers } });
const tokenOf = (request) => (request.headers.get("authorization") === "ApplePass wrong" ? "" : TOKEN_SHA256);

const prepared = {};
const prepare = ({ DB }, name, ...values) => (prepared[name] ??= DB.prepare(SQL[name])).bind(...values);

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

async function register(request, env, device, type, serial) {
  const { pushToken } = await request.json();
  const pass = [device, type, serial, tokenOf(request)];
  const now = Math.floor(Date.now() / 1000);
  const [held] = await env.DB.batch([prepare(env, "held", ...pass), prepare(env, "register", ...pass, pushToken, now)]);
  if (held.results.length === 0) return answer(401);
  return answer(held.results[0].held ? 200 : 201);
}

async function unregister(request, env, device, type, serial) {
  const pass = [type, serial, tokenOf(request)];
  const [authorized] = await env.DB.batch([prepare(env, "authorized", ...pass), prepare(env, "unregister", device, ...pass)]);
  return answer(authorized.results.length === 0 ? 401 : 200);
}

async function list(env, device, type) {
  const { results } = await prepare(env, "list", device, type, -1).all();
  if (results.length === 0) return answer(204);
  const [{ serials, tag }] = results;
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  return new Response(`{"serialNumbers":${serials},"lastUpdated":"${tag}"}`, { headers });
}

async function send(request, env, type, serial) {
  const { results } = await prepare(env, "pass", type, serial, tokenOf(request)).all();
  if (results.length === 0) return answer(401);
  const [{ object_key, file_sha256, modified_at, size }] = results;
  const headers = {
    "last-modified": new Date(modified_at * 1000).toUTCString(),
    etag: `"${file_sha256}"`,
    "cache-control": "private, no-store",
  };
  const since = request.headers.get("if-modified-since");
  if (since !== null && Date.parse(since) >= modified_at * 1000) return new Response(null, { status: 304, headers });
  const object = await env.PASSES.get(object_key);
  headers["content-type"] = "application/vnd.apple.pkpass";
  headers["content-length"] = `${size}`;
  return new Response(object.body, { headers });
}
