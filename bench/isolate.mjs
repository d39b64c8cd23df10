// An isolate as its inspector sees it (Chrome DevTools Protocol, domains Runtime and HeapProfiler).

export class Isolate {
  #socket;
  #asked = new Map();
  #context;
  #memories;

  /** Its garbage is collected, as whoever asks for all objects of a kind has it. */
  static async of({ inspector }) {
    const isolate = new Isolate();
    const [target] = await (await fetch(`http://127.0.0.1:${inspector}/json`)).json();
    // wrangler lets in pages of this machine alone.
    isolate.#socket = new WebSocket(target.webSocketDebuggerUrl, { headers: { Origin: "http://localhost" } });
    await new Promise((resolve, reject) => Object.assign(isolate.#socket, { onopen: resolve, onerror: reject }));
    isolate.#socket.onmessage = ({ data }) => {
      const { id, result, error, method, params } = JSON.parse(data);
      if (method === "Runtime.executionContextCreated") isolate.#context = params.context.id;
      const { resolve, reject } = isolate.#asked.get(id) ?? {};
      if (error) reject?.(new Error(error.message));
      else resolve?.(result);
    };
    await isolate.#ask("Runtime.enable");
    const expression = "WebAssembly.Memory.prototype";
    const prototype = await isolate.#ask("Runtime.evaluate", { expression, contextId: isolate.#context });
    const found = await isolate.#ask("Runtime.queryObjects", { prototypeObjectId: prototype.result.objectId });
    isolate.#memories = found.objects.objectId;
    return isolate;
  }

  /** Bytes of WebAssembly's memory, which never shrinks, and of that, the heap and what it refers to together. */
  async size() {
    const functionDeclaration = "function () { return this.reduce((sum, { buffer }) => sum + buffer.byteLength, 0); }";
    const asked = { objectId: this.#memories, functionDeclaration, returnByValue: true };
    const wasm = (await this.#ask("Runtime.callFunctionOn", asked)).result.value;
    const { usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 } = await this.#ask("Runtime.getHeapUsage");
    return { wasm, all: wasm + usedSize + embedderHeapUsedSize + backingStorageSize };
  }

  #ask(method, params = {}) {
    const id = this.#asked.size + 1;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  close() {
    this.#socket.close();
  }
}
