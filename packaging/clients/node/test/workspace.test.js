// The workspace against a real daemon and a fake Mixpanel that keeps what is made.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import * as mixpanel from "../index.js";
import { withHome } from "./world.js";

const { Workspace, QueryError, AccountInUseError, InvalidArgumentError, Problem } = mixpanel;
const DAYS = { fromDate: "2025-01-01", toDate: "2025-01-03" };
const ACCOUNT = `[accounts.team]
type = "service_account"
region = "us"
default_project = "3187654"
username = "bench"
secret = "secret"

[accounts.second]
type = "service_account"
region = "us"
default_project = "3187655"
username = "bench"
secret = "secret"

[active]
account = "team"

[targets.shop]
account = "second"
project = "3187655"
`;

/** Runs with a Mixpanel that keeps what is made. */
async function withStore(work) {
  const script = join(dirname(fileURLToPath(import.meta.url)), "../../python/tests/store.py");
  const store = spawn("python3", ["-B", script, process.env.MPD_UPSTREAM], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    const [line] = await once(store.stdout, "data");
    return await work(String(line).trim());
  } finally {
    store.stdin.end();
    await once(store, "exit");
  }
}

const CASES = {
"methods answer what the daemon says": async (ws, env) => {
  assert.ok((await ws.events()).includes("Sign Up"));
  const result = await ws.segmentation("Sign Up", { ...DAYS, on: "country" });
  assert.deepEqual([result.event, result.segment_property, Object.keys(result.series).length], ["Sign Up", "country", 4]);
},

"what is made is changed and deleted": async (ws, env) => {
  const board = await ws.createDashboard({ title: "Q1", isPrivate: true });
  assert.deepEqual([board.title, board.is_private], ["Q1", true]);
  assert.equal((await ws.updateDashboard(board.id, { title: "Q2" })).title, "Q2");
  assert.equal(await ws.deleteDashboard(board.id), undefined);
  await assert.rejects(ws.getDashboard(board.id), (error) => error instanceof QueryError && error.name === "QueryError" && error instanceof Problem);
},

"a stream is an iterator that asks when it is read": async (ws, env) => {
  const names = [];
  for await (const event of ws.streamEvents({ ...DAYS, events: ["Sign Up"], limit: 3 })) names.push(event.event_name);
  assert.deepEqual(names, ["Sign Up", "Sign Up", "Sign Up"]);
  await assert.rejects(ws.streamEvents({ fromDate: "someday" }).next(), InvalidArgumentError);
},

"an argument that nobody knows is refused before anything is asked": async (ws, env) => {
  await assert.rejects(ws.segmentation("Sign Up", { ...DAYS, colour: "red" }), /takes no colour; it takes fromDate/);
  await assert.rejects(ws.events({}, {}), InvalidArgumentError);
  await assert.rejects(ws.listDashboards("x"), InvalidArgumentError);
},

"a switch takes over what fits, and a snapshot stays where it is": async (ws, env) => {
  const there = new Workspace({ env });
  const held = await there.snapshot();
  const at = async (ws) => [(await ws.session()).account.name, (await ws.session()).project.id];
  assert.deepEqual(await at(await there.use({ target: "shop" })), ["second", "3187655"]);
  assert.deepEqual(await at(await there.use({ project: 3187654 })), ["second", "3187654"]);
  assert.deepEqual(await at(await there.use({ account: "team" })), ["team", "3187654"]);
  assert.deepEqual(await at(held), ["team", "3187654"]);
  await assert.rejects(there.use({ target: "shop", project: 1 }), InvalidArgumentError);
  await assert.rejects(there.use({ acount: "team" }), /not acount/);
  assert.throws(() => new Workspace({ target: "shop", project: 1 }), InvalidArgumentError);
  for (const one of [there, held]) one.close();
},

"failures have names, whichever way the package is loaded": async (ws, env) => {
  const again = createRequire(import.meta.url)("../index.cjs");
  assert.equal(again.Workspace, Workspace);
  const names = Object.keys(again).sort();
  assert.deepEqual(Object.keys(mixpanel).filter((name) => name !== "default").sort(), names);
  const client = new mixpanel.Client({ env });
  await assert.rejects(client.call("DELETE", "/v1/accounts/second"), AccountInUseError);
  client.close();
},
};

test("a workspace", (t) =>
  withStore((url) =>
    withHome(ACCOUNT, () => ({ MPD_UPSTREAM: url }), async (env) => {
      const ws = new Workspace({ env });
      for (const [name, run] of Object.entries(CASES)) await t.test(name, () => run(ws, env));
      ws.close();
    }),
  ));
