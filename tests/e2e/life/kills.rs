//! A daemon that dies at any moment, while others edit.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mp_sandbox::home::Home;
use mp_sandbox::process::kill;
use mp_sandbox::wait::{Dice, pause};

/// Kills the daemon of a home so many times while two clients edit its accounts `team` and `ci`, and expects so many edits of each, none of
/// which is lost.
pub(crate) fn kill_at_random(home: &Home, wanted: usize, least: usize) {
    let mut dice = Dice::seeded();
    let stop = AtomicBool::new(false);
    let kills = std::thread::scope(|scope| {
        let stopping = StopAtEnd(&stop);
        let writers: Vec<_> =
            ["team", "ci"].into_iter().map(|account| scope.spawn(|| edit_until(home, account, &stop))).collect();
        let mut kills = 0;
        while kills < wanted && writers.iter().all(|writer| !writer.is_finished()) {
            let done = home.mp(["session", "-f", "json"]).run();
            assert_eq!(done.code, 0, "the call after kill {kills} failed: {}", done.stderr);
            pause(Duration::from_micros(dice.below(30_000)));
            if let Some((pid, _)) = home.daemon() {
                kill(pid);
                kills += 1;
            }
        }
        drop(stopping);
        for writer in writers {
            let acknowledged = writer.join().expect("no acknowledged edit was lost");
            assert!(acknowledged > least, "only {acknowledged} edits were acknowledged: this shows nothing");
        }
        kills
    });
    assert_eq!(kills, wanted);
    home.mp(["session"]).ok();
    assert!(parsed(&home.read(".mp/config.toml")).get("targets").is_some(), "the rest of the file is still there");
}

/// Tells the writers to stop, also when the test fails: the scope waits for them.
pub(crate) struct StopAtEnd<'a>(pub(crate) &'a AtomicBool);

impl Drop for StopAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Gives an account one project after the other, until told to stop; returns how many edits were acknowledged.
/// An edit may fail when the daemon dies under it, but what was acknowledged must be in the file.
fn edit_until(home: &Home, account: &str, stop: &AtomicBool) -> usize {
    let mut acknowledged = 0;
    for number in 1.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let value = number.to_string();
        let edit = home.mp(["account", "update", account, "--project", &value]).run();
        let config = parsed(&home.read(".mp/config.toml"));
        let stored = config["accounts"][account]["default_project"].as_str().expect("it is a text");
        if edit.code == 0 {
            acknowledged += 1;
            assert_eq!(stored, value, "{account}: the edit was acknowledged");
        }
    }
    acknowledged
}

#[track_caller]
fn parsed(config: &str) -> toml::Table {
    config.parse().unwrap_or_else(|error| panic!("the config does not parse: {error}\n{config}"))
}
