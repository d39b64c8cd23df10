// The Worker's module: the events, without what workers-rs' own module wraps around each of them. That is an instance of a class
// behind two proxies, which costs a request more than its routing; it renews a WebAssembly instance that was aborted, and is left
// to do that.
import Entrypoint from "../../build/index.js";

// As worker-build 0.8.7 makes it. Another one would have to be looked at.
const state = globalThis.__worker_init_state;
const { answer, queue, scheduled, start } = Entrypoint.prototype;
if (typeof state?.criticalError !== "boolean" || !answer || !queue || !scheduled || !start) {
  throw new Error("worker-build has changed");
}

// An instance may end otherwise than by an abort, for which that module looks: by a stack that is full. It is renewed before
// anything else calls it, since what is called with a string writes that into the memory of the old one first.
addEventListener("error", () => start());

/** Calls a function of the WebAssembly instance, in a new one if it was aborted. */
function call(name, handler, env, ctx, ...values) {
  if (state.criticalError) return new Entrypoint(ctx, env)[name](...values);
  try {
    return handler.apply({ env, ctx }, values);
  } catch (error) {
    // The instance has ended. Those who listen for errors renew it.
    reportError(error);
    throw error;
  }
}

let bound;
/** Rises with each other `env` that an isolate gets. */
let bindings = 0;

export default {
  /**
   * What costs WebAssembly a call, and every request needs, it is told: which bindings there are, the time, method and target.
   * `join` makes one flat string. A template makes a tree of two, which is slower to read by character on the way to WebAssembly.
   */
  fetch(request, env, ctx) {
    if (env !== bound) bindings += 1;
    bound = env;
    const { method, url } = request;
    const target = [method, url.slice(url.indexOf("/", url.indexOf("://") + 3))].join(" ");
    return call("answer", answer, env, ctx, bindings, Date.now(), target, request, env, ctx);
  },
  queue: (batch, env, ctx) => call("queue", queue, env, ctx, batch),
  scheduled: (event, env, ctx) => call("scheduled", scheduled, env, ctx, event),
};
