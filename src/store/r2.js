// R2, where its JavaScript interface does more than one thing at a time.

/** Stores bytes of WebAssembly's memory, which R2 reads there: whoever stores them keeps them until this is done. */
export function put(bucket, key, bytes) {
  return bucket.put(key, bytes);
}

/** Bytes and objects, given by their keys, one after the other as one stream. The platform passes objects on by itself. */
export function concatenate(bucket, length, parts) {
  const { readable, writable } = new FixedLengthStream(length);
  // Whoever reads the stream learns of an error from it.
  send(bucket, parts, writable).catch((error) => writable.abort(error)).catch(() => {});
  return readable;
}

async function send(bucket, parts, writable) {
  for (const part of parts) {
    if (typeof part === "string") {
      const object = await bucket.get(part);
      if (object === null) throw new Error("an object is gone");
      await object.body.pipeTo(writable, { preventClose: true });
    } else {
      const writer = writable.getWriter();
      await writer.write(part);
      writer.releaseLock();
    }
  }
  await writable.close();
}
