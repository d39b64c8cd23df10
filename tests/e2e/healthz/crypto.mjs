// The Worker, on a platform that decrypts nothing for requests that say so.
import Worker from "./build/index.js";

const { decrypt } = SubtleCrypto.prototype;

export default {
  ...Worker,
  async fetch(request, env, context) {
    if (!request.headers.has("x-no-decryption")) return Worker.fetch(request, env, context);
    SubtleCrypto.prototype.decrypt = async () => {
      throw new Error("internal error");
    };
    try {
      return await Worker.fetch(request, env, context);
    } finally {
      SubtleCrypto.prototype.decrypt = decrypt;
    }
  },
};
