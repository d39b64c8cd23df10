// What phones ask, as `oha` is told it: the path is a regular expression, from which it makes one for each request. A dot is a dot.
import { DEVICES, HOLDING, MODIFIED_AT, PASS_TYPE, PUSH_TOKEN, TOKEN, device, serial } from "./seed.mjs";

const AUTHORIZED = { Authorization: `ApplePass ${TOKEN}` };
const DIGITS = 31;

/** Any of the devices of a letter. */
const anyOf = (letter) => {
  const most = `${DEVICES[letter] - 1}`;
  return `${letter}0{${DIGITS - most.length}}[0-${most[0]}][0-9]{${most.length - 1}}`;
};
const list = (device) => `/v1/devices/${device}/registrations/${PASS_TYPE}`;
const registration = (device) => `${list(device)}/${serial(0)}`;
/** Pass 0 or 1, whose file the rival has in D1 or R2. */
const pass = (number) => `/v1/passes/${PASS_TYPE}/${serial(number)}`;

const register = (device, expect, pushToken, headers = AUTHORIZED) => ({
  method: "POST",
  path: registration(device),
  headers: { ...headers, "Content-Type": "application/json" },
  body: JSON.stringify({ pushToken }),
  expect,
});
const get = (path, headers, expect) => ({ method: "GET", path, headers, expect });

/** By name: what makes the requests of a round. In a round all push tokens of "rotated" are the same new ones. */
export const REQUESTS = {
  "register, new": () => register("b[0-9a-f]{31}", 201, PUSH_TOKEN),
  "register, repeated": () => register(anyOf("a"), 200, PUSH_TOKEN),
  "register, repeated later": () => register(anyOf("f"), 200, PUSH_TOKEN),
  "register, rotated": (round) => register(anyOf("c"), 200, `${round + 2}`.padStart(64, "0")),
  ...Object.fromEntries(HOLDING.map((count) =>
    [`list, ${count}`, () => get(list(device("e", count)), {}, 200)])),
  "send, 200": () => get(pass(0), AUTHORIZED, 200),
  "send, 200, rival in R2": () => get(pass(1), AUTHORIZED, 200),
  "send, 304": () =>
    get(pass(1), { ...AUTHORIZED, "If-Modified-Since": new Date(MODIFIED_AT * 1000).toUTCString() }, 304),
  unregister: () => ({ method: "DELETE", path: registration(anyOf("d")), headers: AUTHORIZED, expect: 200 }),
  refused: () => register(anyOf("a"), 401, PUSH_TOKEN, { Authorization: "ApplePass wrong" }),
};
