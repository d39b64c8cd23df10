// A request's header on its way in and a response on its way out, with as few calls as can be: every call between WebAssembly and
// JavaScript costs, and so does every string that crosses.

/** The fields that devices' endpoints look at, by method. Others are asked for one by one. */
const CONDITIONS = ["authorization", "if-none-match", "if-modified-since", "cf-connecting-ip"];
const FIELDS = {
  GET: CONDITIONS,
  HEAD: CONDITIONS,
  POST: ["authorization", "content-length", "x-pass-client", "cf-connecting-ip"],
  DELETE: ["authorization"],
};

/** A line for each of FIELDS: `name:value`, or `name` where there is none. No field can hold a line feed. */
export function fields({ method, headers }) {
  let lines = "";
  for (const name of FIELDS[method] ?? []) {
    const value = headers.get(name);
    lines += value === null ? `${name}\n` : `${name}:${value}\n`;
  }
  return lines;
}

/** `fields` are lines of `name:value`, each name once. The platform takes a record in half the time of a list of pairs. */
export function respond(status, fields, text, body) {
  const headers = {};
  for (const line of fields.split("\n")) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon)] = line.slice(colon + 1);
  }
  return new Response(text ?? body, { status, headers });
}
