// What each of the three holds when it starts: the same passes and registrations, each in its own tables.

export const PASS_TYPE = "pass.com.example.coffee";
/** Serial numbers are UUIDs, as issuers like them. Pass 0 is the one that is registered and sent. */
export const serial = (number) => `${SERIAL}${`${number}`.padStart(12, "0")}`;
const SERIAL = "5e2a6c1e-8f4b-4d3a-9c7d-";
/** The authentication token of pass 0 and 1, and its SHA-256. */
export const TOKEN = "bench-authentication-token-0123456789abcdef";
export const TOKEN_SHA256 = "3baaa0e377af7187b2c34ce2201ba9009b9a3d6e07e5d1c7beb821e005208254";
export const PUSH_TOKEN = "00".repeat(32);
/** Bytes of the file of a pass. */
export const PASS_BYTES = 32_768;
/** Unix seconds. */
export const MODIFIED_AT = 1_790_000_000;

const PASSES = 100;
/** Devices that hold pass 0, by the letter that their identifiers begin with; each letter is used by one kind of request. */
export const DEVICES = { a: 10_000, c: 20_000, d: 100_000, f: 100_000 };
/** Those that registered a day ago. The others are of a moment to come: to register again within a minute writes nothing. */
const LONG_AGO = "f";
/** Devices that hold so many passes. */
export const HOLDING = [1, 10, 100];

export const device = (letter, number) => `${letter}${`${number}`.padStart(31, "0")}`;

const numbers = (count) =>
  `(WITH RECURSIVE t(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM t LIMIT ${count}) SELECT n FROM t)`;

/** Statements that fill the tables, given what goes into a row of each. */
function statements(pass, registration) {
  const register = (device, serial, count) =>
    `INSERT INTO registrations ${registration(device, serial)} FROM ${numbers(count)}`;
  const nth = `'${SERIAL}' || printf('%012d', n)`;
  return [
    `INSERT INTO passes ${pass(nth)} FROM ${numbers(PASSES)}`,
    ...Object.entries(DEVICES).map(([letter, count]) =>
      register(`'${letter}' || printf('%031d', n)`, `'${serial(0)}'`, count)),
    ...HOLDING.map((count) => register(`'${device("e", count)}'`, nth, count)),
  ];
}

/** For edgepass, and for the floor, which has its tables. */
export function ours(schema) {
  const now = Math.floor(Date.now() / 1000);
  const registered = (device) => (device.startsWith(`'${LONG_AGO}'`) ? now - 86_400 : now + 86_400);
  // As the schema of this commit stores them, or an earlier one's that BASELINE names.
  const [column, pack] = schema.includes("device_id") ? ["device_id", "unhex"] : ["device", ""];
  return [
    `INSERT INTO pass_types (pass_type, revision, publication) VALUES ('${PASS_TYPE}', ${PASSES}, 'bench')`,
    ...statements(
      (serial) => `(pass_type, serial, token_sha256, revision, modified_at, manifest_sha256, file_sha256, object_key, size)
        SELECT '${PASS_TYPE}', ${serial}, '${TOKEN_SHA256}', n + 1, ${MODIFIED_AT}, '${TOKEN_SHA256}', '${TOKEN_SHA256}',
          'pass', ${PASS_BYTES}`,
      (device, serial) => `(${column}, pass_type, serial, push_token, client, registered_at)
        SELECT ${pack}(${device}), '${PASS_TYPE}', ${serial}, ${pack}('${PUSH_TOKEN}'), NULL, ${registered(device)}`,
    ),
  ];
}

/** For the rival, which keeps the file of pass 0 in D1 and that of pass 1 in R2. */
export const rivals = () =>
  statements(
    (serial) => `SELECT '${PASS_TYPE}', ${serial}, iif(n < 2, '${TOKEN}', 'token ' || n), ${MODIFIED_AT},
      iif(n = 0, randomblob(${PASS_BYTES}), NULL), iif(n = 0, NULL, 'pass')`,
    (device, serial) => `SELECT ${device}, '${PASS_TYPE}', ${serial}, '${PUSH_TOKEN}'`,
  );
