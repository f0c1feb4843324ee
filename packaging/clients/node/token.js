// The login on requests to Mixpanel.

import { revealed, Problem } from "./answer.js";

const LOOPBACK = ["127.0.0.1", "[::1]", "localhost"];

/**
 * Puts the login on requests to Mixpanel. The daemon is asked each time and answers at once with a token that is good for `minValidS`;
 * nothing is kept. Without an account it is the login of the client's session, a service account included.
 */
export class TokenProvider {
  #client;
  #options;

  constructor(client, { account, minValidS = 60 } = {}) {
    this.#client = client;
    this.#options = { account, minValidS };
  }

  /** Returns `Authorization`, and the custom headers of the session. */
  async headers() {
    const { account, minValidS } = this.#options;
    const asked = account === undefined ? this.#client.credential({ minValidS }) : this.#client.token(account, { minValidS });
    const { token, username, secret, headers = [] } = await asked;
    const custom = Object.fromEntries(headers.map(({ name, value }) => [name, value]));
    if (token != null) return revealed({ ...custom, Authorization: `Bearer ${token}` });
    if (username == null) {
      throw new Problem("invalid_argument", `account '${account}' has no token; name none to use the session's`, 400);
    }
    return revealed({ ...custom, Authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString("base64")}` });
  }

  /** Is `fetch` with the login, for Mixpanel and this computer alone. When it is sent on to another host, `fetch` drops the login. */
  async fetch(resource, init = {}) {
    const request = new Request(resource, init);
    const { protocol, hostname } = new URL(request.url);
    const isOurs = protocol === "https:" && (hostname === "mixpanel.com" || hostname.endsWith(".mixpanel.com"));
    if (!isOurs && !LOOPBACK.includes(hostname)) {
      throw new Problem("invalid_argument", `the login is for Mixpanel, not for ${protocol}//${hostname}`, 400);
    }
    for (const [name, value] of Object.entries(await this.headers())) request.headers.set(name, value);
    return fetch(request);
  }
}
