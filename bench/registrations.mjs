// Registers phones, straight into the file where `wrangler dev` keeps D1: node registrations.mjs STATE COUNT PASS_TYPE SERIAL
import { randomBytes } from "node:crypto";
import { globSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const [state, count, passType, serial] = process.argv.slice(2);
const files = globSync(join(state, "v3/d1/*/*.sqlite")).filter((file) => !file.endsWith("metadata.sqlite"));
if (files.length !== 1) throw new Error(`${files.length} databases below ${state}`);
const database = new DatabaseSync(files[0]);
const insert = database.prepare(
  "INSERT INTO registrations (device_id, pass_type, serial, push_token, client, registered_at) VALUES (?, ?, ?, ?, NULL, ?)",
);
const now = Math.floor(Date.now() / 1000);
database.exec("BEGIN");
for (let number = 0; number < Number(count); number++) {
  // Bytes are how the service stores hex.
  insert.run(randomBytes(16), passType, serial, randomBytes(32), now);
}
database.exec("COMMIT");
database.close();
