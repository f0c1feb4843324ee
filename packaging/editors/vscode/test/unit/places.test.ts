import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { Place } from "../../src/place";
import { expand, find, search } from "../../src/program";
import { markdown, moment, plain, withoutIcons } from "../../src/text";

async function inFolder(work: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "mp-code."));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function program(path: string): void {
  writeFileSync(path, "#!/bin/sh\n");
  chmodSync(path, 0o755);
}

test("mp is found where people have it, if it is ours", () => inFolder((home) => {
  for (const folder of ["python/bin", ".cargo/bin", "opt/bin", "opt/libexec/mixpanel"]) mkdirSync(join(home, folder), { recursive: true });
  const env = { HOME: home, PATH: `relative:${home}/python/bin` };
  // The Python tool's command of the same name has no daemon.
  program(join(home, "python/bin/mp"));
  assert.match(find("", env).problem ?? "", /no mp with an mpd beside it in .*python\/bin, .*\.cargo\/bin/);
  program(join(home, "opt/bin/mp"));
  program(join(home, "opt/libexec/mixpanel/mpd"));
  symlinkSync(join(home, "opt/bin/mp"), join(home, ".cargo/bin/mp"));
  assert.deepEqual(find("", env), { path: join(home, ".cargo/bin/mp") });
}));

test("the setting is a path, a path below the home, or a name", () => inFolder((home) => {
  mkdirSync(join(home, "bin"));
  program(join(home, "bin/mp2"));
  const env = { HOME: home, PATH: join(home, "bin") };
  const path = join(home, "bin/mp2");
  for (const setting of [path, "~/bin/mp2", "mp2", " mp2 "]) assert.deepEqual(find(setting, env), { path });
  writeFileSync(join(home, "bin/text"), "");
  for (const [setting, why] of [["/nowhere/mp", /no program/], ["~/bin", /no program/], ["~/bin/text", /no program/], ["bin/mp2", /neither/], ["mp3", /no mp3 in/]] as const) {
    assert.match(find(setting, env).problem ?? "", why, setting);
  }
}));

test("what is relative in PATH is passed over: it would be in the folder that is open", () => {
  assert.deepEqual(search({ PATH: ".:bin::/usr/bin" })[0], "/usr/bin");
  assert.equal(expand("~/x", "/home/ada"), "/home/ada/x");
  assert.equal(expand("~eve/x", "/home/ada"), "~eve/x");
});

test("a place is told of when it appears, is replaced, or its folder is made", { timeout: 20_000 }, () => inFolder(async (folder) => {
  const path = join(folder, "a/run/mpd.sock");
  let tell = (): void => {};
  const next = (): Promise<void> => new Promise((resolve) => (tell = resolve));
  const place = new Place(path, () => tell());
  try {
    let told = next();
    mkdirSync(join(folder, "a/run"), { recursive: true });
    await told;
    told = next();
    writeFileSync(path, "");
    await told;
    told = next();
    writeFileSync(`${path}.new`, "");
    renameSync(`${path}.new`, path);
    await told;
    told = next();
    rmSync(join(folder, "a"), { recursive: true });
    await told;
  } finally {
    place.dispose();
  }
}));

test("texts of strangers are made fit", () => {
  assert.equal(plain("a\r\n\u0000b\u202ec"), "a b c");
  assert.equal(plain("x".repeat(50), 10), `${"x".repeat(9)}…`);
  assert.equal(withoutIcons("$(zap) $x"), "\\$(zap) $x");
  assert.equal(markdown("[a](command:b) <i> & |"), "\\[a\\]\\(command\\:b\\) \\<i\\> &amp; \\|");
  assert.equal(moment("2026-11-30T09:05:00", new Date("2026-11-30T12:00:00")), "09:05");
  assert.equal(moment("2026-12-01T09:05:00", new Date("2026-11-30T12:00:00")), "2026-12-01 09:05");
  assert.equal(moment("not a time", new Date()), "not a time");
});
