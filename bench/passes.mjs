// What an issuer asks of edgepass: the identity and the template once, then passes.
import { load, send } from "./load.mjs";
import { PASS_TYPE } from "./material.mjs";
import { ISSUER_KEY } from "./server.mjs";

const issuer = (type) => ({ Authorization: `Bearer ${ISSUER_KEY}`, "Content-Type": type });
const path = (serial) => `/issuer/v1/passes/${PASS_TYPE}/${serial}`;

/** Stores what passes are made of. */
export async function prepare(server, { certificate, key, wwdr }, template) {
  const identity = JSON.stringify({ certificate, privateKey: key, intermediate: wwdr });
  const put = (path, type, body) => send(server, { method: "PUT", path, headers: issuer(type), body, expect: 201 });
  await put(`/issuer/v1/pass-types/${PASS_TYPE}/signing-identity`, "application/json", identity);
  await put("/issuer/v1/templates/coffee", "application/zip", template);
}

const made = (serial) => ({
  method: "PUT",
  path: path(serial),
  headers: issuer("application/json"),
  body: JSON.stringify({ template: "coffee", pass: {} }),
  expect: 201,
});

/** Makes as many new passes. */
export function make(server, count, name) {
  return load(server, numbers(count).map((number) => made(`${name}-${number}`)));
}

/** Changes one pass as many times. */
export async function change(server, count, name) {
  const serial = `${name}-changed`;
  await send(server, made(serial));
  return load(server, numbers(count).map((number) => ({
    method: "PATCH",
    path: path(serial),
    headers: issuer("application/merge-patch+json"),
    body: JSON.stringify({ logoText: `Coffee ${number}` }),
    expect: 200,
  })));
}

/** Publishes a pass that was signed elsewhere. */
export function upload(server, serial, body) {
  const headers = issuer("application/vnd.apple.pkpass");
  return send(server, { method: "PUT", path: path(serial), headers, body, expect: 201 });
}

/** The file of a pass. */
export async function file(server, serial) {
  const headers = { Authorization: `Bearer ${ISSUER_KEY}`, Accept: "application/vnd.apple.pkpass" };
  return (await send(server, { path: path(serial), headers, expect: 200 })).body;
}

export const numbers = (count) => Array.from({ length: count }, (_, number) => number);
