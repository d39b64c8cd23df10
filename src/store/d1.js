// D1 in one call and one string each way: what is to be run goes in as JSON, and what came of it comes out as text.

const STATEMENT = "\x1d";
const ROW = "\x1e";

/** Statements by their identifier. They are prepared once in an isolate, as their text would otherwise cross each time. */
const prepared = new Map();
let connected;

export function prepare(database, id, sql) {
  if (database !== connected) prepared.clear();
  connected = database;
  prepared.set(id, database.prepare(sql));
}

/** Runs `[[id, values], …]`. Undefined: there is one among them that was not prepared yet, and nothing was run. */
export function run(database, batch) {
  const statements = [];
  for (const [id, values] of JSON.parse(batch)) {
    const statement = database === connected ? prepared.get(id) : undefined;
    if (statement === undefined) return undefined;
    statements.push(values.length === 0 ? statement : statement.bind(...values));
  }
  // One by itself needs no transaction, and is cheaper without.
  if (statements.length === 1) return statements[0].all().then((result) => text([result]));
  return database.batch(statements).then(text);
}

/**
 * Rows read and written by all statements, then the rows of each. JSON has no control characters, so these can part them. In one
 * flat string, as in src/shell/entry.js.
 */
function text(results) {
  let [read, written] = [0, 0];
  const parts = [""];
  for (const { results: found, meta } of results) {
    read += meta?.rows_read ?? 0;
    written += meta?.rows_written ?? 0;
    parts.push(STATEMENT);
    for (const { json } of found) {
      if (typeof json !== "string") throw new Error("a row has no text in `json`");
      parts.push(ROW, json);
    }
  }
  parts[0] = `${read} ${written}`;
  return parts.join("");
}
