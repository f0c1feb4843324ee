//! The daemon under a service manager, a strict stand-in for systemd's.

use std::fs;
use std::os::unix::fs::symlink;

use mp_proto::routes;
use mp_sandbox::home::{Call, Home};
use mp_sandbox::process::is_running;
use mp_sandbox::wait::eventually;
use mp_sandbox::wire::Ask;

use super::{states, tree, words};
use crate::{SOON, configured, project};

const SYSTEMCTL: &str = include_str!("systemctl");
const SOCKET: &str = ".config/systemd/user/mixpanel-mpd.socket";
const SERVICE: &str = ".config/systemd/user/mixpanel-mpd.service";

/// A home with a service manager.
struct Managed(Home);

impl Managed {
    fn new() -> Self {
        let home = configured();
        home.write_mode("fake bin/systemctl", SYSTEMCTL, 0o755);
        home.write("fake/x", "");
        Self(home)
    }

    fn mp<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Call {
        self.with(self.0.mp(words.into_iter().collect::<Vec<_>>()))
    }

    fn with(&self, call: Call) -> Call {
        let path = format!("{}:/usr/bin:/bin", self.0.at("fake bin").display());
        call.env("PATH", path).env("FAKE", self.0.at("fake"))
    }

    /// Installs the unit, and returns what became of its files.
    #[track_caller]
    fn install(&self) -> Vec<String> {
        words(&self.mp(["daemon", "install", "-f", "json"]).json())
    }

    #[track_caller]
    fn uninstall(&self) -> Vec<String> {
        words(&self.mp(["daemon", "uninstall", "-f", "json"]).json())
    }

    /// Who has started the daemon that answers.
    fn started_by(&self) -> String {
        let status = self.0.ask(&Ask::get(routes::STATUS)).ok();
        status["started_by"].as_str().unwrap_or_default().to_owned()
    }

    /// The calls of the service manager that change something, since the last look.
    fn changes(&self) -> Vec<String> {
        let calls = self.0.read("fake/calls");
        fs::write(self.0.at("fake/calls"), "").expect("ours");
        let asks = ["show", "is-enabled", "is-active", "reset-failed"];
        let calls = calls.lines().filter_map(|call| call.strip_prefix("--user "));
        calls.filter(|call| asks.iter().all(|ask| !call.starts_with(ask))).map(str::to_owned).collect()
    }
}

#[test]
fn the_unit_takes_over_from_a_daemon_that_runs_and_gives_back() {
    let managed = Managed::new();
    let home = &managed.0;
    home.mp(["session"]).ok();
    let (before, _) = home.daemon().expect("it was started");
    assert_eq!(managed.started_by(), "client");
    let untouched = tree(home);
    let planned = managed.mp(["daemon", "install", "--dry-run", "-f", "json"]).json();
    assert_eq!(words(&planned), ["added"]);
    assert!(managed.changes().is_empty() && home.daemon().is_some_and(|(pid, _)| pid == before));
    assert_eq!(managed.install(), ["added"]);
    assert!(!is_running(before), "one daemon for each root");
    assert_eq!((managed.started_by().as_str(), home.daemon().is_some()), ("service", true));
    assert_eq!(project(&home.mp(["--no-autostart", "session", "-f", "json"]).json()), "3018488");
    let mpd = home.programs().mpd.canonicalize().expect("there");
    assert!(home.read(SERVICE).contains(&format!("ExecStart={} --started-by service --root", mpd.display())));
    assert!(home.read(SOCKET).contains(&format!("ListenStream={}\n", home.socket().display())));
    assert_eq!(managed.changes().last().map(String::as_str), Some("enable --now mixpanel-mpd.socket"));
    let (pid, _) = home.daemon().expect("it serves");
    assert_eq!(managed.install(), ["unchanged"]);
    assert_eq!(managed.changes(), [""; 0], "nothing is done twice");
    assert_eq!(home.daemon().map(|(pid, _)| pid), Some(pid));
    assert_eq!(managed.uninstall(), ["removed"]);
    assert!(!is_running(pid) && !home.at(".config").exists());
    assert_eq!(managed.uninstall(), ["absent"]);
    home.mp(["session"]).ok();
    assert_eq!(managed.started_by(), "client", "mp starts it as before");
    let ours = |path: &std::path::PathBuf| !path.starts_with(home.at("fake")) && !path.starts_with(home.root());
    let rest =
        |tree: std::collections::BTreeMap<_, _>| tree.into_iter().filter(|(path, _)| ours(path)).collect::<Vec<_>>();
    assert_eq!(rest(tree(home)), rest(untouched));
}

#[test]
fn a_unit_that_does_not_work_is_taken_back_and_the_next_call_starts_a_daemon() {
    let managed = Managed::new();
    let home = &managed.0;
    home.write("fake/broken", "");
    let message = managed.mp(["daemon", "install"]).fails(6);
    assert!(message.contains("Job for mixpanel-mpd.socket failed."), "{message}");
    assert!(!home.at(".config").exists(), "{:?}", tree(home).keys());
    home.mp(["session"]).ok();
    assert_eq!(managed.started_by(), "client");
}

#[test]
fn where_no_manager_can_be_asked_nothing_is_written_and_the_reason_is_told() {
    let managed = Managed::new();
    let home = &managed.0;
    home.write("fake/nobus", "");
    let message = managed.mp(["daemon", "install"]).fails(6);
    assert!(
        message.contains("No medium found") && message.contains("mp starts the daemon when it needs one"),
        "{message}"
    );
    // As one part of all it is passed over.
    let done = managed.mp(["setup", "--yes", "--shell=bash", "-f", "json"]).json();
    assert!(states(&done).contains(&("unit of the daemon".to_owned(), "skipped".to_owned())), "{done}");
    assert!(!home.at(".config").exists());
    fs::remove_file(home.at("fake/nobus")).expect("ours");
    managed.install();
    // Without it, what was installed goes all the same.
    home.write("fake/nobus", "");
    home.write(".config/systemd/user/sockets.target.wants/x", "");
    symlink("../mixpanel-mpd.socket", home.at(".config/systemd/user/sockets.target.wants/mixpanel-mpd.socket"))
        .expect("writable");
    assert_eq!(managed.uninstall(), ["removed"]);
    assert!(!home.at(SOCKET).exists() && !home.at(SERVICE).exists());
    assert!(!home.at(".config/systemd/user/sockets.target.wants/mixpanel-mpd.socket").is_symlink());
}

#[test]
fn units_that_somebody_has_made_or_edited_stay() {
    let managed = Managed::new();
    let home = &managed.0;
    managed.install();
    let edited = home.read(SERVICE).replace("[Service]", "[Service]\nEnvironment=HTTPS_PROXY=http://p:1");
    fs::write(home.at(SERVICE), &edited).expect("writable");
    home.write(".config/systemd/user/mixpanel-mpd.service.d/override.conf", "[Service]\n");
    assert_eq!(managed.install(), ["kept", "unchanged"]);
    let told = managed.mp(["daemon", "uninstall"]).ok();
    assert!(told.contains("edited since") && told.contains("what you have added to the unit"), "{told}");
    assert_eq!(home.read(SERVICE), edited);
    assert!(!home.at(SOCKET).exists() && !home.at("fake/enabled/mixpanel-mpd.socket").exists());
    // By hand, as the README of the packages has told.
    let repository = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/systemd");
    for (file, name) in [(SOCKET, "mixpanel-mpd.socket"), (SERVICE, "mixpanel-mpd.service")] {
        let text = fs::read_to_string(repository.join(name)).expect("there");
        home.write(file, &text.replace("%h/.cargo/bin/mpd", home.programs().mpd.to_str().expect("ASCII")));
    }
    managed.changes();
    let (command, said) = (|| managed.mp(["daemon", "install"]), "mp setup has not written it");
    managed.with(home.run(&home.at("fake bin/systemctl"), ["--user", "daemon-reload"])).ok();
    assert!(command().ok().contains(said));
    assert_eq!(managed.started_by(), "service", "they are turned on");
    assert!(managed.mp(["daemon", "uninstall"]).ok().contains(said));
    assert_eq!(managed.started_by(), "service", "what was made by hand is undone by hand");
    assert!(home.at(SOCKET).exists() && home.at("fake/enabled/mixpanel-mpd.socket").exists());
}

#[test]
fn the_unit_of_a_package_is_turned_on_and_off_and_another_root_has_one_of_its_own() {
    let managed = Managed::new();
    let home = &managed.0;
    let repository = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/systemd");
    let mpd = home.programs().mpd.canonicalize().expect("there");
    for name in ["mixpanel-mpd.socket", "mixpanel-mpd.service"] {
        let text = fs::read_to_string(repository.join(name)).expect("there");
        home.write(format!("fake/packaged/{name}"), &text.replace("%h/.cargo/bin/mpd", mpd.to_str().expect("ASCII")));
    }
    let done = managed.mp(["setup", "unit", "--yes", "-f", "json"]).json();
    assert!(done[0]["detail"].as_str().is_some_and(|detail| detail.contains("a package's")), "{done}");
    assert_eq!((managed.started_by().as_str(), home.at(".config").exists()), ("service", false));
    assert_eq!(managed.install(), ["provided"]);
    managed.changes();
    managed.uninstall();
    assert_eq!(managed.changes(), ["disable --now mixpanel-mpd.socket mixpanel-mpd.service"]);
    let root = home.at("second root 100% \"q\"");
    fs::create_dir(&root).expect("writable");
    fs::set_permissions(&root, std::os::unix::fs::PermissionsExt::from_mode(0o700)).expect("ours");
    let call = |words: &[&str]| managed.with(home.mp(words)).env("MP_STORAGE_DIR", &root);
    let done = call(&["daemon", "install", "-f", "json"]).json();
    let path = done[0]["path"].as_str().expect("a file").to_owned();
    assert!(path.contains("mixpanel-mpd-") && words(&done) == ["added"], "{done}");
    let status = call(&["--no-autostart", "daemon", "status", "-f", "json"]).json();
    assert_eq!(
        (&status["started_by"], &status["daemon"]["root"]),
        (&"service".into(), &root.display().to_string().into())
    );
    assert_eq!(words(&call(&["setup", "unit", "--remove", "--yes", "-f", "json"]).json()), ["removed"]);
    assert!(!std::path::Path::new(&path).exists());
}

#[test]
fn the_unit_names_the_program_by_the_link_that_an_upgrade_keeps() {
    let managed = Managed::new();
    let home = &managed.0;
    let version = |version: &str| {
        for (program, folder) in [(&home.programs().mp, "bin"), (&home.programs().mpd, "libexec/mixpanel")] {
            home.write(format!("brew/Cellar/mp/{version}/{folder}/x"), "");
            let at = home.at(format!("brew/Cellar/mp/{version}/{folder}"));
            mp_sandbox::program::copy(program, &at.join(program.file_name().expect("a program")));
        }
        let link = home.at("brew/opt/mp");
        home.write("brew/opt/x", "");
        let _ = fs::remove_file(&link);
        symlink(format!("../Cellar/mp/{version}"), &link).expect("writable");
    };
    version("1.0");
    let mp = home.at("brew/opt/mp/bin/mp");
    managed.with(home.run(&mp, ["daemon", "install"])).ok();
    let link = home.at("brew/opt/mp/libexec/mixpanel/mpd");
    assert!(home.read(SERVICE).contains(&format!("ExecStart={} ", link.display())), "{}", home.read(SERVICE));
    let (pid, _) = home.daemon().expect("it serves");
    let pending = || home.ask(&Ask::get(routes::STATUS)).ok()["restart_pending"] == true;
    assert!(!pending());
    // The old version stays until it is cleaned up, as Homebrew leaves it.
    version("1.1");
    eventually(SOON, "the link leads to another program", pending);
    eventually(std::time::Duration::from_secs(60), "it makes way, for its manager to start the new one", || {
        !is_running(pid)
    });
    managed.uninstall();
}
