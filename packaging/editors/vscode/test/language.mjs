// Events in code: what the language server says in the editor.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./world.mjs";

export const FILES = {
  "shop.js": [
    "import mixpanel from 'mixpanel-browser';", "", "mixpanel.track('Sign Up', { country: 'DE' });", "mixpanel.track('Sign Upp', { country: 'DE' });", "",
  ].join("\n"),
  "shop.py": [
    "from mixpanel import Mixpanel", "", "mp = Mixpanel('token')", "mp.track('user-1', 'Sign Up', {'country': 'DE'})",
    "mp.track('user-1', 'Purchas', {'country': 'DE'})", "",
  ].join("\n"),
  "other.js": "import mixpanel from 'mixpanel-browser';\nmixpanel.track('Only Here');\n",
};

const errors = (bench) => bench.page.locator(".monaco-editor .squiggly-error");
const line = (bench, text) => bench.page.locator(".monaco-editor .view-line", { hasText: text }).first();

async function openFile(bench, name) {
  await bench.dismiss();
  await bench.page.keyboard.press("Control+P");
  await bench.input.waitFor();
  await bench.input.fill(name);
  // What was open last stands first until the list has been looked through.
  await bench.page.locator(".quick-input-widget:visible .monaco-list-row.focused", { hasText: name }).waitFor();
  await bench.page.keyboard.press("Enter");
  await bench.page.locator(".tab.active", { hasText: name }).waitFor();
}

async function hover(bench, text, word) {
  await line(bench, text).getByText(word, { exact: false }).last().hover();
  const shown = bench.page.locator(".monaco-hover:visible .monaco-hover-content").first();
  await shown.waitFor();
  return until(async () => {
    const text = await shown.innerText({ timeout: 1000 });
    return text.includes("Loading...") ? undefined : text;
  }, "the hover says something");
}

/** Writes a call at the end of the file, and takes a proposal. */
async function complete(bench, call, proposal, picture) {
  await line(bench, "country").click();
  await bench.page.keyboard.press("Control+End");
  await bench.page.keyboard.type(call, { delay: 60 });
  const row = bench.page.locator(".suggest-widget.visible .monaco-list-row", { hasText: proposal }).first();
  await row.waitFor({ timeout: 5000 }).catch(async () => {
    await bench.page.keyboard.press("Control+Space");
    await row.waitFor();
  });
  await bench.picture(picture);
  const found = await bench.page.locator(".suggest-widget.visible .monaco-list-row").allInnerTexts();
  await row.click();
  await line(bench, `${call}${proposal}`).waitFor();
  return found.map((text) => text.replace(/\s+/g, " ").trim());
}

async function javascript(world, bench) {
  await openFile(bench, "shop.js");
  await until(async () => (await errors(bench).count()) === 1, "one event is unknown");
  const said = await hover(bench, "Sign Upp", "Sign Upp");
  assert.match(said, /Sign Up/);
  await bench.picture("javascript-problem");
  await bench.page.keyboard.press("Escape");
  assert.match(await hover(bench, "'Sign Up',", "Sign Up"), /Sent when Sign Up happens/);
  await bench.picture("javascript-hover");
  const found = await complete(bench, "mixpanel.track('", "Purchase", "javascript-completion");
  assert.ok(found.some((row) => row.startsWith("Sign Up")), found.join(", "));
}

async function python(world, bench) {
  await openFile(bench, "shop.py");
  await until(async () => (await errors(bench).count()) === 1, "one event is unknown");
  assert.match(await hover(bench, "Purchas'", "Purchas"), /Purchase/);
  await bench.picture("python-problem");
  await bench.page.keyboard.press("Escape");
  assert.match(await hover(bench, "'Sign Up'", "Sign Up"), /Sent when Sign Up happens/);
  await bench.picture("python-hover");
  const found = await complete(bench, "mp.track('user-1', '", "Log In", "python-completion");
  assert.ok(found.length >= 5, found.join(", "));
}

/** Asks what can be done about a word, and does it. All that know the language answer first, and some of them read for long. */
async function fix(bench, word, what, picture) {
  await line(bench, word).getByText(word).last().click();
  const row = bench.page.locator(".action-widget .monaco-list-row", { hasText: what }).first();
  await until(async () => {
    // Who asks before all have read the file is told that there is nothing, and asks again.
    await bench.page.keyboard.press("Escape");
    await bench.page.keyboard.press("Control+.");
    return row.waitFor({ timeout: 10_000 }).then(() => true, () => false);
  }, `there is '${what}'`);
  if (picture) await bench.picture(picture);
  // The list takes no click until the mouse has moved: one that was meant for what it covers shall do nothing.
  await row.hover({ force: true });
  await row.click();
}

async function quickFix(world, bench) {
  await openFile(bench, "shop.js");
  await until(async () => (await errors(bench).count()) === 1, "one event is unknown");
  await fix(bench, "Sign Upp", "Change to 'Sign Up'", "quick-fix");
  await until(async () => !(await line(bench, "Sign Upp").isVisible().catch(() => false)), "the name is mended");
  assert.equal(await line(bench, "country").isVisible(), true);
}

/** What is ignored is written to the project's file, and is no problem any more. */
async function ignore(world, bench) {
  await openFile(bench, "other.js");
  await until(async () => (await errors(bench).count()) === 1, "the event is unknown");
  await fix(bench, "Only Here", "Ignore the event 'Only Here'", "ignore");
  await until(async () => (await errors(bench).count()) === 0, "it is no problem any more");
  await bench.command("File: Save All");
  await until(() => existsSync(join(world.folder, ".mixpanel.toml")) && /Only Here/.test(readFileSync(join(world.folder, ".mixpanel.toml"), "utf8")), "it is in .mixpanel.toml");
}

async function report(world, bench) {
  await bench.command("Mixpanel: Compare Events");
  const shown = await bench.preview("Mixpanel events in code");
  assert.match(shown, /In the project, not in the code/);
  assert.match(shown, /Web Shop/);
  await bench.picture("report");
}

/** A server that ends is started again; one that ends again and again is left alone. */
async function serverEnds(world, bench) {
  await openFile(bench, "shop.py");
  await until(async () => (await errors(bench).count()) >= 1, "an event is unknown");
  const [first] = await until(() => world.servers().length > 0 && world.servers(), "a server runs");
  process.kill(first, "SIGKILL");
  await until(() => world.servers().some((pid) => pid !== first), "another server runs");
  await until(async () => (await errors(bench).count()) >= 1, "an event is unknown to it, too");
  assert.match(await hover(bench, "'Sign Up'", "Sign Up"), /Sent when Sign Up happens/);
  assert.equal(await bench.notice("crashed").count(), 0);
}

/** What the window has chosen is what events are held against. */
async function serverFollows(world, bench) {
  await bench.command("Mixpanel: Switch Project");
  await bench.pick("Mobile");
  await bench.pick("This window only");
  await bench.statusIs("acme-corp · Mobile");
  await openFile(bench, "shop.js");
  await until(async () => {
    await bench.page.keyboard.press("Escape");
    await bench.page.mouse.move(700, 700);
    return /3187655|Mobile/.test(await linkIn(bench));
  }, "the hover is about the other project");
  await bench.command("Mixpanel: Follow What Is Stored");
  await bench.statusIs("acme-corp · Web Shop");
}

async function linkIn(bench) {
  await hover(bench, "'Sign Up',", "Sign Up");
  return bench.page.locator(".monaco-hover:visible .monaco-hover-content").first().innerHTML();
}

export const LANGUAGE_STEPS = { javascript, python, quickFix, ignore, report, serverEnds, serverFollows };
