// What the daemon answers: problems, streams, events, secrets.

import { inspect } from "node:util";

/** Why a call failed: what the daemon said (RFC 9457), or why it could not be asked (`daemon_unreachable`, `timeout`). */
export class Problem extends Error {
  name = "Problem";

  constructor(code, detail, status = 503, more = {}) {
    super([detail, ...(more.next ?? []).map((step) => `run \`${step.command}\` to ${step.label}`)].join("; "));
    const { account, retry_after_s, next = [], errors = [], env = [], upstream, answer } = more;
    Object.assign(this, { code, detail, status, account, retryAfterS: retry_after_s, next, errors, env, upstream });
    // What Mixpanel itself answered belongs to the caller, and not into a log of this error.
    Object.defineProperty(this, "answer", { value: answer });
  }

  /** Reads a problem as the daemon writes it. */
  static of(text, status = 500) {
    try {
      const body = JSON.parse(text);
      if (typeof body.code === "string") return new Problem(body.code, body.detail, body.status ?? status, body);
    } catch {
      // Then it is not the daemon's.
    }
    return new Problem("internal", `what listens on the socket answered ${status} without a reason`, status);
  }
}

export function unreachable(detail, command = "mp daemon doctor", label = "look for the cause") {
  return new Problem("daemon_unreachable", detail, 503, { next: [{ command, label }] });
}

/** A whole answer. */
export class Answer {
  constructor(response, body) {
    Object.assign(this, { status: response.statusCode, headers: response.headers, body });
  }

  static async read(response) {
    const parts = [];
    for await (const part of response) parts.push(part);
    return new Answer(response, Buffer.concat(parts));
  }

  /** Returns the body as JSON; null if it is empty. */
  json() {
    return this.body.length ? JSON.parse(this.body.toString()) : null;
  }

  /** Returns why this is no success, if it is none. */
  problem() {
    const { status, headers } = this;
    if (status < 400) return undefined;
    const isProblem = (headers["content-type"] ?? "").startsWith("application/problem+json");
    if (isProblem || headers["mp-origin"] !== "upstream") return Problem.of(this.body.toString(), status);
    const named = { 401: "credential_refused", 404: "upstream_not_found", 429: "rate_limited" };
    const code = named[status] ?? (status >= 500 ? "upstream_fault" : "upstream_refused");
    const wait = /^\d+$/.test(headers["retry-after"] ?? "") ? Number(headers["retry-after"]) : undefined;
    return new Problem(code, `Mixpanel answered ${status}`, status, { retry_after_s: wait, answer: this });
  }
}

/** An answer that comes bit by bit, to be iterated once. One that ends early throws a {@link Problem}. */
export class Stream {
  #response;
  #items;

  constructor(response, parse) {
    this.#response = response;
    this.headers = response.headers;
    const isLines = this.headers["content-type"] === "application/jsonl";
    this.#items = isLines ? mapped(this.lines(), parse) : this.#parts();
  }

  [Symbol.asyncIterator]() {
    return this.#items;
  }

  close() {
    this.#response.destroy();
  }

  async [Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]() {
    this.close();
  }

  /** Returns the lines as they come. */
  async *lines() {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const part of this.#parts()) {
      const lines = (rest + decoder.decode(part, { stream: true })).split("\n");
      rest = lines.pop();
      yield* lines;
    }
    if (rest) yield rest;
  }

  async *#parts() {
    const response = this.#response;
    const { "transfer-encoding": chunked, "content-length": length } = this.headers;
    try {
      yield* response;
    } catch (error) {
      throw error instanceof Problem ? error : unreachable("the answer was cut off: the daemon went away");
    }
    // An answer without a length could be cut off anywhere.
    if (!response.complete || !(chunked || length)) throw unreachable("the answer was cut off: the daemon went away");
    const problem = response.trailers["mp-problem"];
    if (problem) throw Problem.of(problem);
  }
}

async function* mapped(lines, parse) {
  for await (const line of lines) yield parse(line);
}

/** Reads Server-Sent Events. Comments are skipped, and so is what has no data. */
export async function* readEvents(lines) {
  let fields = {};
  for await (const line of lines) {
    const [, name, value] = /^([^:\r]*):? ?(.*?)\r?$/.exec(line);
    if (name) {
      fields[name] = name === "data" && "data" in fields ? `${fields.data}\n${value}` : value;
    } else if (!line.trim()) {
      if ("data" in fields) yield { id: fields.id, name: fields.event ?? "", data: JSON.parse(fields.data) };
      fields = {};
    }
  }
}

/** Marks what holds a secret, which no log shall show. */
export function revealed(body) {
  return Object.defineProperty(body, inspect.custom, { value: () => `<${Object.keys(body).join(", ")}>` });
}
