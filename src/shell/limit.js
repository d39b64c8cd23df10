/**
 * Fulfilled if one more is let in under this key, else rejected, which Rust sees without another call. A limit that fails refuses
 * nobody: it is there to protect what works.
 */
export async function admit(limiter, key) {
  let success = true;
  try {
    ({ success } = await limiter.limit({ key }));
  } catch {}
  if (!success) throw new Error("there were too many");
}
