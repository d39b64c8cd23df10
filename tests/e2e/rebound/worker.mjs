// The Worker, given another `env` where a request says so, as isolates are that outlive a change of bindings. What a request gives
// as null is not bound.
import Worker from "./build/index.js";

const others = new Map();

function rebound(env, changes) {
  const entries = Object.entries({ ...env, ...JSON.parse(changes) });
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

export default {
  ...Worker,
  fetch(request, env, context) {
    const changes = request.headers.get("x-bindings");
    if (changes !== null && !others.has(changes)) others.set(changes, rebound(env, changes));
    return Worker.fetch(request, others.get(changes) ?? env, context);
  },
};
