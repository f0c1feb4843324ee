//! A processor that is busy. A program of its own, because `cargo test` runs those one after the other: nothing but what is written here
//! shall keep the machine busy.
//!
//! Kernels that schedule by session give a daemon, which has a session of its own, its share of a processor apart from its starter's. Where
//! processes of the starter's session woke every few milliseconds, it got none at all for as long as they did.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use mp_sandbox::home::{Home, Programs, Running};
use mp_sandbox::process::kill;
use mp_sandbox::wait::pause;

use kills::{StopAtEnd, kill_at_random};

#[path = "../e2e/life/kills.rs"]
mod kills;

/// Two accounts to edit, and more that has to stay.
const CONFIG: &str = r#"[accounts.team]
type = "service_account"
region = "us"
default_project = "3018488"
username = "sa.user"
secret = "hunter2"

[accounts.ci]
type = "oauth_token"
region = "eu"
default_project = "555"
token_env = "MP_CI_TOKEN"

[active]
account = "team"

[targets.ecom]
account = "team"
project = "3018488"
"#;

fn configured() -> Home {
    let programs =
        Programs { mp: PathBuf::from(env!("CARGO_BIN_EXE_mp")), mpd: PathBuf::from(env!("CARGO_BIN_EXE_mpd")) };
    let home = Home::new(programs);
    home.write(".mp/config.toml", CONFIG);
    home
}

/// Lets the calling thread, and all that it starts, run on one of the processors that it may use.
#[cfg(target_os = "linux")]
fn pin(which: usize) {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
    let allowed = sched_getaffinity(None).expect("the kernel can tell");
    let processors: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|cpu| allowed.is_set(*cpu)).collect();
    let mut one = CpuSet::new();
    one.set(processors[which.min(processors.len() - 1)]);
    sched_setaffinity(None, &one).expect("one of those that are allowed");
}

#[cfg(not(target_os = "linux"))]
fn pin(_: usize) {}

/// Works on one processor, beside two loops that never wait, while a task comes and goes on the next one. On a thread of its own, for
/// nobody else shall be pinned; one at a time, for the rest of the machine shall be quiet.
fn crowded<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let stop = AtomicBool::new(false);
    let goes_on = || !stop.load(Ordering::Relaxed);
    std::thread::scope(|scope| {
        let _stopping = StopAtEnd(&stop);
        for _ in 0..2 {
            scope.spawn(|| {
                pin(0);
                while goes_on() {
                    std::hint::spin_loop();
                }
            });
        }
        scope.spawn(|| {
            pin(1);
            while goes_on() {
                let begun = Instant::now();
                while begun.elapsed() < Duration::from_millis(5) {
                    std::hint::spin_loop();
                }
                pause(Duration::from_millis(5));
            }
        });
        let worker = scope.spawn(|| {
            pin(0);
            work()
        });
        worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

#[test]
fn killing_the_daemon_on_a_processor_that_is_busy_loses_no_acknowledged_edit() {
    crowded(|| kill_at_random(&configured(), 25, 2));
}

#[test]
fn cold_calls_on_a_processor_that_is_busy_are_all_answered() {
    let home = configured();
    let slowest = crowded(|| {
        let mut slowest = Duration::ZERO;
        for round in 0..10 {
            let begun = Instant::now();
            let calls: Vec<Running> = (0..8).map(|_| home.mp(["session", "-f", "json"]).start()).collect();
            for done in calls.into_iter().map(Running::finish) {
                assert_eq!(done.code, 0, "round {round}, after {:?}: {}", begun.elapsed(), done.stderr);
            }
            slowest = slowest.max(begun.elapsed());
            kill(home.daemon().expect("it was started").0);
        }
        slowest
    });
    println!("the slowest round of 8 cold calls took {slowest:?}");
    assert!(slowest < Duration::from_secs(8), "a round took {slowest:?}");
}
