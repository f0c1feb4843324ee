import assert from "node:assert/strict";
import test from "node:test";
import * as links from "../../src/links";
import * as rows from "../../src/rows";
import type { Session } from "../../src/wire";

const source = { kind: "config" as const, at: "config.toml:1" };
const session: Session = {
  state: "ok", notes: [], next: [], revision: 1, user: null, account: { name: "acme", type: "oauth_browser", region: "eu", source },
  project: { id: "7", name: "Shop", organization: null, source }, workspace: { id: 8, name: "All", source },
};

test("rows mark what is in force", () => {
  const projects = rows.projects([
    { id: "7", name: "Shop", organization_id: 1, timezone: "UTC", is_active: true }, { id: "9", name: "$(flame)", organization_id: 1, timezone: null, is_active: false },
  ], session);
  assert.deepEqual(projects.map((row) => [row.label, row.description, row.value, row.isCurrent]), [
    ["Shop", "7 · UTC · default of the account", "7", true], ["\\$(flame)", "9", "9", false],
  ]);
  const accounts = rows.accounts([
    { name: "acme", type: "oauth_browser", region: "eu", is_active: true, referenced_by_targets: [], default_project: null },
    { name: "ci", type: "service_account", region: "us", is_active: false, referenced_by_targets: [], default_project: null },
  ], [{ name: "acme", type: "oauth_browser", region: "eu", state: "login_required", expires_at: null, detail: null }], session);
  assert.deepEqual(accounts.map((row) => row.description), ["browser · eu · for all tools · log in again", "service account · us"]);
});

test("accounts that need a login say so, and offer it", () => {
  const [node] = rows.accountNodes(
    [{ name: "acme", type: "oauth_browser", region: "eu", is_active: true, referenced_by_targets: ["prod"], default_project: null }],
    [{ name: "acme", type: "oauth_browser", region: "eu", state: "login_required", expires_at: null, detail: "gone" }], session,
    [{ name: "prod", account: "acme", project: "7", workspace: null }], new Date(),
  );
  assert.match(node?.context ?? "", /^account\.browser\.use\.name\.required$/);
  assert.match(node?.description ?? "", /^log in again/);
  assert.ok(node?.children);
});

test("events come by volume, then by name, with what is known of them", () => {
  const names = ["b", "a", "Sign Up", "", "x\ny"];
  const nodes = rows.eventNodes(
    names, [{ event: "Sign Up", count: 1234, percent_change: -0.414 }, { event: "gone", count: 9, percent_change: null }],
    [{ name: "a", property_count: 1, description: "first\nletter" }], session, () => Promise.resolve([]),
  );
  assert.deepEqual(nodes.map((node) => node.label), ["Sign Up", "(empty name)", "a", "b", "x y"]);
  assert.equal(nodes[0]?.description, "1,234 today (−41 %)");
  assert.equal(nodes[2]?.description, "first letter");
  assert.match(nodes[2]?.tooltip ?? "", /1 property$/);
  assert.equal(nodes[4]?.name, "x\ny");
  assert.equal(new Set(nodes.map((node) => node.id)).size, names.length);
});

test("a search wants all words, wherever they are, and shows no more than fit", () => {
  const nodes = rows.eventNodes(
    Array.from({ length: 5000 }, (_, at) => `Event ${at}`), [], [{ name: "Event 7", property_count: 0, description: "Lucky one" }], session,
    () => Promise.resolve([]),
  );
  assert.deepEqual(rows.filtered(nodes, "lucky EVENT", 300).shown.map((node) => node.name), ["Event 7"]);
  const all = rows.filtered(nodes, "", 300);
  assert.deepEqual([all.shown.length, all.left], [300, 4700]);
  assert.deepEqual(rows.filtered(nodes, "nothing like it", 300), { shown: [], left: 0 });
});

test("addresses are those of the region, and only for what is known", () => {
  const place = { region: "eu", project: "7", workspace: 8 };
  assert.equal(links.dashboard(place, 5), "https://eu.mixpanel.com/project/7/view/8/app/boards#id=5");
  assert.equal(links.event({ region: "us", project: "7" }, "A & B/ü"), "https://mixpanel.com/project/7/app/lexicon#events?search=A%20%26%20B%2F%C3%BC");
  assert.equal(links.project({ region: "mars", project: "7" }), undefined);
  assert.equal(links.project({ region: "us", project: "7/../8" }), undefined);
});
