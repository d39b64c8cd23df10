// Runs in workerd around the Worker, and is all its storage: SQLite of a Durable Object for D1, a map for R2.
import { DurableObject } from "cloudflare:workers";
import Worker from "index.js";
import migrations from "migrations";

/** Passes are large, and the bench makes thousands; it asks only for those made last. */
const MOST_OBJECTS = 128;

export default {
  fetch: (request, env) => env.ONE.get(env.ONE.idFromName("")).fetch(request),
};

export class One extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec(migrations);
    this.worker = { ctx, env: { ...env, DB: new Database(ctx.storage), PASSES: new Bucket() } };
  }

  fetch(request) {
    return Worker.fetch(request, this.worker.env, this.worker.ctx);
  }
}

class Database {
  constructor(storage) {
    this.storage = storage;
  }

  prepare(sql) {
    const bound = (values) => ({ sql, values, all: () => this.batch([bound(values)]).then(([result]) => result) });
    return { ...bound([]), bind: (...values) => bound(values) };
  }

  async batch(statements) {
    const run = ({ sql, values }) => ({ results: this.storage.sql.exec(sql, ...values).toArray(), meta: {} });
    return this.storage.transactionSync(() => statements.map(run));
  }
}

class Bucket {
  objects = new Map();

  async put(key, bytes) {
    this.objects.set(key, bytes.slice()); // they are the Worker's own memory
    if (this.objects.size > MOST_OBJECTS) this.objects.delete(this.objects.keys().next().value);
    return { key };
  }

  async get(key) {
    const bytes = this.objects.get(key);
    if (!bytes) return null;
    return {
      size: bytes.length,
      get body() {
        return new Response(bytes).body;
      },
    };
  }

  async delete(keys) {
    for (const key of [keys].flat()) this.objects.delete(key);
  }
}
