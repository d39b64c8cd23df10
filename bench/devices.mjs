// What phones ask of edgepass, for a pass that was signed elsewhere and uploaded: every version understands that.
import { load, send } from "./load.mjs";
import { PASS_TYPE, token } from "./material.mjs";
import { numbers, upload } from "./passes.mjs";

/** Publishes a pass, and returns what asks each device endpoint as many times: one pass, as many phones. In this order. */
export async function devices(server, count, serial, signed) {
  await upload(server, serial, signed);
  const headers = { Authorization: `ApplePass ${token(serial)}` };
  const list = (phone) => `/v1/devices/${serial}-phone-${phone}/registrations/${PASS_TYPE}`;
  const registration = (phone) => `${list(phone)}/${serial}`;
  const register = (expect) => (phone) => ({
    method: "POST",
    path: registration(phone),
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify({ pushToken: `${phone}`.padStart(64, "0") }),
    expect,
  });
  const pass = { path: `/v1/passes/${PASS_TYPE}/${serial}`, headers };
  const { headers: sent } = await send(server, { ...pass, expect: 200 });
  const known = { ...headers, "If-Modified-Since": sent["last-modified"] };

  const requests = {
    "register, new": register(201),
    "register, repeated": register(200),
    list: (phone) => ({ path: list(phone), expect: 200 }),
    "send, 200": () => ({ ...pass, expect: 200 }),
    "send, 304": () => ({ ...pass, headers: known, expect: 304 }),
    unregister: (phone) => ({ method: "DELETE", path: registration(phone), headers, expect: 200 }),
  };
  return Object.entries(requests).map(([name, request]) => [name, () => load(server, numbers(count).map(request))]);
}
