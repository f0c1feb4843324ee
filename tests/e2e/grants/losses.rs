//! What must not be lost: a grant that is only in memory when the daemon is to end, and one whose file others have damaged or removed.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use mp_proto::routes;
use mp_sandbox::home::Daemon;
use mp_sandbox::wait::{eventually, stays};
use mp_sandbox::wire::Ask;
use serde_json::json;

use super::{FILE, LONG, World, tokens};
use crate::empty;

/// A world whose disk is full for as long as a file exists, and its daemon.
fn with_full_disk() -> (World, Daemon, PathBuf) {
    let world = World::with_grant(3600);
    let full = world.home.at("disk-is-full");
    fs::write(&full, "").expect("writable");
    let plan = format!("tokens.json:reserved=full-while:{0},tokens.json:written=full-while:{0}", full.display());
    let daemon = world.start_with(|mpd| mpd.env("MPD_FAULTS", plan));
    (world, daemon, full)
}

/// The grant is on disk, and good for the time after the next start.
fn serves_after_a_start(world: &World) {
    assert!(world.has_usable_grant_on_disk());
    world.upstream.expire_access_tokens();
    let token = world.on_disk();
    let text = |name: &str| token[name].as_str().expect("a text").to_owned();
    world.home.replace(FILE, &tokens(&text("access_token"), &text("refresh_token"), 0));
    let _daemon = world.start();
    let answer = world.ask_token();
    assert_eq!(answer.status, 200, "no login is asked for: {}", answer.text());
}

#[test]
fn a_stop_that_would_lose_a_login_is_refused_and_says_what_would_be_lost() {
    let (world, daemon, full) = with_full_disk();
    let refreshed = world.home.mp(["account", "refresh"]).run();
    assert_eq!(refreshed.code, 0, "{}", refreshed.stderr);
    for part in ["note: ", "account 'ada'", "only in the daemon's memory", "No space left"] {
        assert!(refreshed.stderr.contains(part), "{part} is missing in {}", refreshed.stderr);
    }
    for verb in ["stop", "restart"] {
        let refused = world.home.mp(["daemon", verb]).fails(1);
        let hint = format!("mp daemon {verb} --force");
        for part in ["account 'ada'", "tokens.json", "No space left", "a new login would be needed", &hint] {
            assert!(refused.contains(part), "{part} is missing in {refused}");
        }
    }
    let answer = world.home.ask(&Ask::change("POST", routes::SHUTDOWN, &json!({})));
    assert_eq!(answer.problem(), (409, "unsaved".to_owned()));
    assert_eq!((world.ask_token().status, world.state()), (200, "degraded".to_owned()), "it goes on");
    fs::remove_file(full).expect("there");
    world.home.mp(["daemon", "stop"]).ok();
    assert_eq!((daemon.wait(LONG), world.posts()), (0, 1));
    serves_after_a_start(&world);
}

#[test]
fn who_insists_ends_it_and_a_signal_is_not_refused_but_the_log_says_what_was_lost() {
    let (world, daemon, _full) = with_full_disk();
    world.home.mp(["account", "refresh"]).ok();
    world.home.mp(["daemon", "stop", "--force"]).ok();
    eventually(LONG, "it says so", || daemon.log().contains("the newest tokens were lost"));
    assert_eq!(daemon.wait(LONG), 0);
    let (world, daemon, full) = with_full_disk();
    world.home.mp(["account", "refresh"]).ok();
    mp_sandbox::process::terminate(daemon.pid());
    eventually(LONG, "it stops", || daemon.log().contains("stop was requested"));
    // Within its time, room still helps.
    fs::remove_file(full).expect("there");
    eventually(LONG, "it is saved", || world.has_usable_grant_on_disk());
    assert!(!daemon.log().contains("were lost"), "{}", daemon.log());
    assert_eq!(daemon.wait(LONG), 0);
}

#[test]
fn without_room_nothing_is_spent_while_the_old_token_serves() {
    let (world, _daemon, full) = with_full_disk();
    let soon = world.on_disk();
    let text = |name: &str| soon[name].as_str().expect("a text").to_owned();
    // So near its end that it would be refreshed in the background.
    world.home.replace(FILE, &tokens(&text("access_token"), &text("refresh_token"), 45));
    for _ in 0..3 {
        assert_eq!(world.ask_token().json()["token"], text("access_token"));
        // The new file may be seen by a later question only, and each of them may begin the attempt.
        eventually(LONG, "the attempt ends", || {
            assert_eq!(world.ask_token().json()["token"], text("access_token"));
            world.state() == "backoff"
        });
    }
    assert_eq!(world.posts(), 0);
    fs::remove_file(full).expect("there");
    eventually(LONG, "it is refreshed", || {
        world.ask_token();
        world.state() == "ok"
    });
    assert!(world.has_usable_grant_on_disk() && world.posts() == 1);
}

#[test]
fn a_file_that_somebody_damages_or_removes_is_written_again_without_any_call() {
    let world = World::with_grant(3600);
    let daemon = world.start();
    assert_eq!(world.ask_token().status, 200);
    let before = world.home.read(FILE);
    let grant = || world.has_usable_grant_on_disk_now();
    for damage in ["", "{", "null", "\u{0}\u{0}"] {
        world.home.write(FILE, damage);
        eventually(LONG, "it is written again", grant);
    }
    fs::remove_dir_all(world.home.at(FILE).parent().expect("it has one")).expect("ours");
    eventually(LONG, "the directory, too", grant);
    if cfg!(target_os = "linux") {
        fs::remove_file(world.home.at(FILE)).expect("ours");
        eventually(LONG, "removed by nobody who has looked up the account", grant);
    }
    // Right before the end, when nobody has seen it yet.
    world.home.write(FILE, "");
    world.home.mp(["daemon", "stop"]).ok();
    assert_eq!((daemon.wait(LONG), world.posts()), (0, 0));
    let (before, after): (serde_json::Value, _) = (serde_json::from_str(&before).expect("JSON"), world.on_disk());
    assert_eq!(before["refresh_token"], after["refresh_token"]);
    serves_after_a_start(&world);
}

#[test]
fn who_logs_out_stays_logged_out_whichever_program_it_was() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    assert_eq!(world.ask_token().status, 200);
    // No event of the daemon's own look at the config is on its way any more.
    stays(Duration::from_millis(300), "it serves", || world.ask_token().status == 200);
    // As the Python tool does it.
    assert!(world.home.read(".mp/config.toml").contains("[accounts.ada]"));
    fs::remove_file(world.home.at(FILE)).expect("ours");
    let gone = || !world.home.at(FILE).exists();
    assert_eq!(world.ask_token().problem().1, "login_required");
    assert!(gone());
    world.put(&world.mint(), 3600);
    assert_eq!(world.ask_token().status, 200);
    world.home.mp(["account", "logout", "ada"]).ok();
    assert!(gone() && world.ask_token().problem().1 == "login_required");
    world.home.mp(["daemon", "stop"]).ok();
    assert!(gone(), "the end of the daemon brings nothing back");
}

/// A small file system that is mounted for as long as this lives. Only root can mount one.
struct Mounted(PathBuf);

impl Mounted {
    fn new(path: PathBuf, size: &str) -> Option<Self> {
        fs::create_dir_all(&path).expect("writable");
        let options = format!("size={size},mode=0700");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(&path).output();
        mount.is_ok_and(|done| done.status.success()).then_some(Self(path))
    }

    /// Fills it to its last byte. Returns the file that does.
    fn fill(&self) -> PathBuf {
        let path = self.0.join("fill");
        let filled = fs::write(&path, vec![0; 1 << 20]);
        assert!(filled.is_err(), "it is larger than it should be");
        path
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Lazily: a daemon may still have its log open there.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// As a plain user, the tests above are what there is: none can mount a disk that is really full.
#[test]
fn a_home_on_a_full_disk_keeps_its_login() {
    let home = empty();
    let disk = Mounted::new(home.at(".mp"), "256k");
    assert!(disk.is_some() || !rustix::process::getuid().is_root() || !is_privileged(), "root can mount");
    let Some(disk) = disk else { return };
    let mut world = World::with_grant_in(home, 3600);
    let url = world.upstream.url();
    world.home.set("MPD_UPSTREAM", &url);
    assert!(world.home.mp(["account", "token"]).ok().starts_with("at-"));
    let fill = disk.fill();
    assert!(world.home.mp(["account", "refresh"]).run().stderr.contains("only in the daemon's memory"));
    assert!(world.home.mp(["daemon", "stop"]).fails(1).contains("No space left"));
    fs::remove_file(fill).expect("there");
    world.home.mp(["daemon", "stop"]).ok();
    serves_after_a_start(&world);
    // What is left of the room that was made is gone.
    let names = fs::read_dir(world.home.at(FILE).parent().expect("one")).expect("there");
    let names: Vec<_> = names.map(|entry| entry.expect("readable").file_name()).collect();
    assert!(names.iter().all(|name| name == "tokens.json" || name == "tokens.json.lock"), "{names:?}");
    drop(world);
    drop(disk);
}

/// A container's root may lack the right to mount.
fn is_privileged() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:")).map(str::trim).unwrap_or_default();
    u64::from_str_radix(effective, 16).is_ok_and(|capabilities| capabilities & (1 << 21) != 0)
}
