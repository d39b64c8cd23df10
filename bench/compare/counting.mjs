// A Worker's module before the Worker: it counts what the Worker asks of D1, and `GET /counts` tells and forgets it.
import { env } from "cloudflare:workers";
import Worker from "./index.js";

let counts;
const forget = () => (counts = { d1_calls: 0, rows_read: 0, rows_written: 0 });
forget();

function count(results) {
  counts.d1_calls += 1;
  for (const { meta } of results) {
    counts.rows_read += meta.rows_read;
    counts.rows_written += meta.rows_written;
  }
}

const database = Object.getPrototypeOf(env.DB);
const statement = Object.getPrototypeOf(env.DB.prepare("SELECT 1"));
const { batch } = database;
const { all } = statement;

database.batch = async function (statements) {
  const results = await batch.call(this, statements);
  count(results);
  return results;
};
statement.all = statement.run = async function () {
  const result = await all.call(this);
  count([result]);
  return result;
};
// D1 sends all rows for this, too.
statement.first = async function () {
  const { results } = await this.all();
  return results[0] ?? null;
};

export default {
  async fetch(request, env, context) {
    if (new URL(request.url).pathname !== "/counts") return Worker.fetch(request, env, context);
    const told = Response.json(counts);
    forget();
    return told;
  },
};
