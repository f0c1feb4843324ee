// The editor's window, as somebody sees and uses it.
import { join } from "node:path";
import { until } from "./world.mjs";

/** A busy machine takes minutes to load an editor. */
const SLOW = 240_000;

export class Workbench {
  constructor(page, pictures) {
    Object.assign(this, { page, pictures });
  }

  static async open(world) {
    const page = await world.context.newPage();
    // What the editor opens elsewhere is noted, and not opened.
    await page.addInitScript(() => {
      globalThis.openedElsewhere = [];
      globalThis.open = (url) => (globalThis.openedElsewhere.push(String(url)), globalThis);
    });
    page.setDefaultTimeout(SLOW);
    await page.goto(world.address, { waitUntil: "domcontentloaded" });
    await page.locator(".statusbar").waitFor({ timeout: SLOW });
    return new Workbench(page, world.pictures);
  }

  async reload() {
    await this.page.reload({ timeout: SLOW, waitUntil: "domcontentloaded" });
    await this.page.locator(".statusbar").waitFor({ timeout: SLOW });
  }

  opened() {
    return this.page.evaluate(() => globalThis.openedElsewhere);
  }

  picture(name) {
    return this.page.screenshot({ path: join(this.pictures, `${name}.png`) });
  }

  /** The item in the status bar. */
  get item() {
    return this.page.locator('.statusbar-item[id*="mixpanel"]').first();
  }

  async status() {
    return (await this.item.innerText({ timeout: 1000 }).catch(() => "")).trim();
  }

  statusIs(what, most) {
    const isIt = what instanceof RegExp ? (text) => what.test(text) : (text) => text.includes(what);
    return until(async () => isIt(await this.status()), `the status bar says ${what}`, most).catch(async (error) => {
      throw new Error(`${error.message}, it says '${await this.status()}'`);
    });
  }

  async isWarning() {
    return ((await this.item.getAttribute("class")) ?? "").includes("warning");
  }

  async command(title) {
    await this.page.keyboard.press("F1");
    await this.input.waitFor();
    await this.input.fill(`>${title}`);
    await this.row(title).first().waitFor();
    await this.page.keyboard.press("Enter");
  }

  get input() {
    return this.page.locator(".quick-input-widget:visible .quick-input-filter input, .quick-input-widget:visible .quick-input-box input").first();
  }

  row(text) {
    return this.page.locator(".quick-input-widget:visible .monaco-list-row", { hasText: text });
  }

  async rows() {
    const found = await this.page.locator(".quick-input-widget:visible .monaco-list-row").allInnerTexts();
    return found.map((text) => text.replace(/\s+/g, " ").trim());
  }

  /** Chooses a row by the keyboard: what is told of the row under the mouse may cover the next one. */
  async pick(text) {
    await this.row(text).first().waitFor();
    await this.input.fill(text);
    await this.page.locator(".quick-input-widget:visible .monaco-list-row.focused", { hasText: text }).waitFor();
    await this.page.keyboard.press("Enter");
  }

  async type(text) {
    await this.input.fill(text);
    await this.page.keyboard.press("Enter");
  }

  notice(text) {
    return this.page.locator(".notification-list-item", { hasText: text });
  }

  async dismiss() {
    await this.page.keyboard.press("Escape");
    const buttons = await this.page.locator(".notification-list-item .codicon-notifications-clear").all();
    // One that goes by itself meanwhile cannot be clicked.
    for (const button of buttons) await button.click({ timeout: 2000 }).catch(() => {});
  }

  button(text) {
    return this.page.locator(".monaco-button, .monaco-dialog-box .monaco-button", { hasText: text });
  }

  dialogButton(text) {
    return this.page.locator(".monaco-dialog-box .monaco-button", { hasText: text }).first();
  }

  /** The text of a Markdown preview that has some words in it. */
  preview(words) {
    return until(async () => {
      for (const frame of this.page.frames()) {
        const text = await frame.locator("body").innerText({ timeout: 300 }).catch(() => "");
        if (frame !== this.page.mainFrame() && text.includes(words)) return text;
      }
      return undefined;
    }, `a page says '${words}'`);
  }

  async view() {
    await this.page.locator('.activitybar .action-item a[aria-label="Mixpanel"]').click();
  }

  /** The rows of the view with a title. */
  pane(title) {
    return this.page.locator(".pane", { has: this.page.locator(`.pane-header[aria-label^="${title}"]`) });
  }

  treeRow(title, text) {
    return this.pane(title).locator(".monaco-list-row", { hasText: text });
  }

  async tree(title) {
    const found = await this.pane(title).locator(".monaco-list-row").allInnerTexts();
    return found.map((text) => text.replace(/\s+/g, " ").trim());
  }
}
