//! Many connections, idle and slow ones.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use mp_proto::routes;
use mp_sandbox::home::{Daemon, Home};
use mp_sandbox::wait::{eventually, pause};
use mp_sandbox::wire::{Ask, Connection};

use crate::{SOON, configured, session};

#[test]
fn idle_and_slow_connections_delay_nobody() {
    let home = configured();
    let _daemon = home.start();
    let idle: Vec<Connection> = (0..100).map(|_| home.connect()).collect();
    let mut slow: Vec<Connection> = (0..100).map(|_| home.connect()).collect();
    let stop = AtomicBool::new(false);
    let mut times = std::thread::scope(|scope| {
        scope.spawn(|| {
            // One byte a second on each, of a request that is never complete.
            for byte in Ask::get(routes::SESSION).to_bytes() {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                for connection in &mut slow {
                    let _ = connection.write(&[byte]);
                }
                pause(Duration::from_secs(1));
            }
        });
        let mut times = Vec::new();
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(4) {
            let before = Instant::now();
            session(&mut home.connect());
            times.push(before.elapsed());
            pause(Duration::from_millis(50));
        }
        stop.store(true, Ordering::Relaxed);
        times
    });
    assert_eq!(idle.len(), 100);
    times.sort();
    let median = times[times.len() / 2];
    let worst = times[times.len() - 1];
    println!("{} calls beside 200 connections: median {median:?}, worst {worst:?}", times.len());
    // The median, for a single call may lose the processor to another test for longer than this.
    assert!(median < Duration::from_millis(50), "median {median:?}");
}

#[test]
fn a_first_head_that_does_not_come_ends_the_connection() {
    let home = configured();
    let _daemon = home.start();
    let mut silent = home.connect();
    let mut half = home.connect();
    half.write(b"GET /v1/session HTTP/1.1\r\nHost: m").expect("it listens");
    let start = Instant::now();
    for connection in [&mut silent, &mut half] {
        connection.set_patience(Duration::from_secs(30));
        // hyper may say 408 before it closes.
        let _ = connection.read_answer();
    }
    let took = start.elapsed();
    assert!((Duration::from_secs(5)..Duration::from_secs(25)).contains(&took), "closed after {took:?}, not about 10 s");
}

/// Starts a daemon with few files: 40 are its own, and connections have three quarters of the rest.
pub(crate) fn start_with_files(home: &Home, files: u64) -> Daemon {
    let mut command = home.command(Path::new("/bin/sh"));
    command.arg("-c").arg(format!("ulimit -n {files} && exec \"$0\"")).arg(&home.programs().mpd);
    Daemon::start(command, home.path(), &home.socket())
}

#[test]
fn connections_beyond_the_limit_wait_until_there_is_room() {
    let home = configured();
    let mut daemon = start_with_files(&home, 54);
    let mut held: Vec<Connection> = (0..10).map(|_| home.connect()).collect();
    // Streams may have seven of them; the others wait for the body of a request.
    let (streams, asking) = held.split_at_mut(7);
    for connection in &mut *streams {
        connection.write(&Ask::get(routes::EVENTS).to_bytes()).expect("it listens");
        connection.set_patience(SOON);
        connection.read_head().expect("it is being answered");
    }
    for connection in asking {
        let head = "PUT /v1/log-level HTTP/1.1\r\nHost: mpd\r\nMp-Client: test/1\r\nContent-Length: 20\r\n\r\n";
        connection.write(head.as_bytes()).expect("it listens");
    }
    let mut beyond = home.connect();
    beyond.set_patience(Duration::from_millis(1500));
    beyond.write(&Ask::get(routes::HEALTH).to_bytes()).expect("it waits in the queue");
    assert!(beyond.read_answer().is_err(), "more than ten are served");
    assert!(daemon.is_running());
    held.pop();
    beyond.set_patience(SOON);
    assert_eq!(beyond.read_answer().expect("its turn has come").status, 200);
}

#[test]
fn streams_leave_connections_to_calls() {
    let home = configured();
    let daemon = start_with_files(&home, 54);
    let mut streams: Vec<Connection> = (0..8).map(|_| home.connect()).collect();
    let mut statuses = Vec::new();
    for connection in &mut streams {
        connection.set_patience(SOON);
        connection.write(&Ask::get(routes::EVENTS).to_bytes()).expect("it listens");
        statuses.push(connection.read_head().expect("an answer").0);
    }
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 503]);
    // However many there are, it can be stopped.
    home.mp(["daemon", "stop"]).ok();
    assert_eq!(daemon.wait(SOON), 0);
}

#[test]
fn idle_connections_make_room_for_others() {
    let home = configured();
    let _daemon = start_with_files(&home, 54);
    let mut held: Vec<Connection> = (0..10).map(|_| home.connect()).collect();
    for connection in &mut held {
        connection.call(&Ask::get(routes::HEALTH)).ok();
    }
    let begun = Instant::now();
    let mut beyond = home.connect();
    beyond.set_patience(SOON);
    session(&mut beyond);
    assert!(begun.elapsed() < Duration::from_secs(8), "after {:?}", begun.elapsed());
    eventually(SOON, "the oldest left", || held[0].is_closed().unwrap_or(false));
    held[9].call(&Ask::get(routes::HEALTH)).ok();
}

#[test]
fn many_connections_at_once_are_all_answered() {
    let home = configured();
    let _daemon = home.start();
    std::thread::scope(|scope| {
        for _ in 0..200 {
            scope.spawn(|| {
                // A burst may fill the backlog for a moment.
                eventually(SOON, "an answer", || {
                    Connection::open(&home.socket()).is_ok_and(|mut connection| {
                        connection.send(&Ask::get(routes::SESSION)).is_ok_and(|answer| answer.status == 200)
                    })
                });
            });
        }
    });
}
