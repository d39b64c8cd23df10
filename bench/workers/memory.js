// A main module that wraps a Worker's own. It keeps objects in memory, because storing a file in the simulated R2 takes several
// times as long as making it.
import { env } from "cloudflare:workers";

const objects = new Map();
Object.assign(Object.getPrototypeOf(env.PASSES), {
  async put(key, bytes) {
    // Only the objects that were stored last are read again.
    objects.set(key, bytes);
    if (objects.size > 128) objects.delete([...objects.keys()][1]);
    return { key };
  },
  async get(key) {
    const bytes = objects.get(key);
    return bytes ? { key, size: bytes.length, body: new Response(bytes).body, bodyUsed: false } : null;
  },
  async delete(keys) {
    for (const key of [keys].flat()) objects.delete(key);
  },
});

export * from "./index.js";
export { default } from "./index.js";
