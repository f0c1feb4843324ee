//! The one place where a thread sleeps: for another process that is just writing and does not say when it is done.

use std::time::Duration;

/// Waits. Callers wait for milliseconds, in a loop with an end, and outside the runtime or for less than a disk would take.
#[expect(clippy::disallowed_methods, reason = "flock and foreign writers have no wait with a deadline")]
pub(crate) fn pause(duration: Duration) {
    std::thread::sleep(duration);
}

/// Waits until a change of a file would have another time stamp than one made before the call.
#[cfg(test)]
pub(crate) fn next_tick(directory: &std::path::Path) {
    let probe = directory.join("tick");
    let stamp = || {
        std::fs::write(&probe, "").expect("a writable directory");
        super::read::Signature::of(&probe).expect("readable").expect("just written")
    };
    let before = stamp();
    while stamp() == before {
        std::thread::yield_now();
    }
    std::fs::remove_file(&probe).expect("just written");
}
