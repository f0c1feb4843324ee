//! The config file: never a stale answer, never somebody else's work lost, and a bad file told precisely.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;

use mp_proto::routes;
use mp_sandbox::home::{Daemon, Home};
use mp_sandbox::wire::{Ask, EventStream};

use crate::{CONFIG, SOON, config_with_project, configured, empty, project, session};

/// How often the file is replaced under a running daemon.
const ROUNDS: u32 = 2_000;

/// A hand-written config: comments, an unusual order of keys, settings that nobody knows.
const HANDMADE: &str = r#"# my accounts
[settings]
colour = "teal"            # of another tool
limits = { query = 3 }

# the one for the team: ask Ada before you touch it
[accounts.team]
secret = "hunter2"
region = "us"              # moved from eu
username = 'sa.user'
type = "service_account"
default_project = "3018488"

[targets.ecom]
workspace = 3448414
project = "3018488"
account = "team"

# pipelines
[accounts.ci]
token_env = "MP_CI_TOKEN"
type = "oauth_token"
region = "eu"

[active]
account = "team"
"#;

/// Runs a call that changes something, and checks that nothing else was touched: every line of the file is still there, in its
/// order, but for those that `changed` names by a part of them.
#[track_caller]
fn check_kept(call: &[&str], changed: &[&str]) {
    let home = empty();
    home.write(".mp/config.toml", HANDMADE);
    home.mp(call).stdin("secret-of-b\n").ok();
    let after = home.read(".mp/config.toml");
    assert_ne!(after, HANDMADE, "{call:?} changed something");
    let mut lines = after.lines();
    for line in HANDMADE.lines().filter(|line| !line.is_empty() && !changed.iter().any(|part| line.contains(part))) {
        assert!(lines.any(|kept| kept == line), "{call:?} lost or moved the line {line:?}:\n{after}");
    }
}

#[test]
fn an_update_of_another_account_keeps_comments_order_and_unknown_settings() {
    check_kept(&["account", "update", "ci", "--region", "in"], &["region = \"eu\""]);
}

#[test]
fn an_update_of_the_commented_account_keeps_its_comments_too() {
    check_kept(&["account", "update", "team", "--region", "eu"], &["region = \"us\""]);
    check_kept(&["account", "update", "team", "--project", "7"], &["default_project"]);
}

#[test]
fn use_keeps_comments_order_and_unknown_settings() {
    check_kept(&["account", "use", "ci"], &["account = \"team\""]);
}

#[test]
fn add_keeps_comments_order_and_unknown_settings() {
    check_kept(&["account", "add", "b", "--type", "oauth_browser", "--region", "us"], &[]);
    let service = ["account", "add", "b", "--type", "service_account", "--region", "us", "--username", "u"];
    check_kept(&[&service[..], &["--secret-stdin"]].concat(), &[]);
}

#[test]
fn remove_of_another_account_keeps_comments_order_and_unknown_settings() {
    let gone = ["# pipelines", "[accounts.ci]", "token_env", "oauth_token", "region = \"eu\""];
    check_kept(&["account", "remove", "ci"], &gone);
}

#[test]
fn project_workspace_and_target_commands_keep_them_too() {
    check_kept(&["project", "use", "9"], &["default_project"]);
    check_kept(&["workspace", "use", "9"], &[]);
    check_kept(&["target", "add", "t", "--account", "ci", "--project", "8"], &[]);
    check_kept(&["target", "use", "ecom"], &[]);
    check_kept(
        &["target", "remove", "ecom", "--yes"],
        &["[targets.ecom]", "workspace = 3448414", "project = \"3018488\"", "account = \"team\""],
    );
}

#[test]
fn an_edit_leaves_a_private_file_and_nothing_beside_it() {
    let home = configured();
    home.mp(["account", "update", "team", "--project", "7"]).ok();
    let mode = fs::metadata(home.config()).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    let mut names: Vec<_> =
        fs::read_dir(home.root()).expect("it is there").map(|entry| entry.expect("readable").file_name()).collect();
    names.sort();
    assert_eq!(names, ["config.toml", "run"], "no temporary file stays");
}

#[test]
fn concurrent_edits_all_arrive() {
    let home = configured();
    let names: Vec<String> = (0..12).map(|number| format!("p{number}")).collect();
    let running: Vec<_> = names
        .iter()
        .map(|name| home.mp(["account", "add", name, "--type", "oauth_browser", "--region", "us"]).start())
        .collect();
    for call in running {
        let done = call.finish();
        assert_eq!(done.code, 0, "{}", done.stderr);
    }
    let config: toml::Table = home.read(".mp/config.toml").parse().expect("it parses");
    for name in names {
        assert!(config["accounts"].get(&name).is_some(), "{name} is missing");
    }
}

#[test]
fn an_edit_from_outside_between_two_edits_is_kept() {
    let home = configured();
    home.mp(["account", "update", "ci", "--project", "1"]).ok();
    let text = home.read(".mp/config.toml").replace("region = \"eu\"", "region = \"in\" # by hand");
    home.replace(".mp/config.toml", &text);
    home.mp(["account", "update", "ci", "--project", "2"]).ok();
    let after = home.read(".mp/config.toml");
    assert!(after.contains("region = \"in\" # by hand") && after.contains("default_project = \"2\""), "{after}");
}

#[test]
fn no_answer_is_stale_after_a_replace_by_rename() {
    let home = configured();
    let _daemon = home.start();
    let mut connection = home.connect();
    let mut stale = 0;
    for round in 1..=ROUNDS {
        let id = (1_000_000 + round).to_string();
        home.replace(".mp/config.toml", &config_with_project(&id));
        stale += u32::from(project(&session(&mut connection)) != id);
    }
    assert_eq!(stale, 0, "of {ROUNDS} answers");
}

#[test]
fn no_answer_is_stale_after_an_in_place_rewrite_of_equal_length() {
    let home = configured();
    home.write(".mp/config.toml", &config_with_project("1000000"));
    let _daemon = home.start();
    let mut connection = home.connect();
    let mut stale = 0;
    for round in 1..=ROUNDS {
        let id = (1_000_000 + round).to_string();
        // Neither truncated nor replaced: inode and size stay, and the clock of the file system may not have moved on.
        let mut file = fs::OpenOptions::new().write(true).open(home.config()).expect("it is there");
        file.write_all(config_with_project(&id).as_bytes()).expect("the home is writable");
        stale += u32::from(project(&session(&mut connection)) != id);
    }
    assert_eq!(stale, 0, "of {ROUNDS} answers");
}

/// Changes the config in an editor's way under a running daemon; both the next call and the event stream must show it. The
/// socket lies outside the storage root, since some ways take the whole directory away.
#[track_caller]
fn check_editor(change: impl Fn(&Home, &str)) {
    let home = configured();
    home.write("s/x", "");
    let socket = home.at("s/d.sock");
    let mut command = home.command(&home.programs().mpd);
    command.arg("--socket").arg(&socket);
    let _daemon = Daemon::start(command, home.path(), &socket);
    let mut connection = mp_sandbox::wire::Connection::open(&socket).expect("it listens");
    let mut events = EventStream::open(&socket, None);
    events.until("snapshot");

    change(&home, &config_with_project("1111111"));
    assert_eq!(project(&session(&mut connection)), "1111111", "the next call sees it");
    events.until("config.changed");

    // Once more without a call, so that only the watch can tell.
    change(&home, &config_with_project("2222222"));
    let seen = |event: &mp_sandbox::wire::Sse| event.event == "session.changed" && event.data["project"] == "2222222";
    // Events of the first change, and of a moment without a file, may come before; when none comes any more, `until` fails.
    while !events.until("session.changed").iter().any(seen) {}
}

#[test]
fn a_rename_over_the_config_is_seen() {
    check_editor(|home, text| home.replace(".mp/config.toml", text));
}

#[test]
fn a_write_in_place_is_seen() {
    check_editor(|home, text| home.write(".mp/config.toml", text));
}

#[test]
fn a_removed_and_created_config_is_seen() {
    check_editor(|home, text| {
        fs::remove_file(home.config()).expect("it is there");
        home.write(".mp/config.toml", text);
    });
}

#[test]
fn a_config_moved_aside_as_a_backup_is_seen() {
    check_editor(|home, text| {
        fs::rename(home.config(), home.at(".mp/config.toml~")).expect("it is there");
        home.write(".mp/config.toml", text);
    });
}

#[test]
fn a_removed_and_recreated_directory_is_seen() {
    check_editor(|home, text| {
        fs::remove_dir_all(home.root()).expect("it is there");
        home.write(".mp/config.toml", text);
    });
}

#[test]
fn a_directory_swapped_by_rename_is_seen() {
    check_editor(|home, text| {
        let aside = home.at(".mp.aside");
        let _ = fs::remove_dir_all(&aside);
        fs::rename(home.root(), &aside).expect("it is there");
        home.write(".mp/config.toml", text);
    });
}

#[test]
fn a_removed_config_means_no_account() {
    let home = configured();
    let _daemon = home.start();
    fs::remove_file(home.config()).expect("it is there");
    let body = session(&mut home.connect());
    assert_eq!((&body["state"], &body["account"]), (&"needs_account".into(), &serde_json::Value::Null));
}

#[test]
fn a_broken_config_is_told_with_its_place_and_the_fix_is_seen_by_the_next_call() {
    let home = configured();
    let _daemon = home.start();
    let mut connection = home.connect();
    let mut events = EventStream::open(&home.socket(), None);
    events.until("snapshot");

    let broken = CONFIG.replace("region = \"eu\"", "region = eu");
    let line = 1 + broken.lines().position(|line| line == "region = eu").expect("it is there");
    home.write(".mp/config.toml", &broken);
    let answer = connection.call(&Ask::get(routes::SESSION));
    assert_eq!(answer.problem(), (409, "config_invalid".to_owned()));
    let place = answer.json()["errors"][0]["at"].as_str().expect("it says where").to_owned();
    let expected = format!("{}:{line}:", home.config().display());
    assert!(place.starts_with(&expected) && place.len() > expected.len(), "{place} is not {expected}COLUMN");
    let told = events.until("config.invalid").pop().expect("it has come");
    assert_eq!(told.data["problems"][0]["at"], place.as_str());
    let status = connection.call(&Ask::get(routes::STATUS)).ok();
    assert_eq!(status["config"]["state"], "invalid", "status stays up");
    let message = home.mp(["session"]).fails(1);
    assert!(message.contains(&place), "{message}");

    home.write(".mp/config.toml", &config_with_project("42"));
    assert_eq!(project(&session(&mut connection)), "42");
    events.until("config.changed");
    home.mp(["session"]).ok();
}

#[test]
fn all_problems_of_a_config_are_told_together() {
    let home = empty();
    // Both in the account that is used: a bad block of another one does not stand in the way.
    let text = config_with_project("x").replacen("region = \"us\"", "region = \"mars\"", 1);
    home.write(".mp/config.toml", &text);
    let _daemon = home.start();
    let answer = home.ask(&Ask::get(routes::SESSION));
    assert_eq!(answer.problem(), (409, "config_invalid".to_owned()));
    let problems = answer.json()["errors"].as_array().map_or(0, Vec::len);
    assert!(problems >= 2, "{}", answer.text());
}

#[test]
fn a_legacy_config_is_named_with_the_way_out() {
    for legacy in [
        "config_version = 2\n",
        "default = \"team\"\n",
        "[credentials.team]\nusername = \"u\"\n",
        "[projects.p]\nid = 1\n",
    ] {
        let home = empty();
        home.write(".mp/config.toml", legacy);
        let message = home.mp(["session"]).fails(1);
        assert!(message.contains("mp account add"), "{legacy:?}: {message}");
        let answer = home.ask(&Ask::get(routes::SESSION));
        assert_eq!(answer.problem(), (409, "config_legacy".to_owned()), "{legacy:?}");
    }
}

/// A config that is not safe to read is refused, with its path, and left as it is.
#[track_caller]
fn check_unsafe(prepare: impl Fn(&Home)) {
    let home = configured();
    prepare(&home);
    let message = home.mp(["session"]).fails(1);
    assert!(message.contains("config.toml"), "{message}");
    assert_eq!(home.ask(&Ask::get(routes::SESSION)).problem(), (409, "unsafe_file".to_owned()));
    home.mp(["account", "update", "team", "--project", "7"]).fails(1);
}

#[test]
fn a_config_that_others_may_read_is_refused() {
    check_unsafe(|home| home.write_mode(".mp/config.toml", CONFIG, 0o644));
}

/// Keeps the config elsewhere and links to it, as stow does; one that is a link already is left to its place.
fn keep_elsewhere(home: &Home) {
    if !home.config().is_symlink() {
        home.write("dotfiles/x", "");
        fs::rename(home.config(), home.at("dotfiles/config.toml")).expect("it is there");
        std::os::unix::fs::symlink("../dotfiles/config.toml", home.config()).expect("the home is writable");
    }
}

#[test]
fn a_linked_config_is_seen_at_its_target() {
    check_editor(|home, text| {
        keep_elsewhere(home);
        home.write("dotfiles/config.toml", text);
    });
    check_editor(|home, text| {
        keep_elsewhere(home);
        home.replace("dotfiles/config.toml", text);
    });
}

#[test]
fn a_linked_config_is_edited_at_its_target() {
    let home = configured();
    keep_elsewhere(&home);
    let before = home.read("dotfiles/config.toml");
    home.mp(["project", "use", "7"]).ok();
    home.mp(["account", "add", "new", "--type", "oauth_browser", "--region", "us"]).ok();
    let after = home.read("dotfiles/config.toml");
    assert!(after.contains("default_project = \"7\"") && after.contains("[accounts.new]"), "{after}");
    assert!(before.lines().filter(|line| !line.contains("3018488")).all(|line| after.contains(line)), "{after}");
    assert!(home.config().is_symlink(), "the link is left alone");
    let mode = fs::metadata(home.at("dotfiles/config.toml")).expect("it is there").permissions().mode();
    assert_eq!((mode & 0o777, files_in(&home.at("dotfiles"))), (0o600, 2), "nothing is left beside it");
}

fn files_in(dir: &std::path::Path) -> usize {
    fs::read_dir(dir).expect("it is there").count()
}

#[test]
fn a_linked_config_that_is_not_safe_is_refused() {
    // Nobody's.
    check_unsafe(|home| {
        keep_elsewhere(home);
        fs::remove_file(home.at("dotfiles/config.toml")).expect("it is there");
    });
    // Anybody's to read.
    check_unsafe(|home| {
        keep_elsewhere(home);
        fs::set_permissions(home.at("dotfiles/config.toml"), fs::Permissions::from_mode(0o644)).expect("our own");
    });
    // Anybody's to replace.
    check_unsafe(|home| {
        keep_elsewhere(home);
        fs::set_permissions(home.at("dotfiles"), fs::Permissions::from_mode(0o777)).expect("our own");
    });
    // Another user's.
    if rustix::process::geteuid().is_root() {
        check_unsafe(|home| {
            keep_elsewhere(home);
            std::os::unix::fs::chown(home.at("dotfiles/config.toml"), Some(65_534), None).expect("root may");
        });
    }
}

#[test]
fn a_config_that_is_no_file_or_too_large_is_refused() {
    check_unsafe(|home| {
        fs::remove_file(home.config()).expect("it is there");
        fs::create_dir(home.config()).expect("the home is writable");
    });
    check_unsafe(|home| home.write(".mp/config.toml", &"#".repeat((1 << 20) + 1)));
}

#[test]
fn another_config_can_be_named_per_call() {
    let home = configured();
    home.write("alt.toml", &config_with_project("99"));
    let _daemon = home.start();
    let call = || home.mp(["session", "-f", "json"]).env("MP_CONFIG_PATH", home.at("alt.toml"));
    assert_eq!(project(&call().json()), "99");
    assert_eq!(project(&home.mp(["session", "-f", "json"]).json()), "3018488");
    home.mp(["account", "update", "ci", "--project", "5"]).env("MP_CONFIG_PATH", home.at("alt.toml")).ok();
    assert!(home.read("alt.toml").contains("default_project = \"5\""));
    assert_eq!(home.read(".mp/config.toml"), CONFIG);
    home.replace("alt.toml", &config_with_project("98"));
    assert_eq!(project(&call().json()), "98", "it is never stale either");
}

#[test]
fn an_answered_edit_is_in_the_next_answer() {
    let home = configured();
    let _daemon = home.start();
    let mut connection = home.connect();
    for round in 1..=200u32 {
        let id = round.to_string();
        connection.call(&Ask::change("PATCH", routes::SESSION, &serde_json::json!({"project": id}))).ok();
        assert_eq!(project(&session(&mut connection)), id);
    }
    let status = connection.call(&Ask::get(routes::STATUS)).ok();
    assert_eq!(status["config"]["state"], "ok");
    mp_sandbox::wait::eventually(SOON, "the file holds the last edit", || {
        home.read(".mp/config.toml").contains("default_project = \"200\"")
    });
}
