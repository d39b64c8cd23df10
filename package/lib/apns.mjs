// A stand-in for Apple's push service, on this machine. It takes every push.
import { createServer } from "node:http";
import { once } from "node:events";

export class Apns {
  /** @type {Set<string>} */
  #told = new Set();
  #server = createServer((request, response) => {
    this.#told.add(request.url?.split("/").pop() ?? "");
    request.resume();
    response.writeHead(200).end();
    this.#server.emit("push");
  });

  /** @returns {Promise<string>} its address */
  async start() {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Waits until a push token is pushed to. @param {string} token @param {number} timeout in milliseconds */
  async waitFor(token, timeout) {
    const signal = AbortSignal.timeout(timeout);
    while (!this.#told.has(token)) await once(this.#server, "push", { signal });
  }

  stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
