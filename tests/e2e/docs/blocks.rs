//! Every block of shell in the README and in the book is run, or says that it is not (`sh,no-test`).
//!
//! The blocks of a page are run one after the other in one shell, in a home of their own, with the real programs and a fake Mixpanel. Each
//! must succeed. A block `text,output` right behind one is what that prints, on both outputs: `…` stands for anything in a line, or, alone,
//! for any lines. The home is shown as `/home/ada`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use mp_proto::ids::Region;
use mp_sandbox::home::Home;
use mp_sandbox::process::callback_ports;
use mp_sandbox::upstream::{Meter, Upstream, User, Workspace, visit};

use super::markdown::{Block, blocks};
use super::{pages, read};
use crate::empty;
use crate::grants::World;

/// What a page finds.
#[derive(Clone, Copy)]
enum Scene {
    /// Nobody has logged in.
    Fresh,
    /// The files of a release before 0.4.
    Legacy,
    /// The blocks are run by somebody else.
    Elsewhere,
}

/// The pages that do not find somebody who has logged in.
const SCENES: &[(&str, Scene)] = &[
    ("README.md", Scene::Fresh),
    ("packaging/docs/src/first-steps.md", Scene::Fresh),
    ("packaging/docs/src/migration/from-0.3.md", Scene::Legacy),
    // `packaging/clients/curl-examples` runs them.
    ("packaging/docs/src/socket.md", Scene::Elsewhere),
];

/// The config of a release before 0.4.
const LEGACY: &str = "default = \"old\"\n\n[accounts.old]\nusername = \"sa_abc123\"\nsecret = \"s3cret\"\nproject_id = \"3187654\"\nregion = \"us\"\n";

/// The config of somebody who has logged in.
const CONFIG: &str = r#"[accounts.ada]
type = "oauth_browser"
region = "us"
default_project = "3187654"

[accounts.team]
type = "service_account"
region = "us"
default_project = "3187654"
username = "sa_abc123"
secret = "s3cret"

[targets.shop]
account = "team"
project = "3187654"
workspace = 880101

[active]
account = "ada"
"#;

/// What the user of the documentation sees: one project, as most people who try something.
fn user() -> User {
    let workspaces = [Workspace { is_default: true, ..Workspace::new(880_101, "All Project Data") }];
    let user = User::new(44, "ada@example.com", "Ada").organization(100, "Acme Corp");
    user.project(3_187_654, "Web Shop", Region::Us, &workspaces)
}

/// Returns all pages whose blocks are run: the book's, and the README.
fn all() -> Vec<String> {
    std::iter::once("README.md".to_owned()).chain(pages()).collect()
}

/// A block that is run, and what it prints where the page says so.
struct Run {
    script: String,
    line: usize,
    prints: Option<String>,
}

/// Returns the blocks of a page that are run.
fn runs(page: &str, text: &str) -> Result<Vec<Run>, String> {
    let mut runs: Vec<Run> = Vec::new();
    let mut may_print = false;
    for Block { info, body, line } in blocks(text) {
        match info.as_str() {
            "sh" => runs.push(Run { script: body, line, prints: None }),
            "text,output" if may_print => runs.last_mut().expect("there was one").prints = Some(body),
            "text,output" => return Err(format!("{page}:{line}: no block that is run stands before this output")),
            // GitHub shows these like `sh`, so nobody would notice that nothing runs them.
            "bash" | "shell" | "console" | "zsh" | "fish" | "shell-session" if page.starts_with("packaging/docs/") => {
                return Err(format!("{page}:{line}: {info}: write sh, which is run, or sh,no-test"));
            }
            _ => {}
        }
        may_print = info == "sh";
    }
    Ok(runs)
}

/// Makes a home as a page finds it.
fn home(scene: Option<Scene>) -> (Home, Upstream) {
    let (mut home, upstream) = match scene {
        None => {
            let World { home, upstream, .. } = World::with_grant(3600);
            home.write(".mp/config.toml", CONFIG);
            (home, upstream)
        }
        Some(_) => (empty(), Upstream::start()),
    };
    if scene.is_some() {
        upstream.put_user(user());
        upstream.set_user(user().id);
        home.set("MPD_UPSTREAM", &upstream.url());
    }
    if matches!(scene, Some(Scene::Legacy)) {
        home.write(".mp/config.toml", LEGACY);
    }
    upstream.add_service_account(Region::Us, "sa_abc123", "s3cret", user().id);
    upstream.add_bearer(Region::Us, "bearer-of-ci", user().id);
    upstream.put_user(user());
    // Nobody learns anything from a wait here.
    upstream.limits(Meter::Export, |limits| limits.concurrent = usize::MAX);
    let browser = format!("#!/bin/sh\nprintf '%s\\n' \"$1\" >'{}'\n", home.at("asked").display());
    home.write_mode("browser", &browser, 0o700);
    home.set("BROWSER", &home.at("browser").display().to_string());
    let programs = home.programs().mp.parent().expect("it is in a folder").display().to_string();
    home.set("PATH", &format!("{programs}:/usr/local/bin:/usr/bin:/bin"));
    (home, upstream)
}

/// Is the user at the browser: opens what it is told to open.
fn browse(pipe: &Path) {
    loop {
        // Opening waits for somebody who writes.
        let address = fs::read_to_string(pipe).expect("our own pipe");
        let mut next = Some(address.trim().to_owned()).filter(|url| !url.is_empty());
        if next.is_none() {
            return;
        }
        // From the daemon to Mixpanel, and back with a code.
        while let Some(url) = next {
            // Where nothing answers the login tells it; a panic here would leave nobody to read.
            next = visit::get(&url).ok().and_then(|answer| answer.header("location").map(str::to_owned));
        }
    }
}

/// Runs a page; says what went wrong.
fn run(page: &str) -> Result<usize, String> {
    let runs = runs(page, &read(page))?;
    let scene = SCENES.iter().find(|(path, _)| *path == page).map(|(_, scene)| *scene);
    if runs.is_empty() || matches!(scene, Some(Scene::Elsewhere)) {
        return Ok(0);
    }
    let began = Instant::now();
    let _ports = scene.is_some().then(callback_ports);
    let (home, _upstream) = home(scene);
    let mut all = "set -e -o pipefail\n".to_owned();
    for (at, run) in runs.iter().enumerate() {
        home.write(format!("blocks/{at}.sh"), &run.script);
        let base = home.at(format!("blocks/{at}")).display().to_string();
        writeln!(all, ". {base}.sh >{base}.out 2>&1 </dev/null; : >{base}.done").expect("memory is writable");
    }
    home.write("blocks/all.sh", &all);
    let pipe = home.at("asked");
    // By the program: the call is not to be had on every system.
    assert!(Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success()));
    let browser = std::thread::spawn({
        let pipe = pipe.clone();
        move || browse(&pipe)
    });
    let done = home.run(Path::new("bash"), [home.at("blocks/all.sh")]).run();
    fs::write(&pipe, "\n").expect("somebody reads it");
    browser.join().expect("the browser does not panic");
    for (at, run) in runs.iter().enumerate() {
        let said = fs::read_to_string(home.at(format!("blocks/{at}.out"))).unwrap_or_default();
        let said = said.replace(&home.path().display().to_string(), "/home/ada");
        if !home.at(format!("blocks/{at}.done")).exists() {
            return Err(format!(
                "{page}:{}: this ended with {}:\n{}\n{said}{}",
                run.line, done.code, run.script, done.stderr
            ));
        }
        if let Some(prints) = &run.prints
            && !is_shown(prints, &said)
        {
            return Err(format!("{page}:{}: what is shown is\n{prints}but it prints\n{said}", run.line));
        }
    }
    println!("{page}: {} blocks in {:.1} s", runs.len(), began.elapsed().as_secs_f32());
    Ok(runs.len())
}

/// Whether an output is what a page shows of it.
fn is_shown(shown: &str, said: &str) -> bool {
    let lines = |text: &str| text.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    lines_fit(&lines(shown), &lines(said))
}

fn lines_fit(shown: &[String], said: &[String]) -> bool {
    match (shown.split_first(), said.split_first()) {
        (None, _) => said.is_empty(),
        (Some((first, rest)), _) if first == "…" => (0..=said.len()).any(|skipped| lines_fit(rest, &said[skipped..])),
        (Some((first, rest)), Some((line, after))) => line_fits(first, line) && lines_fit(rest, after),
        (Some(_), None) => false,
    }
}

/// Whether a line is as shown, where `…` stands for anything.
fn line_fits(shown: &str, line: &str) -> bool {
    let mut parts = shown.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[test]
fn every_block_of_shell_runs_and_prints_what_is_shown() {
    let pages = all();
    let results: BTreeMap<&String, Result<usize, String>> = std::thread::scope(|scope| {
        let running: Vec<_> = pages.iter().map(|page| (page, scope.spawn(|| run(page)))).collect();
        running.into_iter().map(|(page, one)| (page, one.join().expect("it tells what is wrong"))).collect()
    });
    let wrong: Vec<&String> = results.values().filter_map(|one| one.as_ref().err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.iter().map(|one| one.as_str()).collect::<Vec<_>>().join("\n\n"));
    let ran: usize = results.values().flatten().sum();
    assert!(ran > 20, "blocks were found: {ran}");
}

#[test]
fn an_output_that_is_not_as_shown_is_noticed() {
    assert!(is_shown("a … c\n…\nz\n", "a b c\nx\ny\nz\n") && is_shown("a\n…\n", "a\n") && is_shown("…\n", ""));
    for (shown, said) in [
        ("a\n", "b\n"),
        ("a\n", "a\nb\n"),
        ("a\nb\n", "a\n"),
        ("a…c\n", "ab\n"),
        ("x … x\n", "x\n"),
        ("…\nz\n", "z\ny\n"),
    ] {
        assert!(!is_shown(shown, said), "{shown:?} {said:?}");
    }
    assert!(runs("packaging/docs/src/x.md", "```bash\nls\n```\n").is_err());
    assert!(runs("x.md", "```text,output\nx\n```\n").is_err());
    assert_eq!(runs("x.md", "```sh,no-test\nx\n```\n```sh\ny\n```\n").map(|runs| runs.len()), Ok(1));
}
