// The rival: a Worker of hono and hono-passkit-webservice, as their documentation shows. We wrote its store in D1, with a
// statement for each thing that a callback has to know or do.
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { ListRouter, RegistrationRouter, UpdateRouter } from "hono-passkit-webservice/v1";

const first = (sql, ...values) => env.DB.prepare(sql).bind(...values).first();
const run = (sql, ...values) => env.DB.prepare(sql).bind(...values).run();

/** The callback gets only the token. */
const tokenVerifier = async (token) =>
  (await first("SELECT 1 FROM passes WHERE authentication_token = ?", token)) !== null;

async function onRegister(device, type, serial, pushToken) {
  const held = await first(
    "SELECT push_token FROM registrations WHERE device_id = ? AND pass_type_id = ? AND serial_number = ?",
    device, type, serial,
  );
  await run(
    `INSERT INTO registrations (device_id, pass_type_id, serial_number, push_token) VALUES (?, ?, ?, ?)
     ON CONFLICT (device_id, pass_type_id, serial_number) DO UPDATE SET push_token = excluded.push_token`,
    device, type, serial, pushToken,
  );
  return held === null;
}

const onUnregister = (device, type, serial) =>
  run(
    "DELETE FROM registrations WHERE device_id = ? AND pass_type_id = ? AND serial_number = ?",
    device, type, serial,
  );

async function onListRetrieve(device, type, { passesUpdatedSince }) {
  const { results } = await env.DB.prepare(
    `SELECT p.serial_number, p.updated_at FROM registrations r
     JOIN passes p ON p.pass_type_id = r.pass_type_id AND p.serial_number = r.serial_number
     WHERE r.device_id = ? AND r.pass_type_id = ? AND p.updated_at > ?`,
  ).bind(device, type, Number(passesUpdatedSince ?? 0)).all();
  if (results.length === 0) return undefined;
  return {
    serialNumbers: results.map((pass) => pass.serial_number),
    lastUpdated: `${Math.max(...results.map((pass) => pass.updated_at))}`,
  };
}

async function onUpdateRequest(type, serial, modifiedSince) {
  const pass = await first(
    "SELECT updated_at, file, object_key FROM passes WHERE pass_type_id = ? AND serial_number = ?",
    type, serial,
  );
  if (modifiedSince !== undefined && pass.updated_at * 1000 <= modifiedSince) return undefined;
  // The documentation shows a store in D1. A developer who reads further keeps files in R2.
  if (pass.object_key === null) return new Uint8Array(pass.file);
  const object = await env.PASSES.get(pass.object_key);
  return new Uint8Array(await object.arrayBuffer());
}

const app = new Hono();
app.get("/healthz", (context) => context.text("ok"));
app.route("/", RegistrationRouter({ tokenVerifier, onRegister, onUnregister }));
app.route("/", ListRouter({ onListRetrieve }));
app.route("/", UpdateRouter({ tokenVerifier, onUpdateRequest }));

export default app;
