//! What only Linux lets a program know or do: which run of which machine holds a lock (the boot id and the start of a process, from
//! `/proc`), and calls as another user (`setpriv`).

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use mp_sandbox::home::{Call, Home};
use mp_sandbox::process::{daemons_of, is_running, terminate};
use mp_sandbox::wait::eventually;

use super::only_below;
use crate::{CONFIG, SOON, configured, project};

#[test]
fn a_daemon_that_does_not_move_is_killed_by_force_alone() {
    let home = configured();
    home.mp(["session"]).ok();
    let (pid, _) = home.daemon().expect("it was started");
    let id = rustix::process::Pid::from_raw(i32::try_from(pid).expect("a pid")).expect("a pid");
    rustix::process::kill_process(id, rustix::process::Signal::STOP).expect("it runs");
    fs::remove_file(home.socket()).expect("it is there");
    assert!(home.mp(["daemon", "status"]).fails(6).contains(&format!("pid {pid}")));
    let told = home.mp(["daemon", "stop", "--force"]).ok();
    assert!(told.contains(&format!("pid {pid}, was killed")), "{told}");
    eventually(SOON, "it is gone", || !is_running(pid));
}

/// Holds the lock of a home as a daemon of another machine does.
fn held_elsewhere(home: &Home) -> fs::File {
    home.write(
        ".mp/run/mpd.lock",
        "4711\nstart 12\nboot 00000000-0000-0000-0000-000000000000\nspace pid:[1]\nhost alpha\n",
    );
    let file = fs::File::open(home.at(".mp/run/mpd.lock")).expect("just written");
    file.lock().expect("free");
    file
}

#[test]
fn a_root_that_another_host_serves_is_told_as_such_at_once() {
    let home = configured();
    let _lock = held_elsewhere(&home);
    let begun = Instant::now();
    let message = home.mp(["session"]).fails(6);
    assert!(begun.elapsed() < Duration::from_secs(8), "nobody waits for it: {:?}", begun.elapsed());
    assert!(message.contains("another host or process holds") && message.contains("on host alpha"), "{message}");
    assert!(message.contains("run_dir"), "{message}");
    for words in [["daemon", "status"], ["daemon", "stop"]] {
        let message = home.mp(words).fails(6);
        assert!(message.contains("not here") && message.contains("on host alpha"), "{message}");
    }
}

#[test]
fn a_directory_of_this_host_can_be_chosen_for_a_root_that_another_host_serves() {
    let home = configured();
    let _lock = held_elsewhere(&home);
    let chosen = home.at("here");
    home.write(".mp/config.toml", &format!("{CONFIG}\n[settings]\nrun_dir = {:?}\n", chosen.display().to_string()));
    // The table of the header stands before, and TOML lets a table come after its parts.
    assert_eq!(project(&home.mp(["session", "-f", "json"]).json()), "3018488");
    let socket = only_below(&chosen).join("mpd.sock");
    assert!(socket.exists(), "{}", socket.display());
    assert_eq!(home.mp(["daemon", "status", "-f", "json"]).json()["socket"], socket.display().to_string());
    assert!(home.mp(["daemon", "logs"]).ok().contains("started"));
    home.mp(["--no-autostart", "session"]).ok();
    assert!(home.mp(["daemon", "stop"]).ok().contains("has stopped"));
    eventually(SOON, "the socket is gone", || !socket.exists());
}

/// Who is neither root nor anybody else here.
const NOBODY: u32 = 65534;

/// Gives a home to somebody whom modes of directories can keep out, and returns what makes calls as them: for a plain user, themselves.
fn plain(home: &Home) -> impl Fn(&[&str]) -> Call {
    let is_root = rustix::process::geteuid().is_root();
    let mp = home.at("bin/mp");
    for program in [&home.programs().mp, &home.programs().mpd] {
        home.write("bin/x", "");
        super::super::programs::copied(program, &home.at("bin").join(program.file_name().expect("a program")));
    }
    for path in ["", "work", ".mp", ".mp/config.toml", "bin", "rt"].iter().filter(|_| is_root) {
        std::os::unix::fs::chown(home.at(path), Some(NOBODY), Some(NOBODY)).expect("root may");
    }
    let uid = NOBODY.to_string();
    move |words| {
        if !is_root {
            return home.run(&mp, words);
        }
        let as_nobody = ["--reuid", &uid, "--regid", &uid, "--clear-groups", mp.to_str().expect("a text")];
        home.run(Path::new("/usr/bin/setpriv"), as_nobody.iter().chain(words))
    }
}

#[test]
fn a_home_that_cannot_hold_sockets_or_locks_has_its_daemon_below_the_runtime_directory() {
    let mut home = configured();
    fs::create_dir(home.at("rt")).expect("the home is writable");
    fs::set_permissions(home.at("rt"), fs::Permissions::from_mode(0o700)).expect("ours");
    home.set("XDG_RUNTIME_DIR", home.at("rt").to_str().expect("a text"));
    let mp = plain(&home);
    fs::set_permissions(home.root(), fs::Permissions::from_mode(0o500)).expect("ours");
    assert_eq!(project(&mp(&["session", "-f", "json"]).json()), "3018488");
    let socket = only_below(&home.at("rt/mp")).join("mpd.sock");
    assert!(socket.exists() && !home.at(".mp/run").exists(), "{}", socket.display());
    let pids = daemons_of(home.path());
    let running: Vec<_> = (0..10).map(|_| mp(&["session", "-f", "json"]).start()).collect();
    running.into_iter().for_each(|call| assert_eq!(call.finish().code, 0));
    assert_eq!(daemons_of(home.path()), pids, "all find the same one");
    assert_eq!(pids.len(), 1);
    // The home can be written again; the daemon that runs is still the one.
    fs::set_permissions(home.root(), fs::Permissions::from_mode(0o700)).expect("ours");
    mp(&["--no-autostart", "session"]).ok();
    assert_eq!(daemons_of(home.path()), pids);
    assert!(mp(&["daemon", "stop"]).ok().contains("has stopped"));
    eventually(SOON, "it has ended", || !is_running(pids[0]));
    // From here on it is where it belongs.
    mp(&["session"]).ok();
    assert!(home.socket().exists());
    daemons_of(home.path()).into_iter().for_each(terminate);
}
