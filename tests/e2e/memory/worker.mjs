// The Worker as it is, and `GET /memory`: the bytes of WebAssembly's memory.

import { bytes } from "./memory.mjs";
import Worker from "./build/index.js";

const { fetch } = Worker;

Worker.fetch = (request, ...context) =>
  new URL(request.url).pathname === "/memory" ? Response.json(bytes()) : fetch(request, ...context);

export default Worker;
