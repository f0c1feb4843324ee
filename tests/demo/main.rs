//! `cargo run --release --example demo`: the real programs in a temporary home, explained step by step.
//!
//! Every step checks what it tells. The demo ends with an error if anything is not as told, and leaves nothing behind.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use mp_sandbox::home::{Home, Programs};
use mp_sandbox::process::daemons_of;
use mp_sandbox::wait::poll;
use mp_sandbox::wire::EventStream;
use serde_json::Value;

/// Long enough for anything here on a busy machine.
const SOON: Duration = Duration::from_secs(20);

/// A config as the Python tool writes it, with a comment added by hand.
const CONFIG: &str = r#"# ask Ada before you touch this one
[accounts.team]
type = "service_account"
region = "us"
default_project = "3018488"
username = "sa.user"
secret = "hunter2"

[accounts.personal]
type = "oauth_browser"
region = "eu"
default_project = "555"

[active]
account = "team"
"#;

type Told = Result<(), String>;

fn main() -> ExitCode {
    let programs = match find_programs() {
        Ok(programs) => programs,
        Err(problem) => return fail(&problem),
    };
    let home = Home::new(programs);
    let path = home.path().to_owned();
    let steps: [fn(&Home) -> Told; 6] = [cold_start, explain, two_tools, edits, token, stop];
    for step in steps {
        if let Err(problem) = step(&home) {
            return fail(&problem);
        }
    }
    drop(home);
    if path.exists() || !daemons_of(&path).is_empty() {
        return fail(&format!("something is left of {}", path.display()));
    }
    println!("\nNothing is left: no process, no file. Everything was as told.");
    ExitCode::SUCCESS
}

fn fail(problem: &str) -> ExitCode {
    eprintln!("\nNOT AS TOLD: {problem}");
    ExitCode::FAILURE
}

/// Finds `mp` and `mpd` beside this example. `cargo run --example` does not build them, so cargo is asked to, which takes no time
/// when they are up to date.
fn find_programs() -> Result<Programs, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let dir = own.parent().and_then(Path::parent).ok_or("this example lies in no target directory")?;
    let programs = Programs { mp: dir.join("mp"), mpd: dir.join("mpd") };
    if let Some(cargo) = std::env::var_os("CARGO") {
        if !programs.mp.exists() || !programs.mpd.exists() {
            println!("Building mp and mpd; the first time takes a while.\n");
        }
        let mut build = Command::new(cargo);
        build.args(["build", "--quiet", "--bins", "--locked"]).arg("--target-dir").arg(target_dir(dir));
        if dir.ends_with("release") {
            build.arg("--release");
        }
        let status = build.current_dir(env!("CARGO_MANIFEST_DIR")).status().map_err(|error| error.to_string())?;
        if !status.success() {
            return Err("the programs could not be built".to_owned());
        }
    }
    if programs.mp.exists() && programs.mpd.exists() {
        Ok(programs)
    } else {
        Err(format!("mp and mpd are not in {}: run `cargo build --release` first", dir.display()))
    }
}

fn target_dir(profile_dir: &Path) -> PathBuf {
    profile_dir.parent().unwrap_or(profile_dir).to_owned()
}

fn headline(number: u32, text: &str) {
    println!("\n{number}. {text}\n");
}

fn say(text: &str) {
    for line in text.trim_end().lines() {
        println!("   | {line}");
    }
}

/// Runs a call with a variable or without, shows it, and returns its output.
fn show(home: &Home, words: &[&str], variable: Option<(&str, &str)>) -> Result<String, String> {
    let prefix = variable.map(|(name, value)| format!("{name}={value} ")).unwrap_or_default();
    println!("   $ {prefix}mp {}", words.join(" "));
    let call = match variable {
        Some((name, value)) => home.mp(words).env(name, value),
        None => home.mp(words),
    };
    let done = call.run();
    if done.code != 0 {
        return Err(format!("mp {words:?} exited with {}: {}", done.code, done.stderr));
    }
    say(&done.stdout);
    Ok(done.stdout)
}

fn told(holds: bool, text: &str) -> Told {
    if holds {
        println!("   ok: {text}");
        Ok(())
    } else {
        Err(text.to_owned())
    }
}

fn project_of(text: &str) -> Result<String, String> {
    let body: Value = serde_json::from_str(text).map_err(|error| format!("{error} in {text}"))?;
    Ok(body["project"]["id"].as_str().unwrap_or_default().to_owned())
}

fn cold_start(home: &Home) -> Told {
    headline(1, "A home with a config as the Python tool writes it. No daemon runs. The first call starts one.");
    home.write(".mp/config.toml", CONFIG);
    println!("   ~/.mp/config.toml");
    say(&CONFIG.replace("hunter2", "*******"));
    println!();
    told(home.daemon().is_none(), "no daemon runs")?;
    let before = Instant::now();
    let text = show(home, &["session"], None)?;
    let took = before.elapsed();
    told(text.contains("3018488"), "the session comes from the config")?;
    let pid = home.daemon().map(|(pid, _)| pid).ok_or("no daemon answers")?;
    println!("   ok: daemon {pid} was started on the way; start and answer took {} ms", took.as_millis());
    let before = Instant::now();
    home.mp(["session"]).run();
    println!("   ok: the same call again took {} ms", before.elapsed().as_millis());
    told(home.daemon().is_some_and(|(again, _)| again == pid), "it is the same daemon")
}

fn explain(home: &Home) -> Told {
    headline(2, "Why this account, this project? --explain names the variable, the flag, or the line of the file.");
    let text = show(home, &["-w", "42", "session", "--explain"], Some(("MP_PROJECT_ID", "7")))?;
    told(text.contains("MP_PROJECT_ID"), "the project comes from a variable")?;
    told(text.contains("--workspace"), "the workspace comes from a flag")?;
    let line = 1 + CONFIG.lines().position(|line| line == "account = \"team\"").unwrap_or_default();
    told(text.contains(&format!("config.toml:{line}")), "the account comes from that line of the config")
}

fn two_tools(home: &Home) -> Told {
    headline(3, "Two tools with different environments share the daemon, each with its own answers.");
    show(home, &["--jq", ".project.id", "session", "-f", "json"], Some(("MP_PROJECT_ID", "7")))?;
    show(home, &["--jq", ".project.id", "session", "-f", "json"], Some(("MP_PROJECT_ID", "8")))?;
    let wrong: usize = std::thread::scope(|scope| {
        let tools = ["7", "8"].map(|id| {
            scope.spawn(move || {
                let call = || home.mp(["session", "-f", "json"]).env("MP_PROJECT_ID", id).run();
                (0..25).filter(|_| project_of(&call().stdout).as_deref() != Ok(id)).count()
            })
        });
        tools.into_iter().map(|tool| tool.join().unwrap_or(usize::MAX / 2)).sum()
    });
    told(wrong == 0, "25 calls of each at the same time: none got the other's project")
}

fn edits(home: &Home) -> Told {
    headline(
        4,
        "An edit from outside is seen by the next call. An edit by mp keeps comments. An event stream shows both.",
    );
    let mut events = EventStream::open(&home.socket(), None);
    home.replace(".mp/config.toml", &CONFIG.replace("3018488", "3713224"));
    println!("   (an editor changes default_project to 3713224)");
    let text = show(home, &["--jq", ".project.id", "session", "-f", "json"], None)?;
    told(text.contains("3713224"), "the very next call sees it")?;
    show(home, &["account", "update", "personal", "--region", "in"], None)?;
    let after = home.read(".mp/config.toml");
    told(after.contains("# ask Ada before you touch this one"), "the comment is still there")?;
    told(
        after == CONFIG.replace("3018488", "3713224").replace("\"eu\"", "\"in\""),
        "nothing but the region has changed",
    )?;
    println!("\n   GET /v1/events");
    let mut names = Vec::new();
    while !names.iter().any(|name| name == "account.changed") || !names.iter().any(|name| name == "session.changed") {
        let event = events.receive().map_err(|error| format!("no more events: {error}"))?.ok_or("the stream ended")?;
        say(&format!("{} {}", event.event, event.data));
        // The change from outside also counts as one of `team`.
        if event.event != "account.changed" || event.data["name"] == "personal" {
            names.push(event.event);
        }
    }
    told(names[0] == "snapshot", "a stream begins with the state, then come the changes")
}

fn token(home: &Home) -> Told {
    headline(5, "A tool asks for the token when it needs one, and keeps nothing. Listings never show a secret.");
    home.write(
        ".mp/accounts/personal/tokens.json",
        r#"{"access_token": "at-demo", "expires_at": "2099-01-01T00:00:00+00:00", "token_type": "Bearer", "scope": ""}"#,
    );
    let text = show(home, &["account", "token", "personal"], None)?;
    told(text == "at-demo\n", "the stored token of the browser login")?;
    let text = show(home, &["account", "list", "-f", "jsonl"], None)?;
    told(!text.contains("hunter2") && !text.contains("at-demo"), "no secret in the listing")
}

fn stop(home: &Home) -> Told {
    headline(6, "Stop.");
    show(home, &["daemon", "status"], None)?;
    show(home, &["daemon", "stop"], None)?;
    let gone = poll(SOON, || daemons_of(home.path()).is_empty().then_some(()));
    told(gone.is_some() && home.daemon().is_none() && !home.socket().exists(), "daemon and socket are gone")
}
