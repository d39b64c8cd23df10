/** The promise of what `resume` makes of another one. What is thrown has ended the instance, which those who listen for errors renew. */
export function wait(promise, ticket, resume) {
  const resumed = (fulfilled, value) => {
    try {
      return resume(ticket, fulfilled, value);
    } catch (error) {
      reportError(error);
      throw error;
    }
  };
  return promise.then((value) => resumed(true, value), (reason) => resumed(false, reason));
}
