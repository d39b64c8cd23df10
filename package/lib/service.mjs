// Requests to a running service.
import { Problem } from "./problem.mjs";

const TIMEOUT = 30_000;

/**
 * @typedef {object} Reply
 * @property {number} status @property {Headers} headers @property {Uint8Array} body @property {number} ms
 * @property {any} json the body, if it is JSON
 */

/**
 * @param {string} url @param {RequestInit} [init] @returns {Promise<Reply>}
 */
export async function send(url, init = {}) {
  const start = performance.now();
  const answer = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT), ...init }).catch((error) => {
    throw new Problem(`${new URL(url).origin} does not answer: ${error.cause?.message ?? error.message}`);
  });
  const body = new Uint8Array(await answer.arrayBuffer());
  const isJson = /json/.test(answer.headers.get("content-type") ?? "");
  const json = isJson ? JSON.parse(new TextDecoder().decode(body)) : undefined;
  return { status: answer.status, headers: answer.headers, body, ms: Math.round(performance.now() - start), json };
}

/** The issuer API of a service. */
export class Issuer {
  /** @param {string} url @param {string} key */
  constructor(url, key) {
    this.base = `${url}/issuer/v1`;
    this.headers = { Authorization: `Bearer ${key}` };
  }

  /**
   * @param {string} method @param {string} path @param {unknown} [body] bytes, or a value that is sent as JSON
   * @param {string} [type]
   */
  send(method, path, body, type = "application/json") {
    const headers = { ...this.headers, ...(body !== undefined && { "Content-Type": type }) };
    return send(this.base + path, { method, headers, body: body instanceof Uint8Array ? body : JSON.stringify(body) });
  }

  /** The file of a pass. @param {string} path */
  download(path) {
    return send(this.base + path, { headers: { ...this.headers, Accept: "application/vnd.apple.pkpass" } });
  }

  storeIdentity(type, identity) {
    return this.send("PUT", `/pass-types/${segment(type)}/signing-identity`, identity);
  }
}

/** @param {string} text */
export function segment(text) {
  return encodeURIComponent(text);
}

/** What a refusal says. @param {Reply} reply */
export function explain({ status, json }) {
  const defects = (json?.defects ?? []).map(({ file, message }) => `\n  ${file ? `${file}: ` : ""}${message}`).join("");
  return `${status} ${json?.title ?? ""}${json?.detail ? `: ${json.detail}` : ""}${defects}`;
}
