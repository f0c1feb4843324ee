import assert from "node:assert/strict";
import test from "node:test";
import { choose, environment, flags, overrides, read, stored } from "../../src/choice";
import type { Session, Source } from "../../src/wire";

function session(kind: Source["kind"] = "config"): Session {
  const source = { kind, at: "config.toml:1" };
  return {
    state: "ok", notes: [], next: [], revision: 1, user: null,
    account: { name: "ada", type: "oauth_browser", region: "us", source },
    project: { id: "7", name: "Shop", organization: null, source },
    workspace: { id: 8, name: "All", source },
  };
}

test("a step keeps what it belongs to, and nothing else", () => {
  assert.deepEqual(choose(session(), "account", "eve"), { account: "eve" });
  assert.deepEqual(choose(session(), "target", "prod"), { target: "prod" });
  assert.deepEqual(choose(session(), "project", "9"), { account: "ada", project: "9" });
  assert.deepEqual(choose(session(), "workspace", "12"), { account: "ada", project: "7", workspace: "12" });
  assert.deepEqual(choose(undefined, "project", "9"), { project: "9" });
});

test("credentials of the environment have no account to name, and find their project there", () => {
  const choice = choose(session("env"), "project", "9");
  assert.deepEqual(choice, { project: "9" });
  assert.equal(environment(choice, { MP_PROJECT_ID: "7", MP_USERNAME: "u" }, "").MP_PROJECT_ID, "9");
});

test("a choice wins over the variables of the editor", () => {
  const env = { MP_PROJECT_ID: "7", MP_ACCOUNT: "eve", MP_TARGET: "t", MP_WORKSPACE_ID: "1", PATH: "/bin", MP_REGION: undefined };
  assert.deepEqual(environment({ account: "ada", project: "9" }, env, ""), { PATH: "/bin" });
  assert.deepEqual(environment({}, env, "/run/x.sock"), {
    MP_PROJECT_ID: "7", MP_ACCOUNT: "eve", MP_TARGET: "t", MP_WORKSPACE_ID: "1", PATH: "/bin", MPD_SOCKET: "/run/x.sock",
  });
  assert.deepEqual(overrides({}), {});
  assert.deepEqual(overrides({ target: "prod" }), { MP_ACCOUNT: null, MP_TARGET: null, MP_PROJECT_ID: null, MP_WORKSPACE_ID: null });
});

test("flags are those of mp", () => {
  assert.deepEqual(flags({}), []);
  assert.deepEqual(flags({ account: "-x", project: "9", workspace: "8" }), ["--account", "-x", "--project", "9", "--workspace", "8"]);
});

test("what is stored in a workspace is read with care", () => {
  for (const odd of [undefined, null, 7, "x", [], { account: 7 }, { account: "" }, { other: "x" }]) assert.deepEqual(read(odd), {});
  assert.deepEqual(read({ account: "ada", project: "9", more: true }), { account: "ada", project: "9" });
  // A target stands alone, and the daemon would refuse the rest.
  assert.deepEqual(read({ account: "ada", target: "prod" }), { target: "prod" });
});

test("what is stored for all tools names the account where it is another one", () => {
  assert.deepEqual(stored(session(), "project", "9", "ada"), { project: "9" });
  assert.deepEqual(stored(session(), "project", "9", "eve"), { account: "ada", project: "9" });
  assert.deepEqual(stored(session(), "workspace", "8", "ada"), { workspace: 8 });
  assert.deepEqual(stored(session(), "workspace", "8", "eve"), { account: "ada", project: "7", workspace: 8 });
  assert.deepEqual(stored(session("env"), "project", "9", "eve"), { project: "9" });
  assert.deepEqual(stored(undefined, "target", "prod", undefined), { target: "prod" });
});
