//! Directories that may hold a socket, pauses, and starts that are tried again.

use super::*;
use std::os::unix::fs::PermissionsExt;

fn refusal(mode: u32) -> Option<String> {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::write(dir.path().join("s"), "").expect("written");
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(mode)).expect("changed");
    check_directory(&dir.path().join("s")).err().map(|error| error.to_string())
}

#[test]
fn a_directory_that_others_can_enter_is_refused() {
    assert_eq!(refusal(0o700), None);
    for mode in [0o755, 0o710, 0o702] {
        assert!(refusal(mode).is_some_and(|text| text.contains("expected 0700")), "{mode:o}");
    }
}

/// A socket that is bound refuses connections until it listens, as a full queue does on a BSD.
#[tokio::test]
async fn a_refusal_is_waited_out_where_a_daemon_lives_and_refusals_may_mean_a_full_queue() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("s");
    let family = rustix::net::AddressFamily::UNIX;
    let socket = rustix::net::socket(family, rustix::net::SocketType::STREAM, None).expect("a descriptor");
    rustix::net::bind(&socket, &rustix::net::SocketAddrUnix::new(&path).expect("short")).expect("bound");
    let tried =
        |refuses_when_full, lives: bool, patience| connect_within(&path, refuses_when_full, move || lives, patience);
    let long = Duration::from_secs(20);
    assert!(matches!(tried(false, true, long).await, Err(ConnectError::Nobody { .. })), "Linux says what it means");
    assert!(matches!(tried(true, false, long).await, Err(ConnectError::Nobody { .. })), "nobody lives");
    let late = tried(true, true, PAUSE * 3).await;
    assert!(matches!(late, Err(ConnectError::Nobody { .. })), "it stays so");
    // It listens once it has refused.
    let refused = tokio::sync::Notify::new();
    let lives = || {
        refused.notify_one();
        true
    };
    let listening = async {
        refused.notified().await;
        rustix::net::listen(&socket, 8).expect("bound");
    };
    let (connected, ()) = tokio::join!(connect_within(&path, true, lives, long), listening);
    connected.expect("it listens now");
}

#[test]
fn pauses_are_spread() {
    let pauses: std::collections::BTreeSet<Duration> = (0..64).map(|_| spread(PAUSE)).collect();
    assert!(pauses.len() > 8 && pauses.iter().all(|pause| (PAUSE..PAUSE * 2).contains(pause)), "{pauses:?}");
}

#[test]
fn a_start_is_tried_again_where_that_helps_and_the_best_reason_is_told() {
    use spawn::StartError::{AnotherHoldsTheLock, Killed, Refused, Silent};
    let mut tries = Tries::default();
    assert_eq!(tries.judge(Err(Refused("no".to_owned())), true), Err("no".to_owned()));
    for _ in 0..RESTARTS {
        assert_eq!(tries.judge(Err(Killed { signal: 9 }), true), Ok(()));
    }
    assert!(tries.judge(Err(Killed { signal: 9 }), true).is_err_and(|reason| reason.contains("signal 9")));
    assert_eq!(tries.judge(Err(AnotherHoldsTheLock("held".to_owned())), true), Ok(()));
    assert_eq!(tries.judge(Err(Silent("late".to_owned())), false), Err("held".to_owned()));
}

#[test]
fn a_linked_directory_is_refused_and_a_missing_one_has_no_daemon() {
    let dir = tempfile::tempdir().expect("a directory");
    let link = dir.path().join("link");
    std::os::unix::fs::symlink(dir.path(), &link).expect("linked");
    assert!(matches!(check_directory(&link.join("s")), Err(ConnectError::Unsafe { .. })));
    assert!(matches!(check_directory(&dir.path().join("none/s")), Err(ConnectError::Nobody { .. })));
}
