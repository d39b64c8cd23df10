// A simulated phone: what Wallet asks of a web service.
import { randomBytes } from "node:crypto";
import { strFromU8, unzipSync } from "fflate";
import { segment, send } from "./service.mjs";

export class Phone {
  /** @param {string} url of the service @param {Uint8Array} file the pass */
  constructor(url, file) {
    const pass = JSON.parse(strFromU8(unzipSync(file)["pass.json"]));
    this.type = segment(pass.passTypeIdentifier);
    this.serial = segment(pass.serialNumber);
    this.authorization = { Authorization: `ApplePass ${pass.authenticationToken}` };
    this.pushToken = randomBytes(32).toString("hex");
    this.registrations = `${url}/v1/devices/${randomBytes(16).toString("hex")}/registrations/${this.type}`;
    this.pass = `${url}/v1/passes/${this.type}/${this.serial}`;
  }

  register() {
    const body = JSON.stringify({ pushToken: this.pushToken });
    return send(`${this.registrations}/${this.serial}`, { method: "POST", headers: this.authorization, body });
  }

  /** Asks for the passes that changed since the last list. */
  async list() {
    const reply = await send(this.registrations + (this.tag ? `?passesUpdatedSince=${segment(this.tag)}` : ""));
    this.tag = reply.json?.lastUpdated ?? this.tag;
    return reply;
  }

  fetch() {
    return send(this.pass, { headers: this.authorization });
  }

  unregister() {
    return send(`${this.registrations}/${this.serial}`, { method: "DELETE", headers: this.authorization });
  }
}
