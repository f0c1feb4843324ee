//! `mp` as a person or a script sees it: data on stdout, the rest on stderr, and an exit code that means something.

use std::process::Stdio;

use mp_sandbox::home::Home;
use mp_sandbox::wait::eventually;
use serde_json::{Value, json};

use crate::{SOON, configured, empty};

#[test]
fn usage_errors_exit_with_3_and_print_nothing_on_stdout() {
    let home = configured();
    for words in [
        &[][..],
        &["frobnicate"],
        &["account"],
        &["account", "frobnicate"],
        &["account", "list", "--no-such-option"],
        &["account", "list", "-f", "bogus"],
        &["account", "add", "x"],
        &["account", "use"],
        &["workspace", "use", "x"],
        &["-w", "abc", "session"],
    ] {
        let done = home.mp(words).run();
        assert_eq!((done.code, done.stdout.as_str()), (3, ""), "{words:?}: {}", done.stderr);
        assert!(!done.stderr.is_empty(), "{words:?}");
    }
}

#[test]
fn help_is_data_and_needs_no_daemon() {
    let home = empty();
    for words in [&["--help"][..], &["account", "--help"], &["account", "add", "--help"], &["session", "--help"]] {
        assert!(home.mp(words).ok().contains("Usage"), "{words:?}");
    }
    assert!(home.daemon().is_none() && !home.at(".mp").exists());
}

#[test]
fn all_bad_arguments_are_told_together() {
    let home = configured();
    let message = home.mp(["account", "add", "a", "--type", "foo", "--region", "zz"]).fails(3);
    assert!(message.contains("foo") && message.contains("zz"), "{message}");
}

/// Lists accounts in a format and compares the number of lines, of JSON values where it is JSON.
#[track_caller]
fn check_format(home: &Home, format: &str, first: &str, lines: usize) {
    let text = home.mp(["account", "list", "-f", format]).ok();
    assert!(text.starts_with(first), "{format}: {text}");
    assert_eq!(text.lines().count(), lines, "{format}: {text}");
}

#[test]
fn lists_come_in_all_five_formats() {
    let home = configured();
    check_format(&home, "jsonl", "{\"name\"", 3);
    check_format(&home, "csv", "name,type,region", 4);
    check_format(&home, "table", "NAME", 4);
    check_format(&home, "plain", "ci", 3);
    let list = home.mp(["account", "list", "-f", "json"]).json();
    let names: Vec<&Value> = list.as_array().expect("a list").iter().map(|account| &account["name"]).collect();
    assert_eq!(names, ["ci", "personal", "team"]);
}

#[test]
fn jq_filters_json_and_a_bad_filter_is_found_first() {
    let home = configured();
    let filter = |filter: &str, format: &str| home.mp(["--jq", filter, "account", "list", "-f", format]).ok();
    assert_eq!(filter(".[].name", "jsonl"), "\"ci\"\n\"personal\"\n\"team\"\n");
    assert_eq!(filter(".[].name", "json"), "[\n  \"ci\",\n  \"personal\",\n  \"team\"\n]\n", "several are a list");
    assert_eq!(filter("length", "json"), "3\n");
    home.mp(["--jq", ".[", "account", "use", "ci"]).fails(3);
    assert_eq!(home.read(".mp/config.toml"), crate::CONFIG, "the filter was compiled before the change");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let home = configured();
    home.mp(["session"]).ok();
    let mut command = home.command("/bin/sh".as_ref());
    command
        .arg("-c")
        .arg(r#"( "$0" account list -f json; echo "code $?" >&2 ) | head -c 1"#)
        .arg(&home.programs().mp)
        .env("PATH", "/usr/bin:/bin");
    let output = command.stdin(Stdio::null()).output().expect("sh is there");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!stderr.contains("panicked") && !stderr.to_lowercase().contains("broken pipe"), "{stderr}");
}

#[test]
fn an_output_that_nobody_reads_is_no_crash() {
    let home = configured();
    home.mp(["session"]).ok();
    let (reader, writer) = std::io::pipe().expect("a descriptor is free");
    drop(reader);
    let mut command = home.command(&home.programs().mp);
    let output = command.args(["account", "list"]).stdin(Stdio::null()).stdout(writer).output().expect("mp runs");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_ne!(output.status.code(), Some(101), "a panic");
}

#[test]
fn the_first_account_becomes_the_active_one() {
    let home = empty();
    let add = ["account", "add", "first", "--type", "service_account", "--region", "eu", "--project", "12"];
    home.mp([&add[..], &["--username", "u", "--secret-stdin"]].concat()).stdin("s3cret\n").ok();
    home.mp(["account", "add", "second", "--type", "oauth_browser"]).ok();
    let config: toml::Table = home.read(".mp/config.toml").parse().expect("it parses");
    assert_eq!(config["active"]["account"].as_str(), Some("first"));
    assert_eq!(config["accounts"]["first"]["secret"].as_str(), Some("s3cret"));
    assert_eq!(home.mp(["account", "use", "second"]).ok().trim(), "Active account: second");
}

#[test]
fn a_secret_is_not_taken_as_a_flag() {
    let home = configured();
    home.mp(["account", "update", "team", "--secret", "x"]).fails(3);
    home.mp(["account", "add", "t", "--type", "oauth_token", "--token", "x"]).fails(3);
}

#[test]
fn unknown_names_exit_with_4() {
    let home = configured();
    for words in [
        &["account", "use", "ghost"][..],
        &["account", "show", "ghost"],
        &["account", "update", "ghost", "--region", "us"],
        &["account", "remove", "ghost"],
        &["account", "token", "ghost"],
        &["account", "logout", "ghost"],
        &["target", "show", "ghost"],
        &["target", "use", "ghost"],
        &["target", "remove", "ghost", "--yes"],
        &["target", "add", "t", "--account", "ghost", "--project", "1"],
    ] {
        let message = home.mp(words).fails(4);
        assert!(message.contains("ghost"), "{words:?}: {message}");
    }
    assert_eq!(home.read(".mp/config.toml"), crate::CONFIG);
}

#[test]
fn an_account_that_targets_use_is_removed_only_by_force() {
    let home = configured();
    let message = home.mp(["account", "remove", "team"]).fails(1);
    assert!(message.contains("ecom") && message.contains("--force"), "{message}");
    assert!(home.mp(["account", "remove", "team", "--force"]).ok().contains("ecom"));
}

#[test]
fn removing_an_account_removes_its_tokens() {
    let home = configured();
    home.write(".mp/accounts/personal/tokens.json", "{}");
    home.write(".mp/accounts/personal/me.json", "{}");
    home.write(".mp/accounts/ci/me.json", "{}");
    home.mp(["account", "remove", "personal"]).ok();
    assert!(!home.at(".mp/accounts/personal").exists());
    assert!(home.at(".mp/accounts/ci/me.json").exists(), "the others keep theirs");
}

#[test]
fn logout_removes_the_tokens_alone() {
    let home = configured();
    home.write(".mp/accounts/personal/tokens.json", "{}");
    home.mp(["account", "logout", "personal"]).ok();
    assert!(!home.at(".mp/accounts/personal/tokens.json").exists());
    assert_eq!(home.read(".mp/config.toml"), crate::CONFIG);
    home.mp(["account", "logout", "personal"]).ok();
}

const TOKENS: &str = r#"{"access_token": "at-29", "expires_at": "EXPIRES", "token_type": "Bearer", "scope": "x", "refresh_token": "rt-29"}"#;

#[test]
fn a_valid_stored_token_is_printed_and_an_expired_one_is_not() {
    // Nobody is registered here as an OAuth client, so there is nobody to refresh it as.
    let home = configured();
    home.write(".mp/accounts/personal/tokens.json", &TOKENS.replace("EXPIRES", "2099-01-01T00:00:00+00:00"));
    assert_eq!(home.mp(["account", "token", "personal"]).ok(), "at-29\n");
    home.write(".mp/accounts/personal/tokens.json", &TOKENS.replace("EXPIRES", "2020-01-01T00:00:00Z"));
    let message = home.mp(["account", "token", "personal"]).fails(2);
    assert!(message.contains("client_us.json") && message.contains("mp account login personal"), "{message}");
    assert_eq!(home.mp(["account", "token", "team"]).ok(), "N/A\n", "a service account has no token");
}

#[test]
fn a_question_is_answered_from_stdin() {
    let home = configured();
    let ask = |answer: &str| home.mp(["target", "remove", "ecom"]).stdin(answer).run();
    for no in ["", "n\n", "no\n", "\n"] {
        ask(no);
        assert_eq!(home.read(".mp/config.toml"), crate::CONFIG, "{no:?}");
    }
    assert_eq!(ask("y\n").code, 0);
    assert!(!home.read(".mp/config.toml").contains("[targets.ecom]"));
}

#[test]
fn targets_are_added_shown_used_and_removed() {
    let home = configured();
    home.mp(["target", "add", "p", "--account", "ci", "--project", "8"]).ok();
    let shown = home.mp(["target", "show", "p", "-f", "json"]).json();
    assert_eq!(shown, json!({"name": "p", "account": "ci", "project": "8", "workspace": null}));
    home.mp(["target", "use", "p"]).ok();
    let session = home.mp(["session", "-f", "json"]).json();
    assert_eq!((&session["account"]["name"], &session["project"]["id"]), (&json!("ci"), &json!("8")));
    assert_eq!(session["workspace"], Value::Null, "a target without a workspace clears the pinned one");
    home.mp(["target", "remove", "p", "-y"]).ok();
    assert_eq!(home.mp(["target", "list", "-f", "json"]).json().as_array().map(Vec::len), Some(1));
}

#[test]
fn a_bridge_is_exported_shown_and_removed() {
    use std::os::unix::fs::PermissionsExt;
    let home = configured();
    home.mp(["account", "export-bridge", "--to", "b.json", "--project", "42"]).ok();
    let mode = std::fs::metadata(home.at("work/b.json")).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    let bridge: Value = serde_json::from_str(&home.read("work/b.json")).expect("JSON");
    assert_eq!(
        (&bridge["version"], &bridge["project"], &bridge["account"]["name"]),
        (&json!(2), &json!("42"), &json!("team"))
    );
    let shown = home.mp(["session", "--bridge", "-f", "json"]).env("MP_AUTH_FILE", home.at("work/b.json")).json();
    assert_eq!(shown["bridge"]["account"]["name"], "team");
    assert!(!shown.to_string().contains("hunter2"), "{shown}");
    home.mp(["account", "remove-bridge", "--at", "b.json"]).ok();
    assert!(!home.at("work/b.json").exists());
}

#[test]
fn output_is_never_wrapped_or_interpreted() {
    let home = empty();
    let token = format!("{}[bold]:smile:[/nope]", "t".repeat(300));
    home.write(
        ".mp/config.toml",
        &format!("[accounts.ci]\ntype = \"oauth_token\"\nregion = \"us\"\ntoken = \"{token}\"\n"),
    );
    assert_eq!(home.mp(["account", "token", "ci"]).env("COLUMNS", "20").ok(), format!("{token}\n"));
}

#[test]
fn quiet_and_verbose_keep_stdout_the_same() {
    let home = configured();
    let plain = home.mp(["account", "list"]).ok();
    assert_eq!(home.mp(["-q", "account", "list"]).ok(), plain);
    assert_eq!(home.mp(["-v", "account", "list"]).ok(), plain);
}

#[test]
fn a_hint_names_the_next_command() {
    let home = empty();
    let message = home.mp(["account", "use", "ghost"]).fails(4);
    assert!(message.contains("mp account list") || message.contains("mp account add"), "{message}");
}

#[test]
fn a_daemon_that_is_stopped_by_mp_is_gone() {
    let home = configured();
    home.mp(["session"]).ok();
    home.mp(["daemon", "stop"]).ok();
    eventually(SOON, "nobody answers", || home.daemon().is_none());
    // Stopping what does not run is no failure, and starts nothing.
    home.mp(["daemon", "stop"]).run();
    assert!(home.daemon().is_none());
}

#[test]
fn bash_completes_what_the_program_understands() {
    let home = crate::empty();
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/completions/mp.bash");
    let line = format!(
        "mp() {{ {} \"$@\"; }}; . {}; COMP_WORDS=(mp lexicon ta); COMP_CWORD=2; _mp; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        home.programs().mp.display(),
        script.display()
    );
    let output = home.command(std::path::Path::new("bash")).args(["-c", &line]).output().expect("bash runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "tags\n", "{output:?}");
}

#[test]
fn a_completion_knows_what_the_daemon_knows_and_asks_nobody_else() {
    let world = crate::grants::World::with_grant(3600);
    let _daemon = world.start();
    let home = &world.home;
    let complete = |words: &[&str]| home.mp([&["__complete"], words].concat()).ok();
    assert_eq!(complete(&["account", "use", ""]), "ada\toauth_browser, us, active\n");
    assert_eq!(complete(&["project", "use", ""]), "", "nothing is cached yet");
    assert_eq!(world.upstream.requests().len(), 0);
    home.mp(["project", "list"]).ok();
    let asked = world.upstream.requests().len();
    assert_eq!(complete(&["project", "use", "318"]), "3187655\tMobile\n3187654\tWeb Shop\n");
    assert_eq!(complete(&["-a", "nobody", "project", "use", ""]), "");
    assert!(complete(&["-p", "3187654", "workspace", "use", ""]).contains("\tAll Project Data\n"));
    assert_eq!(world.upstream.requests().len(), asked);
    home.write(".mp/config.toml", "[broken");
    assert_eq!(complete(&["account", "use", ""]), "", "no place for a complaint");
    assert_eq!(home.mp(["__complete", "export", "events", "-o", ""]).run().code, 1, "a file goes here");
}
