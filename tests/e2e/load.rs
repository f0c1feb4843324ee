//! Many connections, idle and slow ones.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use mp_proto::routes;
use mp_sandbox::wait::{eventually, pause};
use mp_sandbox::wire::{Ask, Connection};

use crate::{SOON, configured, session};

/// How many connections the daemon holds at most.
const LIMIT: usize = 512;

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

#[test]
fn connections_beyond_the_limit_wait_or_are_closed_and_it_recovers() {
    let home = configured();
    let mut daemon = home.start();
    let mut held: Vec<Connection> = Vec::new();
    for _ in 0..LIMIT {
        let mut connection = home.connect();
        // An answered call: the daemon has accepted this one, and keeps it.
        connection.call(&Ask::get(routes::HEALTH)).ok();
        held.push(connection);
    }
    if let Ok(mut beyond) = Connection::open(&home.socket()) {
        beyond.set_patience(Duration::from_millis(300));
        let answer = beyond.send(&Ask::get(routes::HEALTH));
        assert!(answer.is_err() || answer.is_ok_and(|answer| answer.status == 503), "more than {LIMIT} are served");
    }
    session(&mut held[0]);
    assert!(daemon.is_running());
    held.clear();
    eventually(SOON, "it serves again", || {
        Connection::open(&home.socket()).is_ok_and(|mut connection| {
            connection.send(&Ask::get(routes::HEALTH)).is_ok_and(|answer| answer.status == 200)
        })
    });
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
