//! Which program is started as the daemon, and what is said of one that is none.

use std::fs;
use std::path::{Path, PathBuf};

use mp_sandbox::home::{Call, Home};
use mp_sandbox::program;

use crate::{configured, project};

/// What the music player of the name says to an option that it does not know.
const MUSIC: &str = "echo 'Music Player Daemon 0.23.5 (0.23.5)'; exit 1";

/// Puts a script at a path of the home.
fn script(home: &Home, path: &str, text: &str) -> PathBuf {
    home.write_mode(path, &format!("#!/bin/sh\n{text}\n"), 0o700);
    home.at(path)
}

/// Puts `mp` at a path of the home, as an installation would.
fn installed(home: &Home) -> PathBuf {
    home.write("usr/bin/x", "");
    copied(&home.programs().mp, &home.at("usr/bin/mp"))
}

/// Puts a program in another place.
pub(super) fn copied(from: &Path, to: &Path) -> PathBuf {
    fs::create_dir_all(to.parent().expect("it has a folder")).expect("the home is writable");
    // A link where that is possible: the programs are large.
    if fs::hard_link(from, to).is_err() {
        program::copy(from, to);
    }
    to.to_owned()
}

fn call(home: &Home, program: &Path) -> Call {
    home.run(program, ["session", "-f", "json"])
}

#[test]
fn a_music_player_beside_mp_is_named_and_not_waited_for() {
    let home = configured();
    let mp = installed(&home);
    script(&home, "usr/bin/mpd", MUSIC);
    let message = call(&home, &mp).fails(6);
    assert!(message.contains("usr/bin/mpd is not Mixpanel's mpd"), "{message}");
    assert!(message.contains("Music Player Daemon 0.23.5") && message.contains("MPD_BIN"), "{message}");
    let message = home.run(&mp, ["daemon", "run"]).fails(6);
    assert!(message.contains("usr/bin/mpd is not Mixpanel's mpd"), "{message}");
    // One that plays until somebody stops it.
    script(&home, "usr/bin/mpd", "echo playing; exec sleep 600");
    assert!(call(&home, &mp).fails(6).contains("\"playing\""));
    // One that fails in the words of ours.
    script(&home, "usr/bin/mpd", "echo 'error: no music'; exit 1");
    assert!(call(&home, &mp).fails(6).contains("usr/bin/mpd is not Mixpanel's mpd"));
}

#[test]
fn a_package_can_put_the_daemon_beside_the_music_player() {
    for folder in ["usr/libexec/mixpanel", "usr/lib/mixpanel"] {
        let home = configured();
        let mp = installed(&home);
        script(&home, "usr/bin/mpd", MUSIC);
        copied(&home.programs().mpd, &home.at(folder).join("mpd"));
        assert_eq!(project(&call(&home, &mp).json()), "3018488", "{folder}");
    }
}

#[test]
fn the_daemon_that_is_named_comes_before_the_one_beside() {
    let home = configured();
    let named = script(
        &home,
        "named",
        &format!("echo \"$1\" >>'{0}/asked'; exec '{1}' \"$@\"", home.path().display(), home.programs().mpd.display()),
    );
    home.mp(["session"]).env("MPD_BIN", &named).ok();
    // What answers as a daemon of ours does is not asked who it is.
    assert_eq!(home.read("asked"), "--root\n");
    let music = script(&home, "music", MUSIC);
    home.mp(["daemon", "stop"]).ok();
    let message = home.mp(["session"]).env("MPD_BIN", &music).fails(6);
    assert!(message.contains("music is not Mixpanel's mpd"), "it is not passed over for the one beside: {message}");
}

#[test]
fn a_daemon_that_is_killed_before_it_is_ready_is_started_again() {
    let home = configured();
    let text = r#"[ "$1" = --mixpanel-version ] || [ -e "$0.again" ] || { : >"$0.again"; kill -KILL $$; }"#;
    let unlucky = script(&home, "unlucky", &format!("{text}\nexec '{}' \"$@\"", home.programs().mpd.display()));
    assert_eq!(project(&home.mp(["session", "-f", "json"]).env("MPD_BIN", &unlucky).json()), "3018488");
    assert!(home.at("unlucky.again").exists(), "the first was killed");
    home.mp(["daemon", "stop"]).ok();
    let doomed =
        format!("[ \"$1\" = --mixpanel-version ] && exec '{}' \"$@\"\nkill -KILL $$", home.programs().mpd.display());
    let doomed = script(&home, "doomed", &doomed);
    let message = home.mp(["session"]).env("MPD_BIN", &doomed).fails(6);
    assert!(message.contains("signal 9 ended it before it was ready"), "{message}");
    let silent = format!("[ \"$1\" = --mixpanel-version ] && exec '{}' \"$@\"\nexit 7", home.programs().mpd.display());
    let silent = script(&home, "silent", &silent);
    let message = home.mp(["session"]).env("MPD_BIN", &silent).fails(6);
    assert!(message.contains("it ended without a word (exit status: 7)"), "{message}");
}

#[test]
fn a_start_that_takes_too_long_says_whether_its_process_lives() {
    let home = configured();
    let text = "[ \"$1\" = --mixpanel-version ] && exec 'MPD' \"$@\"\nexec sleep 30";
    let slow = script(&home, "slow", &text.replace("MPD", home.programs().mpd.to_str().expect("a text")));
    let message = home.mp(["session"]).env("MPD_BIN", &slow).fails(6);
    assert!(message.contains("it was not ready in time: its process ") && message.contains(" lives"), "{message}");
    assert!(cfg!(not(target_os = "linux")) || message.contains("has run it for"), "{message}");
}
