// A server in a process group of its own, which ends when this process does, however that happens.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Leads the group: its input ends with this process, and then it ends the group and removes the directory. A trap that does
// something is not inherited by what the shell starts; one that ignores the signal would be.
const LEADER = `
    trap : TERM
    sh -eu -c "$1" >log 2>&1 </dev/null &
    server=$!
    cat >/dev/null
    kill -s TERM 0
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        kill -s 0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    cd /
    rm -rf "$2"
    kill -s KILL 0
`;

const START_TIMEOUT_MS = 90_000;
/** Characters of a server's log that are shown when something goes wrong. */
const MOST_LOG = 4_000;

/** A new directory for a server to run in. */
export function directory(below = tmpdir()) {
  const directory = mkdtempSync(join(below, "edgepass-bench-"));
  mkdirSync(join(directory, "tmp"));
  return directory;
}

/** Runs a shell script in the directory, which is removed after it, until it answers on the port. */
export async function lead(directory, port, script, env) {
  const leader = spawn("sh", ["-c", LEADER, "leader", script, directory], {
    cwd: directory,
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    env: { ...process.env, ...env, TMPDIR: join(directory, "tmp") },
  });
  const ended = once(leader, "exit");
  const output = () => readFileSync(join(directory, "log"), "utf8");
  const log = () => output().slice(-MOST_LOG);
  const stop = () => {
    leader.stdin.end();
    return ended;
  };
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await isWell(port))) {
    if (Date.now() > deadline) {
      const said = log();
      await stop();
      throw new Error(`the server does not start:\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { port, group: leader.pid, output, log, stop };
}

const isWell = (port) => fetch(`http://127.0.0.1:${port}/healthz`).then((answer) => answer.ok, () => false);

/** A port of this machine that nothing listens on. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Starts servers, does something with them, and stops them. */
export async function serving(say, starting, work) {
  const servers = Object.fromEntries(
    await Promise.all(Object.entries(starting).map(async ([name, server]) => [name, await server])),
  );
  try {
    return await work(servers);
  } catch (error) {
    for (const [name, server] of Object.entries(servers)) say(`the end of the log of ${name}:\n${server.log()}`);
    throw error;
  } finally {
    await Promise.all(Object.values(servers).map((server) => server.stop()));
  }
}
