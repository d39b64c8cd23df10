// The passes and registrations that a Worker starts with, and the requests of phones.

export const PASS_TYPE = "pass.com.example.coffee";
const TOKEN = "bench-authentication-token-0123456789abcdef";
/** The SHA-256 of the authentication token of all passes, except the rival's. */
export const TOKEN_SHA256 = "3baaa0e377af7187b2c34ce2201ba9009b9a3d6e07e5d1c7beb821e005208254";
const PUSH_TOKEN = "00".repeat(32);
/** The bytes of a pass file. */
export const PASS_BYTES = 32_768;
const MODIFIED_AT = 1_790_000_000;

/**
 * How many passes a device holds, by its group. The devices of a group have a letter in common, which fills up their
 * identifiers. A request asks for devices of one group. `spread` is the number of passes that the devices with one pass hold in
 * all.
 */
const HOLDS = { a: 1, c: 1, d: 1, f: 1, e: 1, 9: 10, 8: 100 };
const [REPEATED, ROTATED, UNREGISTERED, LATER, LISTING] = ["a", "c", "d", "f", ["e", "9", "8"]];

/** 230,111 registrations. All devices of the first four groups hold the same pass. */
export const COMPARED = { passes: 100, spread: 1, devices: { a: 10_000, c: 20_000, d: 100_000, f: 100_000, e: 1, 9: 1, 8: 1 } };
/** So many registrations, ten of each pass. */
export const scaled = (count) => ({
  passes: count / 10,
  spread: count / 10,
  devices: { a: count / 5, c: count / 10, d: count / 5, f: count / 5, e: count / 10, 9: count / 100, 8: count / 1000 },
});

// Identifiers are in no order: each begins with its number times this factor, modulo 2^32.
const FACTOR = 2_654_435_761n;
const scrambled = (n) => ((BigInt(n) * FACTOR) % 2n ** 32n).toString(16).padStart(8, "0");
const device = (letter, n) => scrambled(n) + letter.repeat(24);
const serial = (n) => `${scrambled(n)}-8f4b-4d3a-9c7d-${`${n}`.padStart(12, "0")}`;
const SCRAMBLED = (n) => `printf('%08x', (${n}) * ${FACTOR} % 4294967296)`;
const SERIAL = (n) => `${SCRAMBLED(n)} || printf('-8f4b-4d3a-9c7d-%012d', ${n})`;

const numbers = (count) =>
  `(WITH RECURSIVE t(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM t LIMIT ${count}) SELECT n FROM t)`;

/** Statements that fill the tables. `pass` and `registration` give the values of a row. */
function fill({ passes, spread, devices }, pass, registration) {
  const registrations = Object.entries(devices).map(([letter, count]) => {
    const holds = HOLDS[letter];
    const number = `(d.n * ${holds} + p.n) % ${holds === 1 ? spread : passes}`;
    const values = registration(`${SCRAMBLED("d.n")} || '${letter.repeat(24)}'`, SERIAL(number), letter);
    return `INSERT INTO registrations ${values} FROM ${numbers(count)} AS d CROSS JOIN ${numbers(holds)} AS p`;
  });
  return [`INSERT INTO passes ${pass(SERIAL("n"))} FROM ${numbers(passes)}`, ...registrations];
}

/** For edgepass and the floor. Devices of LATER registered a day ago. The registrations of the others count as just made. */
export function ours(population) {
  const registered = (letter) => Math.floor(Date.now() / 1000) + (letter === LATER ? -1 : 1) * 86_400;
  return [
    `INSERT INTO pass_types (pass_type, revision, publication) VALUES ('${PASS_TYPE}', ${population.passes}, 'bench')`,
    ...fill(
      population,
      (serial) => `(pass_type, serial, token_sha256, revision, modified_at, manifest_sha256, file_sha256, object_key, size)
        SELECT '${PASS_TYPE}', ${serial}, '${TOKEN_SHA256}', n + 1, ${MODIFIED_AT}, '${TOKEN_SHA256}', '${TOKEN_SHA256}',
          'pass', ${PASS_BYTES}`,
      (device, serial, letter) => `(device_id, pass_type, serial, push_token, client, registered_at)
        SELECT unhex(${device}), '${PASS_TYPE}', ${serial}, unhex('${PUSH_TOKEN}'), NULL, ${registered(letter)}`,
    ),
  ];
}

/** For the rival, which keeps the file of pass 0 in D1 and that of pass 1 in R2. */
export const rivals = (population) =>
  fill(
    population,
    (serial) => `SELECT '${PASS_TYPE}', ${serial}, iif(n < 2, '${TOKEN}', 'token ' || n), ${MODIFIED_AT},
      iif(n = 0, randomblob(${PASS_BYTES}), NULL), iif(n = 0, NULL, 'pass')`,
    (device, serial) => `SELECT ${device}, '${PASS_TYPE}', ${serial}, '${PUSH_TOKEN}'`,
  );

const AUTHORIZED = { Authorization: `ApplePass ${TOKEN}` };

/** The requests of phones, by name. Each is a function that makes another request. */
export function requests({ spread, devices }) {
  const hex = (bytes) => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("hex");
  const any = (count) => Math.floor(Math.random() * count);
  const next = {}; // each server has requests of its own
  const following = (letter) => (next[letter] = ((next[letter] ?? -1) + 1) % devices[letter]);

  const list = (device) => `/v1/devices/${device}/registrations/${PASS_TYPE}`;
  const pass = (n) => `/v1/passes/${PASS_TYPE}/${serial(n)}`;
  const path = (letter, n) => `${list(device(letter, n))}/${serial(n % spread)}`;
  const register = (path, expect, pushToken = PUSH_TOKEN, headers = AUTHORIZED) => ({
    method: "POST",
    path,
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify({ pushToken }),
    expect,
  });
  const repeat = (letter, ...more) => register(path(letter, any(devices[letter])), ...more);
  const since = { "If-Modified-Since": new Date(MODIFIED_AT * 1000).toUTCString() };
  return {
    "register, new": () => register(`${list(hex(16))}/${serial(any(spread))}`, 201),
    "register, repeated": () => repeat(REPEATED, 200),
    "register, repeated later": () => register(path(LATER, following(LATER)), 200),
    "register, rotated": () => repeat(ROTATED, 200, hex(32)),
    ...Object.fromEntries(LISTING.map((letter) =>
      [`list, ${HOLDS[letter]}`, () => ({ path: list(device(letter, any(devices[letter]))), expect: 200 })])),
    "send, 200": () => ({ path: pass(any(spread)), headers: AUTHORIZED, expect: 200 }),
    "send, 200, rival in R2": () => ({ path: pass(1), headers: AUTHORIZED, expect: 200 }),
    "send, 304": () => ({ path: pass(1), headers: { ...AUTHORIZED, ...since }, expect: 304 }),
    unregister: () =>
      ({ method: "DELETE", path: path(UNREGISTERED, following(UNREGISTERED)), headers: AUTHORIZED, expect: 200 }),
    refused: () => repeat(REPEATED, 401, PUSH_TOKEN, { Authorization: "ApplePass wrong" }),
  };
}
