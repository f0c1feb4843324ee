import { World, until } from "./world.mjs";
import { Workbench } from "./workbench.mjs";
const [programs, entry, node, vsix, pictures] = process.argv.slice(2);
const world = new World({ programs, entry, node, vsix, pictures });
try {
  await world.begin({ files: { "shop.js": "mixpanel.track('Sign Up', {plan: 'pro'});\n" } });
  const bench = await Workbench.open(world);
  await bench.statusIs("log in", 15000); 
  await bench.view();
  await bench.button("Log In").first().click(); await bench.pick("in the browser"); await bench.row("us").first().click(); await bench.notice("waiting for the browser").waitFor(); await bench.picture("03-waiting");
  await bench.page.locator(".notification-list-item a", {hasText: "Other ways"}).click(); await bench.page.waitForTimeout(500); console.log(await bench.rows()); await bench.picture("04-actions");
  await bench.pick("Copy the link"); await bench.page.waitForTimeout(300);
  const link = await bench.page.evaluate(() => navigator.clipboard.readText()); console.log("link", link);
  const consent = await world.context.newPage(); await consent.goto(link); console.log(await consent.title());
  await consent.getByRole("link", { name: "Allow", exact: true }).click();
  await bench.page.waitForTimeout(2000); console.log(await bench.rows(), await consent.title()); await bench.picture("05-project");
  await bench.pick("Web Shop");
  await bench.statusIs("acme-corp · Web Shop"); await bench.page.waitForTimeout(2500);  await bench.picture("06-logged-in"); console.log(await bench.tree("Accounts"), await bench.tree("Projects"), await bench.tree("Events"));
  await bench.item.hover(); await bench.page.waitForTimeout(1500); await bench.picture("07-tooltip");
  await bench.item.click(); await bench.page.waitForTimeout(500); await bench.picture("08-menu"); console.log(await bench.rows()); await bench.page.keyboard.press("Escape");
  await bench.command("Mixpanel: Show Session"); await bench.page.waitForTimeout(3000); await bench.picture("09-session");
  await bench.command("Mixpanel: Run Doctor"); await bench.page.waitForTimeout(4000); await bench.picture("10-doctor");
} catch (e) { console.error(e); } finally { console.log(world.log("Mixpanel.log"), world.log("remoteexthost.log").slice(-1500));  await world.end(); }
