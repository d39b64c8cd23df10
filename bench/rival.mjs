// npm passkit-generator making the same pass, in its fastest form: a template that is read once, files in memory. In a
// process of its own, so that nothing else is counted.
import { fork } from "node:child_process";
import { once } from "node:events";
import { PKPass } from "passkit-generator";
import { PUBLIC_URL, own } from "./material.mjs";
import { median } from "./report.mjs";

/** Returns what makes passes. */
export function maker(files, { wwdr, certificate, key }) {
  const certificates = { wwdr, signerCert: certificate, signerKey: key };
  const template = new PKPass({ ...files }, certificates, { webServiceURL: PUBLIC_URL, ...own("template") });
  return async (serial) => (await PKPass.from(template, own(serial))).getAsBuffer();
}

/** Starts the process; what it returns makes as many passes there and tells microseconds for each on average. */
export async function rival(files, certificates) {
  const child = fork(import.meta.filename, [], { serialization: "advanced" });
  const ended = once(child, "exit").then(() => Promise.reject(new Error("the rival ended")));
  ended.catch(() => {}); // it does, when it is stopped
  const ask = async (question) => {
    child.send(question);
    const [answer] = await Promise.race([once(child, "message"), ended]);
    return answer;
  };
  await ask({ files, certificates });
  return { make: (count, name) => ask({ count, name }), stop: () => child.disconnect() };
}

if (process.argv[1] === import.meta.filename) {
  const [{ files, certificates }] = await once(process, "message");
  const make = maker(
    Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes)])),
    certificates,
  );
  process.on("message", async ({ count, name }) => {
    const took = [];
    const before = process.cpuUsage();
    for (let number = 0; number < count; number++) {
      const began = performance.now();
      await make(`${name}-${number}`);
      took.push((performance.now() - began) * 1000);
    }
    const { user, system } = process.cpuUsage(before);
    process.send({ cpu_us: (user + system) / count, p50_us: median(took) });
  });
  process.send("ready");
}
