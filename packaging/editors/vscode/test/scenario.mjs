// What somebody does with the extension, step by step. Each step checks what is seen; most leave a picture.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./world.mjs";
import { Workbench } from "./workbench.mjs";

const [SHOP, MOBILE] = [["3187654", "Web Shop"], ["3187655", "Mobile"]];

/** Logs in on the page that a link of the extension leads to. */
async function allow(world, bench) {
  await bench.page.locator(".notification-list-item a", { hasText: "Other ways" }).click();
  await bench.pick("Copy the link");
  const link = await until(() => bench.page.evaluate(() => navigator.clipboard.readText()).then((text) => text.includes("authorize") && text), "a link is copied");
  const consent = await world.context.newPage();
  await consent.goto(link);
  await consent.getByRole("link", { name: "Allow", exact: true }).click();
  return consent;
}

async function nobody(world, bench) {
  await bench.statusIs("log in");
  assert.equal(await bench.isWarning(), false);
  await bench.view();
  await bench.button("Log In").first().waitFor();
  await bench.picture("nobody");
}

async function loginByBrowser(world, bench) {
  await bench.button("Log In").first().click();
  await bench.pick("in the browser");
  await bench.row("us").first().click();
  await bench.notice("waiting for the browser").waitFor();
  await bench.statusIs("logging in");
  await bench.picture("login-waits");
  const consent = await allow(world, bench);
  await bench.row("Web Shop").first().waitFor();
  await bench.picture("login-project");
  await bench.pick("Web Shop");
  await bench.statusIs("acme-corp · Web Shop");
  await bench.notice("Logged in as ada@example.com").waitFor();
  await consent.close();
  assert.match(await world.mp("session"), /acme-corp[^]*Web Shop/);
  await bench.dismiss();
}

async function loginIsCancelled(world, bench) {
  await bench.command("Mixpanel: Log In");
  await bench.pick("acme-corp");
  await bench.notice("waiting for the browser").waitFor();
  await bench.notice("waiting for the browser").locator(".monaco-button", { hasText: "Cancel" }).click();
  await bench.statusIs("acme-corp · Web Shop");
  assert.deepEqual(JSON.parse(await world.mp("login", "--list", "-f", "json")), []);
}

/** A browser on another computer ends on a page that it cannot show: its address is pasted. */
async function loginByPaste(world, bench) {
  await bench.command("Mixpanel: Log In");
  await bench.pick("acme-corp");
  await bench.notice("waiting for the browser").waitFor();
  const { logins } = await world.get("/v1/logins");
  const page = await (await fetch(logins[0].authorize_url)).text();
  const yes = /href="([^"]*)"[^>]*>\s*Allow/.exec(page)[1].replaceAll("&amp;", "&");
  const back = await fetch(new URL(yes, logins[0].authorize_url), { redirect: "manual" });
  await bench.command("Mixpanel: Finish or Cancel");
  await bench.pick("Paste the answer");
  await bench.input.waitFor();
  await bench.picture("login-paste");
  await bench.type(back.headers.get("location"));
  await bench.notice("Logged in as ada@example.com").waitFor();
  await bench.statusIs("acme-corp · Web Shop");
  await bench.dismiss();
}

async function views(world, bench) {
  await until(async () => (await bench.tree("Events")).length >= 6, "the events are there");
  assert.deepEqual((await bench.tree("Accounts"))[0], "acme-corpbrowser · us");
  assert.deepEqual(await bench.tree("Projects"), ["Mobile3187655", "Web Shop3187654 · this window"]);
  assert.match((await bench.tree("Events"))[0], /^Sign Up.*today.*Sent when Sign Up happens/);
  await bench.treeRow("Events", "Sign Up").click();
  await until(async () => (await bench.tree("Events")).some((row) => row.startsWith("amount") || row.startsWith("country") || row.startsWith("plan")), "its properties are there");
  await bench.treeRow("Events", "Sign Up").click();
  await bench.treeRow("Projects", "Web Shop").click();
  await until(async () => (await bench.tree("Projects")).some((row) => row.includes("880102")), "its workspaces are there");
  await bench.picture("views");
  await bench.treeRow("Projects", "Web Shop").click();
  await bench.command("Mixpanel: Find Events");
  await bench.type("sign");
  await until(async () => (await bench.tree("Events")).length === 2, "two events have the word");
  await bench.picture("views-search");
  await bench.command("Mixpanel: Show All Events");
  await until(async () => (await bench.tree("Events")).length >= 6, "all events are there again");
}

async function openInMixpanel(world, bench) {
  await bench.pane("Dashboards").locator(".pane-header").click();
  await bench.treeRow("Dashboards", "Overview").waitFor();
  await bench.treeRow("Dashboards", "Overview").hover();
  await bench.treeRow("Dashboards", "Overview").locator('a[aria-label="Open in Mixpanel"]').click();
  // The editor asks before it opens what is not trusted yet.
  await bench.dialogButton("Open").click({ timeout: 3000 }).catch(() => {});
  const opened = await until(() => bench.opened().then((all) => all.find((url) => url.includes("mixpanel.com"))), "an address is opened");
  assert.match(opened, /^https:\/\/mixpanel\.com\/project\/3187654\/app\/boards#id=\d+$/);
  // Some editors escape an address once more, or once less.
  await bench.treeRow("Events", "Sign Up").hover();
  await bench.treeRow("Events", "Sign Up").locator('a[aria-label="Open in Mixpanel"]').click();
  await bench.dialogButton("Open").click({ timeout: 3000 }).catch(() => {});
  await until(() => bench.opened().then((all) => all.includes("https://mixpanel.com/project/3187654/app/lexicon#events?search=Sign%20Up")), "the event is opened")
    .catch(async (error) => assert.fail(`${error.message}: ${await bench.opened()}`));
  await bench.pane("Dashboards").locator(".pane-header").click();
}

async function thisWindow(world, bench) {
  await bench.command("Mixpanel: Switch Project");
  await bench.row("Mobile").first().waitFor();
  await bench.picture("switch-project");
  await bench.pick("Mobile");
  await bench.row("This window only").first().waitFor();
  await bench.picture("switch-where");
  await bench.pick("This window only");
  await bench.statusIs("acme-corp · Mobile");
  assert.match(await world.mp("session"), /Web Shop/);
  await bench.command("Mixpanel: Show Session");
  const shown = await bench.preview("this window");
  assert.match(shown, /Mobile \(3187655\)\s+this window/);
  await bench.picture("session");
  await bench.item.hover();
  await bench.page.locator(".workbench-hover", { hasText: "this window" }).waitFor();
  await bench.picture("tooltip");
  await bench.page.mouse.move(640, 300);
}

async function windowsDiffer(world, bench) {
  // What a window has chosen survives a reload, and another folder has its own.
  await bench.reload();
  await bench.statusIs("acme-corp · Mobile");
  await bench.command("Mixpanel: Follow What Is Stored");
  await bench.statusIs("acme-corp · Web Shop");
}

async function allTools(world, bench) {
  await bench.command("Mixpanel: Switch Project");
  await bench.pick("Mobile");
  await bench.pick("For all tools");
  await bench.statusIs("acme-corp · Mobile");
  await until(async () => /Mobile/.test(await world.mp("session")), "all tools have it");
}

async function terminal(world, bench) {
  await world.mp("project", "use", SHOP[0]);
  const began = Date.now();
  await bench.statusIs("acme-corp · Web Shop", 5000);
  console.log(`   the status bar followed a terminal after ${Date.now() - began} ms`);
  world.env.MP_USERNAME = "bench";
  world.env.MP_SECRET = "secret";
  await world.mp("login", "-S", "--name", "ci", "--project", MOBILE[0]);
  delete world.env.MP_USERNAME;
  delete world.env.MP_SECRET;
  await bench.statusIs("ci · Mobile", 5000);
  await until(async () => (await bench.tree("Accounts")).length === 2, "both accounts are there");
  await bench.picture("two-accounts");
  await world.mp("account", "use", "acme-corp");
  await bench.statusIs("acme-corp · Web Shop", 5000);
}

/** Every window has its own item, and all follow. */
async function twoWindows(world, bench) {
  const other = await Workbench.open(world);
  await other.statusIs("acme-corp · Web Shop");
  await world.mp("project", "use", MOBILE[0]);
  await Promise.all([bench.statusIs("acme-corp · Mobile", 5000), other.statusIs("acme-corp · Mobile", 5000)]);
  await world.mp("project", "use", SHOP[0]);
  await Promise.all([bench.statusIs("acme-corp · Web Shop", 5000), other.statusIs("acme-corp · Web Shop", 5000)]);
  await other.page.close();
}

async function targets(world, bench) {
  await world.mp("target", "add", "prod", "--account", "ci", "--project", MOBILE[0]);
  await bench.command("Mixpanel: Switch Target");
  await bench.pick("prod");
  await bench.pick("This window only");
  await bench.statusIs("ci · Mobile");
  await until(async () => (await bench.tree("Accounts")).some((row) => row.startsWith("ci") && row.includes("this window")), "the row is marked");
  await bench.command("Mixpanel: Follow What Is Stored");
  await bench.statusIs("acme-corp · Web Shop");
}

async function loginElsewhere(world, bench) {
  const started = world.start("login", "--no-browser", "--name", "acme-corp");
  await bench.statusIs("logging in");
  await bench.command("Mixpanel: Finish or Cancel");
  await bench.pick("Cancel this login");
  await bench.statusIs("acme-corp · Web Shop");
  assert.equal(await started, 2);
}

async function doctor(world, bench) {
  await bench.dismiss();
  await bench.command("Mixpanel: Run Doctor");
  const shown = await bench.preview("the daemon answers this window");
  assert.match(shown, /mpd 0\.1\.0/);
  await bench.picture("doctor");
  await bench.dismiss();
}

/** The editor starts the server that it was offered. VS Code has the interface since 1.101. */
async function mcp(world, bench) {
  if (world.log("Mixpanel.log").includes("takes no MCP servers")) return console.log("   this editor takes none");
  await bench.command("MCP: List Servers");
  await bench.row("Mixpanel").first().waitFor();
  await bench.picture("mcp-servers");
  await bench.pick("Mixpanel");
  await bench.row("Start Server").first().waitFor();
  await bench.pick("Start Server");
  await bench.dialogButton("Trust").click({ timeout: 3000 }).catch(() => {});
  await until(() => world.mcpServers().length > 0, "mp mcp runs");
  assert.deepEqual(world.mcpServers(), ["mcp"]);
  // A choice of the window goes along when it is started again.
  await bench.command("Mixpanel: Switch Project");
  await bench.pick("Mobile");
  await bench.pick("This window only");
  await bench.statusIs("acme-corp · Mobile");
  await bench.command("MCP: List Servers");
  await bench.pick("Mixpanel");
  await bench.row("Restart Server").or(bench.row("Start Server")).first().click();
  await until(() => world.mcpServers().some((words) => words.includes("--project 3187655")), "it has the project of the window");
  await bench.command("Mixpanel: Follow What Is Stored");
  await bench.statusIs("acme-corp · Web Shop");
}

async function daemonKilled(world, bench) {
  process.kill(await pid(world), "SIGKILL");
  const began = Date.now();
  await bench.statusIs("not running");
  console.log(`   a killed daemon was seen after ${Date.now() - began} ms`);
  await bench.button("Start Daemon").first().waitFor();
  await bench.picture("not-running");
  await world.mp("session");
  await bench.statusIs("acme-corp · Web Shop");
  process.kill(await pid(world), "SIGKILL");
  await bench.button("Start Daemon").first().click();
  await bench.statusIs("acme-corp · Web Shop");
}

async function pid(world) {
  return Number(await world.mp("daemon", "status", "--jq", ".daemon.pid", "-f", "json"));
}

async function stoppedStaysStopped(world, bench) {
  await world.mp("daemon", "stop");
  await bench.statusIs("not running");
  await bench.page.waitForTimeout(4000);
  assert.match(await bench.status(), /not running/);
  assert.throws(() => execFileSync("pgrep", ["-f", `${world.home}/.mp`]));
  await world.mp("daemon", "start");
  await bench.statusIs("acme-corp · Web Shop");
  const before = await pid(world);
  await bench.command("Mixpanel: Restart Daemon");
  await until(async () => (await pid(world)) !== before, "another daemon runs");
  await bench.statusIs("acme-corp · Web Shop");
}

async function badConfig(world, bench) {
  const path = join(world.home, ".mp/config.toml");
  const good = readFileSync(path, "utf8");
  appendFileSync(path, "\n[accounts.broken\n");
  await bench.statusIs("bad config");
  assert.equal(await bench.isWarning(), true);
  await bench.button("Open config.toml").first().click();
  await bench.page.locator(".tab", { hasText: "config.toml" }).waitFor();
  await bench.picture("bad-config");
  writeFileSync(path, good);
  await bench.statusIs("acme-corp · Web Shop");
}

async function loginLost(world, bench) {
  await world.mp("account", "logout", "acme-corp");
  await bench.statusIs("acme-corp: log in");
  assert.equal(await bench.isWarning(), true);
  await until(async () => (await bench.tree("Accounts")).some((row) => row.includes("log in again")), "the row says so");
  await bench.pane("Projects").getByText("The login has ended").waitFor();
  await bench.pane("Events").getByText("Events are shown after a login").waitFor();
  await bench.picture("login-lost");
  await bench.treeRow("Accounts", "acme-corp").hover();
  await bench.treeRow("Accounts", "acme-corp").locator('a[aria-label="Log In Again"]').click();
  await bench.notice("waiting for the browser").waitFor();
  const consent = await allow(world, bench);
  await bench.statusIs("acme-corp · Web Shop");
  await consent.close();
  await bench.dismiss();
}

async function logOut(world, bench) {
  await bench.command("Mixpanel: Log Out");
  await bench.pick("acme-corp");
  await bench.dialogButton("Log Out").waitFor();
  await bench.picture("log-out");
  await bench.dialogButton("Log Out").click();
  await bench.statusIs("acme-corp: log in");
}

async function silence(world) {
  const log = world.log();
  const secrets = [...world.secrets, "Bearer ", "refresh_token", "code_verifier"];
  assert.ok(log.includes("login") && world.secrets.size >= 2);
  assert.deepEqual(secrets.filter((secret) => log.includes(secret)).map((secret) => secret.slice(0, 4)), []);
  assert.deepEqual(world.strangers, []);
}

export const STEPS = {
  nobody, loginByBrowser, loginIsCancelled, loginByPaste, views, openInMixpanel, thisWindow, windowsDiffer, allTools, terminal, twoWindows, targets, loginElsewhere, doctor, mcp,
  daemonKilled, stoppedStaysStopped, badConfig, loginLost, logOut, silence,
};

export async function play(world, steps) {
  const bench = await Workbench.open(world);
  for (const [name, step] of Object.entries(steps)) {
    const began = Date.now();
    console.log(`-- ${name}`);
    try {
      await step(world, bench);
    } catch (error) {
      await bench.picture(`failed-${name}`).catch(() => {});
      console.error(world.log("Mixpanel.log").slice(-4000));
      throw error;
    }
    world.remember();
    console.log(`   ${Date.now() - began} ms`);
  }
}
