// The size of the deployed Worker.
import { gzipSync } from "node:zlib";
import { table } from "./load.mjs";
import { edgepass } from "./worker.mjs";

export const measure = async ({ checkout }) =>
  edgepass(checkout).modules.map(({ path, contents }) => {
    const bytes = Buffer.from(contents);
    return { name: path.replace("/bench/", ""), bytes: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
  });

export function print(files) {
  const sum = (name) => files.reduce((total, file) => total + file[name], 0);
  const rows = [...files.map(({ name, bytes, gzip }) => [name, bytes, gzip]), ["together", sum("bytes"), sum("gzip")]];
  return table("Bundle", ["", "bytes", "gzip"], rows);
}
