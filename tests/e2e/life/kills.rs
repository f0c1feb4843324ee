//! A daemon that dies at any moment, while others edit.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use mp_sandbox::home::Home;
use mp_sandbox::process::kill;
use mp_sandbox::wait::{Dice, pause};

/// Kills the daemon of a home at least so many times while two clients edit its accounts `team` and `ci`, until each has more than so many
/// edits acknowledged, none of which is lost.
///
/// Where a machine is slow, every edit may lose its daemon. So once it has been killed often enough, it lives longer each time.
pub(crate) fn kill_at_random(home: &Home, wanted: usize, least: usize) {
    let mut dice = Dice::seeded();
    let stop = AtomicBool::new(false);
    let acknowledged = [AtomicUsize::new(0), AtomicUsize::new(0)];
    let kills = std::thread::scope(|scope| {
        let stopping = StopAtEnd(&stop);
        let writers: Vec<_> = ["team", "ci"]
            .into_iter()
            .zip(&acknowledged)
            .map(|(account, count)| scope.spawn(|| edit_until(home, account, count, &stop)))
            .collect();
        let shown = || acknowledged.iter().all(|count| count.load(Ordering::Relaxed) > least);
        let (mut kills, mut longest_life) = (0, 30_000);
        while (kills < wanted || !shown()) && writers.iter().all(|writer| !writer.is_finished()) {
            let done = home.mp(["session", "-f", "json"]).run();
            assert_eq!(done.code, 0, "the call after kill {kills} failed: {}", done.stderr);
            if kills > wanted {
                longest_life = (longest_life * 2).min(2_000_000);
            }
            pause(Duration::from_micros(dice.below(longest_life)));
            if let Some((pid, _)) = home.daemon() {
                kill(pid);
                kills += 1;
            }
            assert!(kills < wanted + 100, "hardly an edit was acknowledged: {acknowledged:?}");
        }
        drop(stopping);
        for writer in writers {
            writer.join().expect("no acknowledged edit was lost");
        }
        kills
    });
    assert!(kills >= wanted);
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

/// Gives an account one project after the other, until told to stop, and counts the edits that were acknowledged.
/// An edit may fail when the daemon dies under it, but what was acknowledged must be in the file.
fn edit_until(home: &Home, account: &str, acknowledged: &AtomicUsize, stop: &AtomicBool) {
    for number in 1.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let value = number.to_string();
        let edit = home.mp(["account", "update", account, "--project", &value]).run();
        let config = parsed(&home.read(".mp/config.toml"));
        let stored = config["accounts"][account]["default_project"].as_str().expect("it is a text");
        if edit.code == 0 {
            acknowledged.fetch_add(1, Ordering::Relaxed);
            assert_eq!(stored, value, "{account}: the edit was acknowledged");
        }
    }
}

#[track_caller]
fn parsed(config: &str) -> toml::Table {
    config.parse().unwrap_or_else(|error| panic!("the config does not parse: {error}\n{config}"))
}
