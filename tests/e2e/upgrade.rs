//! An upgrade while the daemon runs: what people are told, and how the new program comes to serve.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use mp_proto::routes;
use mp_sandbox::home::Home;
use mp_sandbox::program;
use mp_sandbox::wait::{eventually, stays};
use mp_sandbox::wire::{Ask, EventStream};

use crate::protocol::pretend;
use crate::{SOON, configured, project};

/// Several looks of the daemon at its program, which are 5 s apart, and its own end.
const LOOKS: Duration = Duration::from_secs(60);

/// A daemon of a program that can be replaced.
struct Installed {
    home: Home,
    program: PathBuf,
}

impl Installed {
    fn new() -> Self {
        let mut home = configured();
        let program = home.at("bin/mpd");
        fs::create_dir(home.at("bin")).expect("writable");
        program::copy(&home.programs().mpd, &program);
        home.set("MPD_BIN", program.to_str().expect("a plain path"));
        Self { home, program }
    }

    /// Puts another program in place, as packages do.
    fn replace(&self, with: impl FnOnce(&Path)) {
        let beside = self.program.with_extension("new");
        with(&beside);
        fs::rename(beside, &self.program).expect("ours");
    }

    /// How often a daemon has started, by its log: to ask it would be a call, and one that is called is not idle.
    fn starts(&self) -> usize {
        self.home.read(".mp/run/mpd.log").matches("started").count()
    }

    fn upgrade(&self) {
        self.replace(|path| program::copy(&self.home.programs().mpd, path));
    }
}

#[test]
fn an_idle_daemon_becomes_the_program_that_has_replaced_its_own() {
    let installed = Installed::new();
    let home = &installed.home;
    home.mp(["session"]).ok();
    let (pid, instance) = home.daemon().expect("it was started");
    let once = installed.starts();
    installed.upgrade();
    let mut stream = EventStream::open(&home.socket(), None);
    assert!(stream.receive().is_ok_and(|event| event.is_some()), "it listens");
    stream.until("daemon.stopping");
    let mut next = EventStream::open(&home.socket(), None);
    assert!(next.receive().is_ok_and(|event| event.is_some()), "whoever listens goes on at the same socket");
    drop((stream, next));
    let status = || home.ask(&Ask::get(routes::STATUS)).ok();
    assert!(installed.starts() > once, "another start");
    assert_eq!(project(&home.mp(["session", "-f", "json"]).json()), "3018488");
    let (now, other) = home.daemon().expect("it serves");
    assert_eq!((now, instance == other), (pid, false), "the same process, and another start");
    assert_eq!(status()["restart_pending"], false);
    assert_eq!(status()["started_by"], "client");
}

#[test]
fn a_program_that_does_not_run_changes_nothing_and_is_looked_at_once() {
    let installed = Installed::new();
    let home = &installed.home;
    home.mp(["session"]).ok();
    let (before, once) = (home.daemon().expect("it was started"), installed.starts());
    installed.replace(|path| program::write(path, "#!/bin/sh\necho looked >>\"$0.looks\"\nexit 1\n", 0o755));
    let log = || home.read(".mp/run/mpd.log");
    eventually(LOOKS, "it is refused", || log().contains("one that does not run"));
    stays(Duration::from_secs(12), "it is not asked again", || {
        log().matches("one that does not run").count() == 1 && !log().contains("nobody needs")
    });
    assert_eq!(home.read("bin/mpd.looks"), "looked\n");
    assert_eq!(home.daemon(), Some(before));
    installed.upgrade();
    eventually(LOOKS, "the next one is taken", || installed.starts() > once);
    assert_eq!(project(&home.mp(["session", "-f", "json"]).json()), "3018488");
}

#[test]
fn under_a_service_manager_it_leaves_and_asks_to_be_started_again() {
    let installed = Installed::new();
    let home = &installed.home;
    let mut command = home.command(&installed.program);
    command.args(["--started-by", "service"]);
    let daemon = mp_sandbox::home::Daemon::start(command, home.path(), &home.socket());
    installed.upgrade();
    assert_eq!(daemon.wait(LOOKS), 75);
    let unit = include_str!("../../packaging/systemd/mixpanel-mpd.service");
    assert!(unit.contains("RestartForceExitStatus=75"), "{unit}");
}

#[test]
fn that_the_daemon_is_of_another_build_is_said_once_a_day() {
    let home = configured();
    let body = r#"{"state": "ok", "account": null, "project": null, "workspace": null, "user": null, "me_cached": false,
        "headers": [], "notes": [], "next": [], "revision": 1}"#;
    let head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nMp-Origin: daemon\r\nMp-Protocol: 1-1\r\nMp-Build: 9.8.7";
    let _received = pretend(&home, &format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()));
    let told = |words: &[&str]| home.mp(words).run().stderr.contains("mpd 9.8.7");
    assert!(!told(&["session", "-q"]), "that was not wanted");
    assert!(!told(&["plugin", "session"]), "and a program does not need it");
    assert!(told(&["session"]) && !told(&["session"]));
    let stamp = fs::File::options().write(true).open(home.at(".mp/run/build-told")).expect("it was noted");
    stamp.set_modified(SystemTime::now() - Duration::from_secs(25 * 3600)).expect("ours");
    assert!(told(&["session"]) && !told(&["session"]), "the day after");
}

#[test]
fn a_daemon_of_the_same_build_is_nothing_to_speak_of() {
    let home = configured();
    assert_eq!(home.mp(["session"]).run().stderr, "");
    assert!(home.daemon().is_some() && !home.at(".mp/run/build-told").exists());
    home.mp(["daemon", "stop"]).ok();
    eventually(SOON, "it is gone", || home.daemon().is_none());
}
