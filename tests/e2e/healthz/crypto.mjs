// The Worker, on a platform that decrypts nothing for requests that say so.
import { WorkerEntrypoint } from "cloudflare:workers";
import Worker from "./build/index.js";

const { decrypt } = SubtleCrypto.prototype;

export default class extends WorkerEntrypoint {
  async fetch(request) {
    const worker = new Worker(this.ctx, this.env);
    if (!request.headers.has("x-no-decryption")) return worker.fetch(request);
    SubtleCrypto.prototype.decrypt = async () => {
      throw new Error("internal error");
    };
    try {
      return await worker.fetch(request);
    } finally {
      SubtleCrypto.prototype.decrypt = decrypt;
    }
  }

  queue(batch) {
    return new Worker(this.ctx, this.env).queue(batch);
  }
}
