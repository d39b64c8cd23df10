// A main module that wraps a Worker's own. It logs a line for each call of D1.
import { env } from "cloudflare:workers";

const log = (results) => {
  const sum = (name) => results.reduce((total, { meta }) => total + meta[name], 0);
  console.log(`D1 ${JSON.stringify({ calls: 1, read: sum("rows_read"), written: sum("rows_written") })}`);
};

const database = Object.getPrototypeOf(env.DB);
const statement = Object.getPrototypeOf(env.DB.prepare("SELECT 1"));
const { batch } = database;
const { all } = statement;

database.batch = async function (statements) {
  const results = await batch.call(this, statements);
  log(results);
  return results;
};
statement.all = statement.run = async function () {
  const result = await all.call(this);
  log([result]);
  return result;
};
// D1 sends all rows for this, too.
statement.first = async function () {
  return (await this.all()).results[0] ?? null;
};

export * from "./index.js";
export { default } from "./index.js";
