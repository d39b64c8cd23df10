// Stands for the global of this name in the bundle, of which the queue of futures is made. The platform's is a call into its C++; a
// promise's job is the engine's own.
const now = Promise.resolve();
let queued;
let run;

export function queueMicrotask(job) {
  if (job !== queued) {
    queued = job;
    // Thrown here it would be a rejection, and workers-rs' module, which renews what was aborted, listens for errors.
    run = () => {
      try {
        job();
      } catch (error) {
        reportError(error);
      }
    };
  }
  now.then(run);
}
