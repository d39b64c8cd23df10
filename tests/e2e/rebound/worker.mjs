// The Worker, given another `env` where a request says so, as isolates are that outlive a change of bindings. A binding that
// the
// request gives as null is not there.
import { WorkerEntrypoint } from "cloudflare:workers";
import Worker from "./build/index.js";

const others = new Map();

/** The database, whose first call throws an error that workers-rs unwraps. */
class D1Database {
  constructor(database) {
    this.database = database;
    this.panics = true;
  }

  prepare(sql) {
    if (!this.panics) return this.database.prepare(sql);
    this.panics = false;
    throw new Error("a planted panic");
  }

  batch(statements) {
    return this.database.batch(statements);
  }
}

function rebind(env, changes) {
  const { panic, ...bindings } = JSON.parse(changes);
  const entries = Object.entries({ ...env, ...bindings, ...(panic && { DB: new D1Database(env.DB) }) });
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

export default class extends WorkerEntrypoint {
  fetch(request) {
    const changes = request.headers.get("x-bindings");
    if (changes !== null && !others.has(changes)) others.set(changes, rebind(this.env, changes));
    return new Worker(this.ctx, others.get(changes) ?? this.env).fetch(request);
  }

  queue(batch) {
    return new Worker(this.ctx, this.env).queue(batch);
  }

  scheduled(event) {
    return new Worker(this.ctx, this.env).scheduled(event);
  }
}
