// The Worker, given another `env` where a request says so, as isolates are that outlive a change of bindings.
import Worker from "./build/index.js";

const others = new Map();

export default {
  ...Worker,
  fetch(request, env, context) {
    const key = request.headers.get("x-issuer-key");
    if (key !== null && !others.has(key)) others.set(key, { ...env, ISSUER_KEY: key });
    return Worker.fetch(request, others.get(key) ?? env, context);
  },
};
