//! `mp prompt`: what a shell shows before each command. It must never be in the way.

use std::time::{Duration, Instant};

use mp_proto::routes::SHUTDOWN;
use mp_sandbox::home::{Done, Home};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::protocol::pretend;
use crate::{CONFIG, configured, empty};

/// What a stranger may name a project: each part is run by some shell, obeyed by a terminal, or a second line.
const HOSTILE: &str = "$(touch pwned) `touch pwned` \\$(x) %{%} #(id)\u{1b}]0;t\u{7}\u{9b}2J\u{202e}\n\u{200b}x";

/// Runs `mp prompt` with all the time that a busy machine may need.
fn prompt(home: &Home, words: &[&str]) -> Done {
    home.mp([&["prompt", "--wait", "20000"], words].concat()).run()
}

/// Returns what it prints; it has succeeded, and said nothing else.
#[track_caller]
fn line(home: &Home, words: &[&str]) -> String {
    let done = prompt(home, words);
    assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{words:?}");
    done.stdout
}

#[test]
fn it_names_account_and_project_and_follows_a_switch() {
    let home = configured();
    let _daemon = home.start();
    assert_eq!(line(&home, &[]), "team · 3018488\n", "nobody has told the project's name yet");
    assert_eq!(line(&home, &["-a", "ci"]), "ci · 555\n");
    home.mp(["account", "use", "ci"]).ok();
    assert_eq!(line(&home, &["-f", "{region}/{account}[ in {workspace}]"]), "eu/ci\n");
    let whole = line(&home, &["-t", "ecom", "-f", "json"]);
    let expected = json!({
        "account": "team", "project": "3018488", "project_id": "3018488", "workspace": "3448414", "workspace_id": "3448414",
        "target": "ecom", "region": "us", "state": "ok", "mark": null,
    });
    assert_eq!(serde_json::from_str::<Value>(&whole).expect("JSON"), expected);
}

#[test]
fn a_login_that_is_missing_is_marked() {
    let home = configured();
    let _daemon = home.start();
    assert_eq!(line(&home, &["-a", "personal"]), "personal !\n");
    assert_eq!(line(&home, &["-a", "personal", "--mark", "(log in)"]), "personal (log in)\n");
    assert_eq!(line(&home, &["-a", "personal", "-f", "{state}"]), "login_required\n");
    home.replace(".mp/config.toml", &format!("{CONFIG}[broken\n"));
    assert_eq!(line(&home, &["-f", "[{account}: ]{state}[ {mark}]"]), "config_invalid !\n");
}

#[test]
fn without_a_daemon_it_says_nothing_and_starts_none() {
    let home = empty();
    assert_eq!(line(&home, &[]), "");
    assert_eq!(line(&home, &["--off", "mpd off"]), "mpd off\n");
    assert_eq!(line(&home, &["-f", "{state}"]), "off\n");
    assert_eq!(line(&home, &["-f", "{account} · {project}"]), "", "of no field anything is known");
    assert!(home.daemon().is_none() && !home.at(".mp").exists());
    // What a daemon that was killed leaves behind is no daemon.
    let home = configured();
    home.start().kill();
    assert!(home.socket().exists());
    assert_eq!(line(&home, &["-f", "{state}"]), "off\n");
}

#[test]
fn a_daemon_that_hangs_is_not_waited_for() {
    let home = configured();
    let daemon = home.start();
    let pid = Pid::from_raw(i32::try_from(daemon.pid()).expect("a pid")).expect("no zero");
    kill_process(pid, Signal::STOP).expect("our own process");
    let begun = Instant::now();
    let done = home.mp(["prompt"]).run();
    let state = home.mp(["prompt", "-f", "{state}"]).ok();
    // It waits 20 ms; the rest is what a busy machine needs to start two programs. Any other command waits for a minute.
    let took = begun.elapsed();
    kill_process(pid, Signal::CONT).expect("our own process");
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!((done.code, done.stdout.as_str(), done.stderr.as_str()), (0, "", ""));
    assert_eq!(state, "slow\n");
    assert_eq!(line(&home, &[]), "team · 3018488\n", "it goes on as if nothing had been");
}

/// Makes a daemon up whose project has a name.
fn named(home: &Home, name: &str) {
    let body = json!({
        "state": "ok", "account": {"name": "team", "type": "service_account", "region": "us", "source": {"kind": "config", "at": "c:1"}},
        "project": {"id": "7", "name": name, "source": {"kind": "config", "at": "c:2"}}, "workspace": null, "user": null,
        "me_cached": true, "revision": 1,
    })
    .to_string();
    let head = format!("content-type: application/json\r\ncontent-length: {}", body.len());
    pretend(home, &format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{body}"));
}

#[test]
fn no_shell_obeys_the_name_of_a_project() {
    let home = empty();
    named(&home, HOSTILE);
    for (shell, obeyed) in
        [("", "$`\\%#"), ("bash", "$`\\"), ("zsh", "$`\\"), ("tmux", "#%"), ("fish", ""), ("plain", "")]
    {
        let words = if shell.is_empty() { vec![] } else { vec!["--shell", shell] };
        let shown = line(&home, &[&words[..], &["--width", "100"]].concat());
        let is_bad = |c: char| obeyed.contains(c) || (c.is_control() && c != '\n') || "\u{202e}\u{200b}".contains(c);
        assert_eq!(shown.find(is_bad), None, "{shell}: {shown:?}");
        assert_eq!(shown.lines().count(), 1, "{shell}: {shown:?}");
        assert!(shown.contains("touch pwned"), "{shell}: {shown:?}");
    }
    assert!(line(&home, &["--shell", "zsh"]).contains("%%{%%}"));
}

#[test]
fn bash_runs_nothing_of_it_wherever_it_stands() {
    let home = empty();
    named(&home, HOSTILE);
    let mp = home.programs().mp.display().to_string();
    // As PROMPT_COMMAND makes it, as a substitution in PS1, and as a variable: @P is what bash makes of a prompt.
    let script = format!(
        "line() {{ {mp} prompt --wait 20000 --width 100 \"$@\"; }}\n\
         PS1=\"$(line --shell bash) \"; printf '%s\\n' \"${{PS1@P}}\"\n\
         PS1=\"$(line) \"; printf '%s\\n' \"${{PS1@P}}\"\n\
         PS1='$(line --shell plain) '; printf '%s\\n' \"${{PS1@P}}\"\n\
         seen=$(line --shell plain); PS1='$seen '; printf '%s\\n' \"${{PS1@P}}\"\n"
    );
    let shown = home.run("/bin/bash".as_ref(), ["--norc", "-c", &script]).ok();
    assert_eq!(shown.matches("touch pwned").count(), 8, "{shown}");
    assert!(!home.at("work/pwned").exists(), "{shown}");
}

#[test]
fn a_mistake_on_the_command_line_is_told_and_one_in_a_variable_is_shown() {
    let home = configured();
    let _daemon = home.start();
    for (words, said) in [
        (&["-f", "x {acount}"][..], "--format: column 3: there is no field {acount}; there are {account},"),
        (&["-f", "[{account}"], "column 1: a `[` without its `]`"),
        (&["--width", "0"], "--width"),
        (&["--shell", "cmd"], "--shell"),
        (&["-a", "x", "-t", "y"], "mutually exclusive"),
    ] {
        let done = prompt(&home, words);
        assert_eq!((done.code, done.stdout.as_str()), (3, ""), "{words:?}: {}", done.stderr);
        assert!(done.stderr.contains(said), "{words:?}: {}", done.stderr);
    }
    // A variable is there at each prompt, and nobody wants to read the same message each time.
    for (name, value, shown) in [
        ("MP_WORKSPACE_ID", "x", "invalid_argument !\n"),
        ("MP_STORAGE_DIR", "relative", "invalid_argument !\n"),
        ("MP_TARGET", "gone", "target_not_found !\n"),
    ] {
        let done = home.mp(["prompt", "--wait", "20000", "-f", "{state} {mark}"]).env(name, value).run();
        assert_eq!((done.code, done.stdout.as_str(), done.stderr.as_str()), (0, shown, ""), "{name}");
    }
}

#[test]
fn a_daemon_of_another_release_is_left_alone() {
    let home = empty();
    let body = json!({"type": "urn:mp:problem:protocol_mismatch", "title": "x", "status": 426, "detail": "0-0", "code": "protocol_mismatch"})
        .to_string();
    let head = format!("mp-protocol: 0-0\r\ncontent-type: application/problem+json\r\ncontent-length: {}", body.len());
    let requests = pretend(&home, &format!("HTTP/1.1 426 Upgrade Required\r\n{head}\r\n\r\n{body}"));
    assert_eq!(line(&home, &["-f", "{state}"]), "protocol_mismatch\n");
    let requests: String = requests.try_iter().collect();
    assert!(requests.contains("/v1/session") && !requests.contains(SHUTDOWN), "{requests}");
}

#[test]
fn colours_are_only_there_by_wish() {
    let home = configured();
    let _daemon = home.start();
    assert!(!line(&home, &[]).contains('\u{1b}'));
    assert_eq!(line(&home, &["--color", "-f", "{account}."]), "\u{1b}[36mteam\u{1b}[0m.\n");
    assert_eq!(
        line(&home, &["--color", "--shell", "bash", "-f", "{account}"]),
        "\\[\u{1b}[36m\\]team\\[\u{1b}[0m\\]\n"
    );
}
