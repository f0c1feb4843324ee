//! `mp exec`: another program gets the login in its environment, and runs as if it had been started without us.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;

use mp_proto::routes;
use mp_sandbox::home::{Done, Home};
use mp_sandbox::wire::Ask;
use serde_json::json;

use crate::configured;
use crate::grants::World;

/// Prints what the program sees of the variables that decide.
const SHOW: [&str; 4] = ["exec", "sh", "-c", "env | grep ^MP_ | sort"];

fn lines(done: &Done) -> Vec<&str> {
    assert_eq!(done.code, 0, "{}", done.stderr);
    done.stdout.lines().collect()
}

#[test]
fn a_service_account_is_four_variables() {
    let home = configured();
    let done = home.mp(SHOW).run();
    let expected = [
        "MP_CUSTOM_HEADER_NAME=X-Mixpanel-Cluster",
        "MP_CUSTOM_HEADER_VALUE=internal-1",
        "MP_PROJECT_ID=3018488",
        "MP_REGION=us",
        "MP_SECRET=hunter2",
        "MP_USERNAME=sa.user",
        "MP_WORKSPACE_ID=3448414",
    ];
    assert_eq!(lines(&done), expected);
    assert!(!home.at(".mp/accounts").exists(), "nothing was written");
}

#[test]
fn what_decided_for_the_caller_is_replaced_by_what_was_decided() {
    let home = configured();
    let call = home.mp(SHOW).env("MP_ACCOUNT", "ci").env("MP_CI_TOKEN", "t").env("MP_USERNAME", "left over");
    let done = call.run();
    let expected = [
        "MP_CI_TOKEN=t",
        "MP_CUSTOM_HEADER_NAME=X-Mixpanel-Cluster",
        "MP_CUSTOM_HEADER_VALUE=internal-1",
        "MP_OAUTH_TOKEN=t",
        "MP_PROJECT_ID=555",
        "MP_REGION=eu",
    ];
    assert_eq!(lines(&done), expected, "a service account in the environment would win over the token");
    let of_target = home.mp(["-t", "ecom", "exec", "sh", "-c", "echo $MP_TARGET$MP_WORKSPACE_ID"]).run();
    assert_eq!(lines(&of_target), ["3448414"]);
}

#[test]
fn a_token_that_is_over_is_refreshed_once_for_all_programs() {
    let world = World::with_grant(-5);
    let _daemon = world.start();
    let tokens: Vec<String> = std::thread::scope(|scope| {
        let run = || world.home.mp(["exec", "-p", "3187655", "--", "sh", "-c", "echo $MP_OAUTH_TOKEN $MP_PROJECT_ID"]);
        let runs: Vec<_> = (0..10).map(|_| scope.spawn(move || run().ok())).collect();
        runs.into_iter().map(|run| run.join().expect("it ran")).collect()
    });
    assert!(tokens.iter().all(|token| *token == tokens[0] && token.ends_with(" 3187655\n")), "{tokens:?}");
    assert!(world.upstream.is_valid_access(tokens[0].split(' ').next().unwrap_or_default()));
    assert_eq!(world.posts(), 1);
}

#[test]
fn a_token_is_good_for_a_while_or_the_caller_is_told() {
    let world = World::with_grant(300);
    let _daemon = world.start();
    let call = |words: &[&str]| world.home.mp([&["exec"], words, &["true"]].concat()).run();
    let short = call(&["--min-valid", "60"]);
    assert_eq!((short.code, short.stderr.as_str(), world.posts()), (0, "", 0), "300 s are enough for 60");
    assert_eq!((call(&[]).code, world.posts()), (0, 1), "and not for 600");
    let long = call(&["--min-valid", "99999999"]);
    assert_eq!(long.code, 0);
    assert!(long.stderr.contains("the token ends at 20"), "{}", long.stderr);
    assert_eq!(call(&["--min-valid", "99999999", "-q"]).stderr, "");
    let request = Ask::change("POST", routes::SESSION_CREDENTIAL, &json!({"min_valid_s": u64::MAX}));
    assert_eq!(world.home.ask(&request).ok()["type"], "oauth_browser", "no number is too large");
}

#[test]
fn the_program_keeps_its_words_its_exit_code_and_its_input() {
    let home = configured();
    let words = ["exec", "-q", "sh", "-c", "cat; echo $0 $@; exit 42", "--version", "-f", "--secret", "--help"];
    let done = home.mp(words).stdin("in\n").run();
    assert_eq!((done.code, done.stdout.as_str()), (42, "in\n--version -f --secret --help\n"));
    for (program, code) in [("/nowhere/tool", 127), ("/etc", 126)] {
        let stderr = home.mp(["exec", "--", program]).fails(code);
        assert!(stderr.contains(program), "{stderr}");
    }
    let usage = home.mp(["exec"]).fails(3);
    assert!(usage.contains("COMMAND"), "{usage}");
    let odd = home.command(&home.programs().mp).args(["exec", "printf", "%s"]).arg(not_utf8()).output().expect("runs");
    assert_eq!(odd.stdout, b"\xff/\xfe");
}

fn not_utf8() -> std::ffi::OsString {
    std::os::unix::ffi::OsStringExt::from_vec(b"\xff/\xfe".to_vec())
}

#[test]
fn the_program_takes_the_place_of_mp_and_gets_its_signals() {
    let home = configured();
    home.mp(["daemon", "start"]).ok();
    let mut command = home.command(&home.programs().mp);
    command.args(["exec", "sh", "-c", "echo $$; kill -TERM $$; echo not reached"]).stdout(Stdio::piped());
    let child = command.spawn().expect("it starts");
    let pid = child.id();
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), pid.to_string(), "the same process");
    assert_eq!(output.status.signal(), Some(15), "whoever waits sees the signal itself");
}

#[test]
fn the_secret_is_in_no_argument_and_no_descriptor_is_left_open() {
    let home = configured();
    let script = "tr '\\0' ' ' </proc/$$/cmdline; ls -l /proc/$$/fd";
    let done = home.mp(["exec", "sh", "-c", script]).run();
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(!done.stdout.contains("hunter2"), "{}", done.stdout);
    assert!(!done.stdout.contains("socket:"), "the connection to the daemon is closed: {}", done.stdout);
}

#[test]
fn without_a_project_or_an_account_the_next_step_is_told() {
    let home = configured();
    let stderr = home.mp(["-a", "personal", "exec", "true"]).fails(2);
    assert!(stderr.contains("mp account login personal"), "{stderr}");
    let config = home.read(".mp/config.toml").replace("default_project = \"555\"\n", "");
    home.replace(".mp/config.toml", &config);
    let stderr = home.mp(["-a", "ci", "exec", "true"]).env("MP_CI_TOKEN", "t").fails(1);
    assert!(stderr.contains("no project") && stderr.contains("mp project list"), "{stderr}");
    fs::remove_file(home.config()).expect("it is there");
    assert!(home.mp(["exec", "true"]).fails(1).contains("mp login"));
}

#[test]
fn a_program_in_a_program_keeps_the_login() {
    let home = configured();
    let mp = home.programs().mp.display().to_string();
    let shown = |home: &Home, words: &[&str]| home.mp([&["exec", mp.as_str()], words].concat()).json();
    let session = shown(&home, &["session", "-f", "json"]);
    assert_eq!(session["account"]["name"], "env-service-account");
    assert_eq!((&session["project"]["id"], &session["workspace"]["id"]), (&json!("3018488"), &json!(3_448_414)));
}
