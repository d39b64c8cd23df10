// The Worker as it is, and `GET /memory`: the bytes of WebAssembly's memory.
import { WorkerEntrypoint } from "cloudflare:workers";
import { bytes } from "./memory.mjs";
import Worker from "./build/index.js";

export default class extends WorkerEntrypoint {
  fetch(request) {
    if (new URL(request.url).pathname === "/memory") return Response.json(bytes());
    return new Worker(this.ctx, this.env).fetch(request);
  }

  queue(batch) {
    return new Worker(this.ctx, this.env).queue(batch);
  }
}
