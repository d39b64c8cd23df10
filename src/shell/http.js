// A request on its way in and a response on its way out, with as few calls as can be: every call between WebAssembly and
// JavaScript costs, and so does every string that crosses.

/** Method, path and query: `GET /path?query`. */
export function target({ method, url }) {
  return `${method} ${url.slice(url.indexOf("/", url.indexOf("://") + 3))}`;
}

/** The fields that devices' endpoints look at. Others are asked for one by one. */
const FIELDS = ["authorization", "content-length", "if-none-match", "if-modified-since", "x-pass-client"];

/** FIELDS, a line each: `name:value`, or `name` where there is none. No field can hold a line feed. */
export function fields({ headers }) {
  let lines = "";
  for (const name of FIELDS) {
    const value = headers.get(name);
    lines += value === null ? `${name}\n` : `${name}:${value}\n`;
  }
  return lines;
}

/** `fields` are lines of `name:value`. */
export function respond(status, fields, body) {
  const headers = fields.split("\n").map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1)];
  });
  return new Response(body, { status, headers });
}
