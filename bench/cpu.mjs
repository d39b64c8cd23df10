// What a server's workerd uses of the processor, user and system together, as Linux counts it for each thread.
import { readFileSync, readdirSync, readlinkSync } from "node:fs";

/** Where wrangler and Miniflare keep D1, and where server.mjs has workerd keep what takes its place. */
const DATABASE = /\/(d1|data)\/.*\.sqlite$/;

/** The workerd of a process group that runs the Worker. `wrangler dev` has another one, which passes requests on to it. */
export function workerd(group) {
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const found = ids.filter((id) => {
    const stat = statOf(id);
    return stat?.group === group && stat.name === "workerd" && hasDatabase(id);
  });
  if (found.length !== 1) throw new Error(`${found.length} workerd with a database in process group ${group}`);
  return found[0];
}

/** Microseconds of a process so far. Threads that ended meanwhile are not in it; those of workerd stay. */
export function used(id) {
  const threads = readdirSync(`/proc/${id}/task`);
  const ran = threads.map((thread) => {
    try {
      return Number(readFileSync(`/proc/${id}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
    } catch {
      return 0; // it has ended
    }
  });
  return ran.reduce((sum, ns) => sum + ns, 0) / 1000;
}

function statOf(id) {
  try {
    // The name is in parentheses and may hold anything; the fields after it are numbers.
    const [, name, rest] = /\((.*)\) (.*)/s.exec(readFileSync(`/proc/${id}/stat`, "utf8"));
    const field = (number) => Number(rest.split(" ")[number - 3]);
    return { name, group: field(5) };
  } catch {
    return undefined; // it has ended
  }
}

function hasDatabase(id) {
  const files = `/proc/${id}/fd`;
  return readdirSync(files).some((file) => {
    try {
      return DATABASE.test(readlinkSync(`${files}/${file}`));
    } catch {
      return false; // it was closed
    }
  });
}
