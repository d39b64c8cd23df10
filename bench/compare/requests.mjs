// What phones ask.
import { randomBytes } from "node:crypto";
import { DEVICES, HOLDING, MODIFIED_AT, PASS_TYPE, PUSH_TOKEN, TOKEN, device, serial } from "./seed.mjs";

const AUTHORIZED = { Authorization: `ApplePass ${TOKEN}` };
const DIGITS = 31;

const digit = () => Math.floor(Math.random() * 10);

/** How the varying part of a path is written: as the regular expression from which `oha` makes them for each request (a dot is a dot). */
export const PATTERN = {
  digits: (count) => `[0-9]{${count}}`,
  upTo: (most) => `[0-${most}]`,
  hex: (count) => `[0-9a-f]{${count}}`,
};
/** Or chosen, for one request. */
export const CHOSEN = {
  digits: (count) => Array.from({ length: count }, digit).join(""),
  upTo: (most) => `${Math.floor(Math.random() * (Number(most) + 1))}`,
  hex: (count) => randomBytes(Math.ceil(count / 2)).toString("hex").slice(0, count),
};

/** Any of the devices of a letter. */
const anyOf = (letter, written) => {
  const most = `${DEVICES[letter] - 1}`;
  return `${letter}${"0".repeat(DIGITS - most.length)}${written.upTo(most[0])}${written.digits(most.length - 1)}`;
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
  "register, new": (_, written) => register(`b${written.hex(DIGITS)}`, 201, PUSH_TOKEN),
  "register, repeated": (_, written) => register(anyOf("a", written), 200, PUSH_TOKEN),
  "register, repeated later": (_, written) => register(anyOf("f", written), 200, PUSH_TOKEN),
  "register, rotated": (round, written) => register(anyOf("c", written), 200, `${round + 2}`.padStart(64, "0")),
  ...Object.fromEntries(HOLDING.map((count) =>
    [`list, ${count}`, () => get(list(device("e", count)), {}, 200)])),
  "send, 200": () => get(pass(0), AUTHORIZED, 200),
  "send, 200, rival in R2": () => get(pass(1), AUTHORIZED, 200),
  "send, 304": () =>
    get(pass(1), { ...AUTHORIZED, "If-Modified-Since": new Date(MODIFIED_AT * 1000).toUTCString() }, 304),
  unregister: (_, written) => ({ method: "DELETE", path: registration(anyOf("d", written)), headers: AUTHORIZED, expect: 200 }),
  refused: (_, written) => register(anyOf("a", written), 401, PUSH_TOKEN, { Authorization: "ApplePass wrong" }),
};
