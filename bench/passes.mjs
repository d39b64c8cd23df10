// How long it takes to make and sign a pass with 100 KB of images.
import { randomBytes } from "node:crypto";
import zip from "do-not-zip";
import { identity } from "./identity.mjs";
import { inTurns, send, spread, table } from "./load.mjs";
import { PASS_TYPE } from "./phones.mjs";
import { before, edgepass, serving, start } from "./worker.mjs";

const IMAGES = { "icon.png": 3_000, "icon@2x.png": 8_000, "logo.png": 24_000, "strip.png": 20_000, "strip@2x.png": 45_000 };
const TEAM = "A1B2C3D4E5";
const CONTENT = {
  formatVersion: 1,
  passTypeIdentifier: PASS_TYPE,
  teamIdentifier: TEAM,
  organizationName: "Edgepass Bench",
  description: "Coffee card",
  storeCard: { primaryFields: [{ key: "balance", label: "BALANCE", value: 25, currencyCode: "USD" }] },
};
const KEY = "bench-key-0123456789abcdef-0123456789abcdef-0123456789abcdef";

export async function measure({ checkout, rounds = 5 }) {
  const signing = identity(PASS_TYPE, TEAM);
  const bindings = {
    ISSUER_KEY: KEY, MASTER_KEY: KEY, PUBLIC_URL: "https://passes.example.com", TRUST_ANCHORS: signing.intermediate,
  };
  const worker = () => start(before("memory", edgepass(checkout)), { bindings });
  return serving({ edgepass: worker }, async (servers) => {
    const ask = (method, path, type, body, expect) =>
      ({ method, path: `/issuer/v1/${path}`, headers: { Authorization: `Bearer ${KEY}`, "Content-Type": type }, body, expect });
    const png = Buffer.from("89504e470d0a1a0a", "hex");
    const images = Object.entries(IMAGES).map(([path, size]) => ({ path, data: Buffer.concat([png, randomBytes(size)]) }));
    const template = zip.toBuffer([...images, { path: "pass.json", data: JSON.stringify(CONTENT) }]);
    const json = "application/json";
    await send(servers.edgepass, ask("PUT", `pass-types/${PASS_TYPE}/signing-identity`, json, JSON.stringify(signing), 201));
    await send(servers.edgepass, ask("PUT", "templates/coffee", "application/zip", template, 201));
    let serial = 0;
    const fields = JSON.stringify({ template: "coffee", pass: {} });
    const make = () => ask("PUT", `passes/${PASS_TYPE}/${serial++}`, json, fields, 201);
    const change = () =>
      ask("PATCH", `passes/${PASS_TYPE}/0`, "application/merge-patch+json", JSON.stringify({ logoText: `${serial++}` }), 200);
    const told = [];
    for (let round = -1; round < rounds; round++) {
      const figures = {};
      for (const [name, request] of Object.entries({ new: make, changed: change })) {
        figures[name] = (await inTurns(servers, request, { turns: 10, each: 10 })).edgepass;
      }
      if (round >= 0) told.push(figures); // the first warms up
    }
    return told;
  });
}

export function print(rounds) {
  const of = (name, figure, unit) => spread(rounds.map((round) => round[name][figure] / unit), 1);
  const rows = ["new", "changed"].map((name) => [name, of(name, "p50", 1), of(name, "cpu", 1000)]);
  const notes = "With the simulated D1, and files in memory instead of R2.";
  return table("Making a pass of 100 KB", ["", "ms", "CPU ms"], rows, notes);
}
