// Streams that are read through one buffer. A chunk of its own for each read would be garbage, of which V8 lets megabytes pile up.

const SIZE = 128 * 1024;

export class Chunks {
  constructor(stream) {
    this.reader = stream.getReader({ mode: "byob" });
    this.buffer = new ArrayBuffer(SIZE);
  }

  /** The next bytes, which are there until this is called again; `undefined` at the end. */
  async next() {
    const { done, value } = await this.reader.read(new Uint8Array(this.buffer), { min: SIZE });
    if (value?.length) this.buffer = value.buffer;
    return done && !value?.length ? undefined : value;
  }

  cancel() {
    this.reader.cancel().catch(() => {});
  }
}
