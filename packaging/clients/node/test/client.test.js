// The client against a real daemon and a fake Mixpanel, in the home that `packaging/clients/check` made.

import assert from "node:assert/strict";
import { chmodSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import test from "node:test";
import { inspect } from "node:util";
import { Client, Problem, TokenProvider, socketPath } from "../index.js";
import { answer, chunks, mp, withActor, withHome, withRelay } from "./world.js";

const DAY = { from: "2025-01-01", to: "2025-01-01" };
const SERVICE = { MP_USERNAME: "bench", MP_SECRET: "secret", MP_PROJECT_ID: "3187654", MP_REGION: "us" };
const FROM_VARIABLE = '[accounts.ci]\ntype = "oauth_token"\nregion = "us"\ntoken_env = "MP_CI_TOKEN"\n';
const ALONE = { timeout: 60_000 };

const client = new Client();

async function all(stream) {
  const items = [];
  for await (const item of stream) items.push(item);
  return items;
}

async function problem(work, code) {
  let found;
  await assert.rejects(work, (error) => (found = error) instanceof Problem);
  assert.equal(found.code, code, found.message);
  return found;
}

test("the session tells who decided", ALONE, async () => {
  const session = await client.session();
  assert.deepEqual([session.state, session.account.name], ["ok", "acme-corp"]);
  const other = (await new Client({ project: 3187655 }).session()).project;
  assert.deepEqual([other.id, other.source.kind], ["3187655", "param"]);
  const env = { ...process.env, MP_PROJECT_ID: "7" };
  assert.equal((await new Client({ env }).session()).project.source.at, "MP_PROJECT_ID");
});

test("listings and logs have no secrets", ALONE, async () => {
  const { accounts } = await client.call("GET", "/v1/accounts");
  const [token, credential] = [await client.token("acme-corp"), await client.credential()];
  assert.deepEqual(accounts.map((account) => account.name), ["acme-corp"]);
  assert.ok(token.token.length > 8 && !`${JSON.stringify(accounts)}${inspect(token)}${inspect(credential)}`.includes(token.token));
});

test("what the daemon says beside answers is told once", ALONE, async (t) => {
  const warn = t.mock.method(process, "emitWarning", () => {});
  const env = { ...process.env, MP_PROJECT_ID: "7" };
  for (let times = 0; times < 2; times++) await new Client({ project: 8, env }).session();
  const gone = { query: { v: 2 } };
  await problem(new Client({ project: 9, env }).api("app", "projects/3187654/bookmarks/1", gone), "upstream_not_found");
  const told = warn.mock.calls.map((call) => call.arguments[0]);
  assert.deepEqual(told, ["MP_PROJECT_ID=7 wins over --project 8", "MP_PROJECT_ID=7 wins over --project 9"]);
});

test("an operation answers JSON", ALONE, async () => {
  assert.ok((await client.operation("inspect.events")).includes("Sign Up"));
  assert.equal(await client.operation("inspect.events", {}, { parse: (text) => text[0] }), "[");
  const wrong = await problem(client.operation("export.events", { from: "someday", to: "tomorrow" }), "invalid_argument");
  assert.deepEqual(wrong.errors.map((error) => error.at), ["from", "to"]);
});

test("Mixpanel's own API passes through", ALONE, async () => {
  assert.equal((await client.api("app", "/me")).results.user_email, "ada@example.com");
  const names = await client.api("query", "events/names", { query: { type: "general" } });
  assert.ok(names.includes("Sign Up"));
  const raw = await client.api("export", "export", { query: { from_date: DAY.from, to_date: DAY.to }, stream: true });
  assert.equal(Buffer.concat(await all(raw)).toString().trim().split("\n").length, 50);
});

test("what Mixpanel refuses is a problem with its answer", ALONE, async () => {
  const refused = await problem(client.api("app", "projects/3187654/bookmarks/1", { query: { v: 2 } }), "upstream_not_found");
  assert.deepEqual([refused.status, JSON.parse(refused.body).status], [404, "error"]);
});

test("a problem tells what to run", ALONE, async () => {
  const missing = await problem(client.token("nobody"), "account_not_found");
  assert.deepEqual([missing.status, missing.account, missing.next[0].command], [404, "nobody", "mp account list"]);
  assert.match(missing.message, /run `mp account list`/);
});

test("many calls at once", ALONE, async () => {
  const states = await Promise.all(Array.from({ length: 64 }, async () => (await client.session()).state));
  assert.deepEqual(new Set(states), new Set(["ok"]));
});

test("a login is shared, followed and cancelled", ALONE, async () => {
  const start = () => client.call("POST", "/v1/logins", { account: "acme-corp" });
  const first = await start();
  assert.equal((await start()).id, first.id);
  assert.equal((await client.call("DELETE", `/v1/logins/${first.id}`)).state, "failed");
  const second = await start();
  await (await fetch(second.authorize_url)).text();
  assert.equal((await client.call("GET", `/v1/logins/${second.id}?wait_s=60`)).state, "done");
});

test("fetch is logged in", ALONE, async () => {
  const me = `${(await client.credential()).base_url}/app/me`;
  for (const options of [{}, { account: "acme-corp" }]) {
    const answered = await (await new TokenProvider(client, options).fetch(me)).json();
    assert.equal(answered.results.user_email, "ada@example.com");
  }
  const custom = { MP_CUSTOM_HEADER_NAME: "X-Team", MP_CUSTOM_HEADER_VALUE: "growth" };
  const service = new TokenProvider(new Client({ env: { ...process.env, ...SERVICE, ...custom } }));
  const headers = await service.headers();
  assert.match(headers.Authorization, /^Basic /);
  assert.equal(headers["X-Team"], "growth");
  assert.equal((await service.fetch(me)).status, 200);
});

test("nobody else gets the login", ALONE, async () => {
  for (const url of ["https://example.com/", "http://mixpanel.com/", "https://mixpanel.com.example.com/"]) {
    await problem(new TokenProvider(client).fetch(url), "invalid_argument");
  }
});

test("a variable that the daemon asks for is brought", ALONE, () =>
  withHome(FROM_VARIABLE, () => ({}), async (env) => {
    const brought = new Client({ env: { ...env, MP_CI_TOKEN: "t-1" } });
    assert.equal((await brought.token("ci")).token, "t-1");
    await problem(new Client({ env }).token("ci"), "token_missing");
  }));

test("a stream comes line by line", ALONE, async () => {
  const events = await all(await client.operation("export.events", DAY));
  assert.equal(events.length, 50);
  assert.ok("event_name" in events[0]);
  const lines = await all(await client.operation("export.events", DAY, { parse: (line) => line }));
  assert.deepEqual(lines.map((line) => JSON.parse(line)), events);
});

test("a stream that Mixpanel cuts tells why", ALONE, () =>
  withRelay(process.env.MPD_UPSTREAM, 2000, (url) =>
    withHome("", () => ({ MPD_UPSTREAM: url, ...SERVICE }), async (env) => {
      const stream = await new Client({ env }).operation("export.events", DAY);
      await assert.rejects(all(stream), (error) => error instanceof Problem && error.code.startsWith("upstream_"));
    })));

test("a daemon that is killed cuts its streams", ALONE, () =>
  withHome("", () => SERVICE, async (env) => {
    const stream = await new Client({ env }).operation("export.events", { from: "2025-01-01", to: "2025-12-31" });
    const items = stream[Symbol.asyncIterator]();
    assert.equal((await items.next()).done, false);
    process.kill(Number(mp(env, "daemon", "status", "--jq", ".daemon.pid", "-f", "json")), "SIGKILL");
    await problem(all({ [Symbol.asyncIterator]: () => items }), "daemon_unreachable");
  }));

test("only the end is an end", ALONE, () => {
  const why = '{"code":"rate_limited","detail":"slow down","status":429,"retry_after_s":9}';
  const whole = chunks(['{"a":1}\n{"a":', "2}\n"]);
  const cut = [1, 2, 3, 5, 8].map((count) => whole.slice(0, -count));
  return withActor([whole, chunks(["1\n"], `0\r\nMp-Problem: ${why}\r\n\r\n`), ...cut], async (actor) => {
    const client = new Client({ socket: actor.socket });
    assert.deepEqual(await all(await client.operation("x")), [{ a: 1 }, { a: 2 }]);
    const told = await problem(client.operation("x").then(all), "rate_limited");
    assert.equal(told.retryAfterS, 9);
    while (actor.script.length) await problem(client.operation("x").then(all), "daemon_unreachable");
  });
});

/** Pins another workspace. */
async function change() {
  const now = (await client.session()).workspace?.id;
  return (await client.call("PATCH", "/v1/session", { workspace: now === 880102 ? 880103 : 880102 })).workspace;
}

async function until(events, name) {
  const seen = [];
  while (seen.at(-1)?.name !== name) seen.push((await events.next()).value);
  return seen;
}

test("a restart is told by a reset", ALONE, async () => {
  const events = client.events();
  await until(events, "snapshot");
  mp(process.env, "daemon", "restart");
  const told = (await until(events, "snapshot")).map((event) => event.name);
  // Before them, what earlier changes caused may still come.
  assert.deepEqual(told.slice(-3), ["daemon.stopping", "reset", "snapshot"]);
  const pinned = await change();
  assert.equal((await until(events, "session.changed")).at(-1).data.workspace, pinned);
  await events.return();
});

test("a lost connection loses no event", ALONE, async () => {
  const first = client.events();
  const [{ id }] = await until(first, "snapshot");
  await first.return();
  const pinned = await change();
  const second = client.events({ after: id });
  const missed = await until(second, "session.changed");
  await second.return();
  assert.equal(missed.at(-1).data.workspace, pinned);
  assert.ok(!missed.some((event) => ["reset", "snapshot"].includes(event.name)));
});

test("after a lost connection it goes on after the last event", ALONE, () => {
  const head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
  const event = (id) => `id: i-${id}\nevent: x\ndata: {"n":${id}}\n\n`;
  const frame = (text) => `${head}${text.length.toString(16)}\r\n${text}\r\n`;
  const halved = frame(`: beat\n\n${event(1)}id: i-2\nevent: x\n`);
  return withActor([halved, "", frame(event(2)), frame('event: lagged\ndata: {"missed":3}\n\n')], async (actor) => {
    const events = new Client({ socket: actor.socket }).events();
    const seen = await until(events, "lagged");
    assert.deepEqual(seen.map((event) => event.data), [{ n: 1 }, { n: 2 }, { missed: 3 }]);
    const last = actor.requests.map((head) => /last-event-id: (.*)/i.exec(head)?.[1]);
    // The second connection broke before it said anything: a read is repeated at once.
    assert.deepEqual(last, [undefined, "i-1", "i-1", "i-2"]);
    await events.return();
  });
});

test("without reconnect a stream is one connection", ALONE, () => {
  const head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
  const event = 'id: i-1\nevent: daemon.stopping\ndata: {"reason":"stop"}\n\n';
  const frame = `${head}${event.length.toString(16)}\r\n${event}\r\n`;
  return withActor([`${frame}0\r\n\r\n`, frame], async (actor) => {
    const client = new Client({ socket: actor.socket });
    const seen = await all(client.events({ reconnect: false }));
    assert.deepEqual(seen.map((event) => event.name), ["daemon.stopping"]);
    const cut = client.events({ reconnect: false, after: "i-1" });
    assert.equal((await cut.next()).value.id, "i-1");
    await problem(cut.next(), "daemon_unreachable");
    assert.equal(actor.requests.length, 2);
  });
});

test("another folder can stand for the working directory", ALONE, () =>
  withActor([answer({}), answer({})], async (actor) => {
    await new Client({ socket: actor.socket, cwd: "/srv/\u00e4pp" }).session();
    await new Client({ socket: actor.socket }).session();
    const folders = actor.requests.map((head) => JSON.parse(/^mp-context: (.*)$/im.exec(head)[1]).cwd);
    assert.deepEqual(folders, ["/srv/\u00e4pp", process.cwd()]);
  }));

test("only the wanted types come", ALONE, async () => {
  const events = client.events({ types: ["session.changed"], after: "another-instance-1" });
  assert.equal((await events.next()).value.name, "reset");
  await change();
  assert.equal((await events.next()).value.name, "session.changed");
  await events.return();
});

test("close ends what waits", ALONE, async () => {
  const client = new Client();
  const events = client.events();
  await until(events, "snapshot");
  const rest = events.next();
  client.close();
  assert.equal((await rest).done, true);
  await problem(client.session(), "daemon_unreachable");
  assert.equal((await client.events().next()).done, true);
});

test("a missing daemon is started unless that is forbidden", ALONE, () =>
  withHome("", () => ({}), async (env) => {
    for (const options of [{ env, autostart: false }, { env: { ...env, MPD_AUTOSTART: "0" } }]) {
      const missing = await problem(new Client(options).session(), "daemon_unreachable");
      assert.equal(missing.next[0].command, "mp daemon start");
    }
    const client = new Client({ env: { ...env, MP_ACCOUNT: "a", MP_TARGET: "t" } });
    assert.deepEqual((await client.call("GET", "/v1/targets")).targets, []);
    mp(env, "daemon", "stop");
    assert.deepEqual((await client.call("GET", "/v1/targets")).targets, []);
  }));

test("a start that fails says why", ALONE, () =>
  withHome("", () => ({}), async (env) => {
    for (const more of [{ PATH: "/nowhere" }, { MPD_UPSTREAM: "http://mixpanel.com" }]) {
      const failed = await problem(new Client({ env: { ...env, ...more } }).session(), "daemon_unreachable");
      assert.match(failed.detail, /PATH|mixpanel\.com/);
    }
  }));

test("a socket that others can reach is refused", ALONE, () =>
  withActor([], async (actor) => {
    symlinkSync(actor.folder, `${actor.folder}/link`);
    chmodSync(actor.folder, 0o755);
    for (const socket of [actor.socket, `${actor.folder}/link/mpd.sock`]) {
      assert.match((await problem(new Client({ socket }).session(), "daemon_unreachable")).detail, /not safe/);
    }
    assert.equal(actor.requests.length, 0);
  }));

test("who refuses a file unread is heard", ALONE, () =>
  withActor([answer({ code: "invalid_argument", detail: "no" }, "400 x", "application/problem+json")], async (actor) => {
    const large = `${actor.folder}/large`;
    writeFileSync(large, "");
    truncateSync(large, 8 << 20);
    await problem(new Client({ socket: actor.socket }).upload("lookup-tables.upload", large), "invalid_argument");
    assert.match(actor.requests[0], /expect: 100-continue/i);
    await problem(client.upload("lookup-tables.upload", large, { name: "" }), "invalid_argument");
  }));

test("reads are repeated once, and changes are not", ALONE, () =>
  withActor(["", answer({ accounts: [] }), "", "", ""], async (actor) => {
    const client = new Client({ socket: actor.socket });
    assert.deepEqual([await client.session(), actor.requests.length], [{ accounts: [] }, 2]);
    await problem(client.session(), "daemon_unreachable");
    assert.equal(actor.requests.length, 4);
    await problem(client.call("PATCH", "/v1/session", { account: "a" }), "daemon_unreachable");
    assert.equal(actor.requests.length, 5);
  }));

test("a daemon that leaves has done nothing, so that changes are repeated", ALONE, () => {
  const stopping = answer({ code: "stopping", detail: "it stops" }, "503 x", "application/problem+json");
  return withActor([stopping, answer({ account: "a" })], async (actor) => {
    assert.deepEqual(await new Client({ socket: actor.socket }).call("PATCH", "/v1/session", {}), { account: "a" });
    assert.match(actor.requests[0], /^host: mpd$/im);
    assert.match(actor.requests[0], /^mp-client: mixpanel-mpd-node\//im);
  });
});

test("the socket is where mp looks", ALONE, () => {
  assert.equal(socketPath({ HOME: "//home/./ada/" }), "/home/ada/.mp/run/mpd.sock");
  assert.equal(socketPath({ HOME: "/a", MP_OAUTH_STORAGE_DIR: "/old", MP_STORAGE_DIR: "" }), "/old/run/mpd.sock");
  assert.equal(socketPath({ MPD_SOCKET: "/run/a.sock" }), "/run/a.sock");
  for (const env of [{}, { HOME: "" }, { MP_STORAGE_DIR: "here" }]) {
    assert.throws(() => socketPath(env), Problem);
  }
});

test("a socket that the config puts elsewhere is found there", ALONE, () => {
  const elsewhere = `/tmp/mp-node.${process.pid}`;
  return withHome(`[settings]\nrun_dir = "${elsewhere}"\n`, () => ({}), async (env) => {
    const client = new Client({ env });
    assert.deepEqual((await client.call("GET", "/v1/accounts")).accounts, []);
    assert.ok(client.socket.startsWith(`${elsewhere}/`), client.socket);
  }).finally(() => rmSync(elsewhere, { recursive: true, force: true }));
});

test("a long root has its socket elsewhere", ALONE, () =>
  withHome("", (path) => ({ MP_STORAGE_DIR: `${path}/${"long".repeat(25)}/ä` }), async (env) => {
    mp(env, "daemon", "start");
    assert.ok(socketPath(env).startsWith(`/tmp/mp-${process.geteuid()}/`));
    assert.deepEqual((await new Client({ env, autostart: false }).call("GET", "/v1/accounts")).accounts, []);
  }));
