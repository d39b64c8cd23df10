// Workers that have been in use, as those in the field are.
import { oha } from "./oha.mjs";
import { PATTERN, REQUESTS } from "./requests.mjs";

/** Connections, and requests of each kind. V8 optimises a function of WebAssembly once it has run for thousands of requests. */
const LOAD = [16, 1000];

/** Asks each of them often, all at the same time. */
export const warm = (servers) =>
  Promise.all(Object.values(servers).map(async ({ port }) => {
    for (const request of Object.values(REQUESTS)) await oha(port, request(-1, PATTERN), ...LOAD);
  }));
