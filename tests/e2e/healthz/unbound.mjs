// The Worker, without the binding, secret or variable that a request names.
import Worker from "./build/index.js";

const others = new Map();

export default {
  ...Worker,
  fetch(request, env, context) {
    const name = request.headers.get("x-unbound") ?? "";
    if (!others.has(name)) others.set(name, { ...env, [name]: undefined });
    return Worker.fetch(request, others.get(name), context);
  },
};
