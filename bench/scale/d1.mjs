// The databases that the native part made, in local D1: each behind a server of its own, which take turns.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { send } from "../load.mjs";
import { median } from "../report.mjs";
import { simulated } from "../server.mjs";

/** Rounds that are not timed: they fill caches. */
const WARM_UP = 1;

/** Puts a file in the place of the one that the migrations made for D1. */
const adopt = (file) => `
  made=$(find v3/d1 -name '*.sqlite' ! -name metadata.sqlite)
  rm -f "$made"-*
  mv '${file}' "$made"`;

/** Serves the databases of these sizes; for each kind of request and size, how long it takes, and the most rows it reads and writes. */
export async function d1(worker, directory, sizes, say) {
  const started = sizes.map((size) => simulated(worker, "", {
    vars: { SERVER_TIMING: "true" },
    before: adopt(join(directory, `${size}.sqlite`)),
    below: directory,
  }));
  const settled = await Promise.allSettled(started);
  const servers = settled.flatMap(({ value }) => value ?? []);
  try {
    await Promise.all(started); // what went wrong
    return await rounds(sizes.map((registrations, place) => {
      const asked = JSON.parse(readFileSync(join(directory, `${registrations}.json`), "utf8"));
      return { registrations, server: servers[place], asked };
    }));
  } catch (error) {
    for (const server of servers) say(`the end of a log:\n${server.log()}`);
    throw error;
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

async function rounds(subjects) {
  const [{ asked }] = subjects;
  const told = asked.map(({ request }) => ({
    request,
    sizes: subjects.map(({ registrations }) => ({ registrations, p50_us: [], calls: 0, read: 0, written: 0 })),
  }));
  for (const round of asked[0].rounds.keys()) {
    for (const [kind, { sizes }] of told.entries()) await turns(subjects, kind, round, sizes);
  }
  return told;
}

/** A round of one kind: a request of each size after the other, then the next of each. */
async function turns(subjects, kind, round, told) {
  const took = subjects.map(() => []);
  for (const number of subjects[0].asked[kind].rounds[round].keys()) {
    for (const place of turned([...subjects.keys()], number)) {
      const { server, asked } = subjects[place];
      const began = performance.now();
      const { headers } = await send(server, asked[kind].rounds[round][number]);
      took[place].push((performance.now() - began) * 1000);
      for (const [name, most] of Object.entries(counted(headers))) told[place][name] = Math.max(told[place][name], most);
    }
  }
  if (round >= WARM_UP) told.forEach(({ p50_us }, place) => p50_us.push(median(took[place])));
}

const turned = (places, number) => places.map((_, at) => places[(at + number) % places.length]);

/** What a request asked of the database: it tells `calls=1 read=2 written=0`. */
const counted = (headers) =>
  Object.fromEntries([...headers["server-timing"].matchAll(/(\w+)=(\d+) ?/g)].slice(-3).map(([, name, count]) => [name, Number(count)]));
