// The life of a pass, played against a running service. Each exchange prints a line.
import { randomBytes } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { STATUS_CODES } from "node:http";
import { join } from "node:path";
import { zipSync } from "fflate";
import { throwAwayIdentity } from "./authority.mjs";
import { PACKAGE } from "./paths.mjs";
import { Phone } from "./phone.mjs";
import { Problem } from "./problem.mjs";
import { Issuer, explain } from "./service.mjs";

export const TYPE = "pass.com.example.coffee";
const TEAM = "EXAMPLE000";
/** What the documentation makes passes of. */
const EXAMPLE = "coffee";
/** What the demo makes its pass of. It is this command's own. */
const TEMPLATE = "edgepass-demo";
const PUSH_TIMEOUT = 20_000;

/**
 * @param {string} url @param {string} key of the issuer API @param {import("./apns.mjs").Apns} apns
 * @returns {Promise<string>} the serial number of the pass
 */
export async function play(url, key, apns) {
  const issuer = new Issuer(url, key);
  const serial = `demo-${randomBytes(4).toString("hex")}`;
  const pass = `/passes/${TYPE}/${serial}`;
  console.log(`${TYPE} ${serial} at ${url}\n`);
  await storeMissing(issuer);
  const stored = await issuer.send("PUT", `/templates/${TEMPLATE}`, exampleTemplate(), "application/zip");
  write("PUT", "template", stored, [200, 201]);
  const name = { secondaryFields: [{ key: "name", label: "Guest", value: "Jane" }] };
  write("PUT", "make a pass", await issuer.send("PUT", pass, { template: TEMPLATE, pass: { storeCard: name } }), [201]);
  const phone = new Phone(url, (await issuer.download(pass)).body);
  write("POST", "register", await phone.register(), [201]);
  write("GET", "list", await phone.list(), [200]);
  write("PATCH", "change: 9 points", await issuer.send("PATCH", pass, { values: { points: 9 } }), [200]);
  await apns.waitFor(phone.pushToken, PUSH_TIMEOUT).catch(() => { throw new Problem("The phone was not pushed to."); });
  console.log("push   the phone is told");
  write("GET", "list the change", await phone.list(), [200]);
  write("GET", "send", await phone.fetch(), [200]);
  write("DELETE", "unregister", await phone.unregister(), [200]);
  return serial;
}

/** Stores what the documentation uses. An identity or a template that is there may be the user's own, and stays. */
async function storeMissing(issuer) {
  const identity = await issuer.send("GET", `/pass-types/${TYPE}/signing-identity`);
  if (identity.status === 200) {
    write("GET", "signing identity", identity, [200]);
  } else {
    write("PUT", "signing identity", await issuer.storeIdentity(TYPE, await throwAwayIdentity(TYPE, TEAM)), [201]);
  }
  if ((await issuer.send("GET", `/templates/${EXAMPLE}`)).status === 404) {
    await issuer.send("PUT", `/templates/${EXAMPLE}`, exampleTemplate(), "application/zip");
  }
}

/** Prints an exchange. @param {import("./service.mjs").Reply} reply @param {number[]} expected */
function write(method, title, reply, expected) {
  const { status, ms, json, headers, body } = reply;
  const answer = `${status} ${STATUS_CODES[status] ?? ""}`;
  const isPass = headers.get("content-type") === "application/vnd.apple.pkpass";
  const detail = json?.serialNumbers ? `   ${json.serialNumbers.length} updated` : isPass ? `   ${body.length} bytes` : "";
  console.log(`${method.padEnd(6)} ${title.padEnd(18)} ${answer.padEnd(14)} ${String(ms).padStart(5)} ms${detail}`);
  if (!expected.includes(status)) throw new Problem(`${title}: expected ${expected.join(" or ")}, received ${explain(reply)}`);
}

/** The example pass folder of this package, as a ZIP. */
function exampleTemplate() {
  const folder = join(PACKAGE, "examples/coffee.pass");
  return zipSync(Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))])));
}
