// What publishing asks of D1, a push to the one phone of a pass, and a registration that is repeated later, after the Worker's own
// log: `node bench/published.mjs`, after `make bundle` and `cargo build --example apns`. docs/cost.md has these figures.
import { join } from "node:path";
import { send } from "./load.mjs";
import { PASS_TYPE, certificates, files, template } from "./material.mjs";
import { make, numbers, prepare, upload } from "./passes.mjs";
import { pushService, settings } from "./push.mjs";
import { maker } from "./rival.mjs";
import { ISSUER_KEY, simulated } from "./server.mjs";

const WAIT_MS = 30_000;
/** After this a repeated registration is written again. */
const LATER_MS = 62_000;
/** Changes, of which the last costs the most: by then the service has told the phone of others. */
const CHANGES = 3;
const TOKEN = "bench-authentication-token";

async function publish(server, keys) {
  const images = files();
  await prepare(server, keys, template(images));
  await upload(server, "uploaded", await (await maker(images, keys))("uploaded"));
  await make(server, 1, "made");
  for (const number of numbers(CHANGES)) {
    const pass = { authenticationToken: TOKEN, logoText: `Coffee ${number}` };
    await put(server, { template: "coffee", pass }, number === 0 ? 201 : 200);
    if (number === 0) await register(server, 201);
    else await pushes(server, number);
  }
  process.stderr.write("waiting for a minute\n");
  await new Promise((resolve) => setTimeout(resolve, LATER_MS));
  await register(server, 200);
}

const put = (server, body, expect) =>
  send(server, {
    method: "PUT",
    path: `/issuer/v1/passes/${PASS_TYPE}/held`,
    headers: { Authorization: `Bearer ${ISSUER_KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
    expect,
  });

const register = (server, expect) =>
  send(server, {
    method: "POST",
    path: `/v1/devices/${"a1".repeat(16)}/registrations/${PASS_TYPE}/held`,
    headers: { Authorization: `ApplePass ${TOKEN}` },
    body: JSON.stringify({ pushToken: "a1".repeat(32) }),
    expect,
  });

/** Waits until so many pushes are in the log. */
async function pushes(server, count) {
  for (const deadline = Date.now() + WAIT_MS; lines(server, '{"push":').length < count; ) {
    if (Date.now() > deadline) throw new Error(`no push:\n${server.log()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const lines = (server, beginning) => server.output().split("\n").filter((line) => line.startsWith(beginning)).map(JSON.parse);

function print(server) {
  const asked = ["/issuer/v1/passes/:type/:serial", "/v1/devices/:device/registrations/:type/*serial"];
  const told = lines(server, "{").filter(({ push, route }) => push || asked.includes(route));
  const names = ["upload", "make a new pass", "make a new pass", "register, new", "change, the first", "push", "change", "push",
    "register, later"];
  for (const [at, name] of names.entries()) {
    const { calls, read, written, ms } = told[at];
    console.log(`${name.padEnd(20)} ${calls} calls of D1, ${read} rows read, ${written} written; ${ms} ms`);
  }
}

const service = await pushService();
const keys = certificates();
const vars = { ...settings(service), PUSH_MIN_INTERVAL: "0", LOG_ALL: "true" };
const server = await simulated(join(import.meta.dirname, ".."), keys.root, { vars, before: "true" });
try {
  await publish(server, keys);
  print(server);
} finally {
  await server.stop();
  await service.stop();
}
