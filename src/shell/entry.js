// The Worker's module: the events of workers-rs, without what its own module wraps around each of them. That is an instance of a
// class behind two proxies, which costs a request more than its routing; it renews a WebAssembly instance that was aborted, and
// is left to do that.
import Entrypoint from "../../build/index.js";

// As worker-build 0.8.7 makes it. Another one would have to be looked at.
const state = globalThis.__worker_init_state;
const { fetch, queue, scheduled } = Entrypoint.prototype;
if (typeof state?.criticalError !== "boolean" || !fetch || !queue || !scheduled) throw new Error("worker-build has changed");

const event = (name, handler) => (argument, env, ctx) =>
  state.criticalError ? new Entrypoint(ctx, env)[name](argument) : handler.call({ env, ctx }, argument);

export default {
  fetch: event("fetch", fetch),
  queue: event("queue", queue),
  scheduled: event("scheduled", scheduled),
};
