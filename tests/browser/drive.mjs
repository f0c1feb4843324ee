// Opens an authorize URL in a headless Chromium, answers the consent page, waits for the login's last page and checks it.
// Used by run.sh: node drive.mjs URL allow|deny SCREENSHOT. CHROMIUM names the program.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [url, decision, screenshot] = process.argv.slice(2);
const expected = {
  allow: { button: 'Allow', title: 'Logged in', texts: ['You are logged in', 'You can close this tab'] },
  deny: { button: 'Deny', title: 'Login failed', texts: ['denied', 'You can close this tab'] },
}[decision];
assert.ok(expected && screenshot, 'usage: node drive.mjs URL allow|deny SCREENSHOT');

const profile = await mkdtemp(join(tmpdir(), 'mp-browser-'));
// Nothing of a browser's own traffic: the only hosts of this run are 127.0.0.1 and localhost.
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  viewport: { width: 900, height: 600 },
  args: [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--no-proxy-server',
  ],
});
try {
  const page = context.pages()[0] ?? (await context.newPage());
  const asked = [];
  const complaints = [];
  page.on('request', (request) => asked.push(new URL(request.url())));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  assert.equal(await page.title(), 'Authorize access');
  await page.getByRole('link', { name: expected.button, exact: true }).click();
  // The page answers when the login has ended, which takes a few more requests.
  await page.waitForURL(/^http:\/\/localhost:1928[4-7]\//, { timeout: 30_000 });
  await page.waitForFunction((title) => document.title === title, expected.title, { timeout: 10_000 }).catch(() => {});
  const text = await page.locator('body').innerText();
  await page.screenshot({ path: screenshot });
  console.log(`${await page.title()}: ${text.replace(/\s+/g, ' ')}`);

  assert.equal(await page.title(), expected.title);
  for (const part of expected.texts) assert.ok(text.includes(part), `the page does not say "${part}"`);
  const html = await page.content();
  const secrets = asked.flatMap((at) => ['code', 'state'].map((name) => at.searchParams.get(name))).filter(Boolean);
  assert.ok(secrets.length > 0, 'the way back was not seen');
  for (const secret of secrets) assert.ok(!html.includes(secret), 'the page shows a code or a state');
  const strangers = asked.filter((at) => !['127.0.0.1', 'localhost'].includes(at.hostname));
  assert.deepEqual(strangers.map(String), [], 'a page loads something from elsewhere');
  // Chromium says when an answer is an error, or when there is no icon; only what our page itself does wrong counts.
  assert.deepEqual(complaints.filter((text) => !text.includes('favicon') && !text.includes('status of')), []);
} finally {
  await context.close();
  await rm(profile, { recursive: true, force: true });
}
