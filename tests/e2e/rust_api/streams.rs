//! Streams: whole or an error, and events over restarts.

use mp_client::{Event, Events, FailureKind, Happened, Numbered};
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::upstream::{Gate, Volume};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{client, runtime};
use crate::grants::World;
use crate::{SOON, configured};

const EXPORT: &str = "/us/export/export";

fn days() -> Value {
    json!({"from": "2025-01-01", "to": "2025-01-01", "raw": true})
}

fn line(number: usize) -> String {
    format!("{{\"event\":\"e{number}\",\"properties\":{{\"time\":1735689600}}}}\n")
}

#[test]
fn lines_come_one_by_one_to_the_last() {
    let world = World::with_grant(3600);
    world.upstream.data(|data| data.volume = Volume::Events(2500));
    let _daemon = world.start();
    let ws = client(&world.home).workspace();
    runtime().block_on(async {
        let mut lines = ws.stream("export.events", days()).await.expect("it begins");
        let mut count = 0;
        while let Some(line) = lines.next().await {
            assert!(line.expect("it is whole")["event"].is_string());
            count += 1;
        }
        assert_eq!(count, 2500);
        assert!(lines.next().await.is_none());
        let wrong = ws
            .stream("export.events", json!({"from": "2025-02-30", "limit": 0}))
            .await
            .map(drop)
            .expect_err("two problems");
        assert_eq!((wrong.kind, wrong.errors.len()), (FailureKind::InvalidArgument, 2), "{:?}", wrong.errors);
    });
}

#[test]
fn a_stream_that_is_cut_off_ends_in_an_error() {
    let world = World::with_grant(3600);
    let body: String = (0..100).map(line).collect();
    let after = body.len() as u64 / 2;
    world.upstream.on("GET", EXPORT, move |_| Reply::text(200, body.clone()).cut_after(after));
    let _daemon = world.start();
    let ws = client(&world.home).workspace();
    runtime().block_on(async {
        let mut lines = ws.stream("export.events", days()).await.expect("it begins");
        let mut whole = 0;
        let failure = loop {
            match lines.next().await.expect("the end is no silence") {
                Ok(_) => whole += 1,
                Err(failure) => break failure,
            }
        };
        assert!(whole < 100);
        // Mixpanel cut it, and the daemon says so: it is not the daemon that went away.
        assert_ne!(failure.kind, FailureKind::Unreachable, "{failure}");
        assert!(lines.next().await.is_none());
    });
}

#[test]
fn a_stream_whose_daemon_is_killed_ends_in_an_error() {
    let world = World::with_grant(3600);
    let gate = Gate::new();
    let (body, held) = ((0..100).map(line).collect::<String>(), gate.clone());
    world.upstream.on("GET", EXPORT, move |_| Reply::text(200, body.clone()).stall_after(4000, &held));
    let daemon = world.start();
    let ws = client(&world.home).workspace();
    runtime().block_on(async {
        let mut lines = ws.stream("export.events", days()).await.expect("it begins");
        assert!(lines.next().await.is_some_and(|line| line.is_ok()));
        daemon.kill();
        let failure = loop {
            match timeout(SOON, lines.next()).await.expect("in time").expect("the end is no silence") {
                Ok(_) => {}
                Err(failure) => break failure,
            }
        };
        assert_eq!(failure.kind, FailureKind::Unreachable);
        assert!(lines.next().await.is_none());
    });
    gate.release();
}

async fn next(events: &mut Events) -> Numbered {
    timeout(SOON, events.next()).await.expect("in time").expect("it has no end").expect("no failure")
}

/// Returns the events up to one of this name.
async fn until(events: &mut Events, name: &str) -> Vec<Happened> {
    let mut seen = Vec::new();
    while seen.last().map(Happened::name) != Some(name) {
        seen.push(next(events).await.event);
    }
    seen
}

#[test]
fn events_go_on_over_a_restart() {
    let home = configured();
    let first = home.start();
    let client = client(&home);
    let runtime = runtime();
    let mut events = client.events();
    runtime.block_on(async {
        assert_eq!(next(&mut events).await.event.name(), "snapshot");
        client.accounts().use_("ci").await.expect("it exists");
        let seen = until(&mut events, "session.changed").await;
        assert!(matches!(seen.last(), Some(Happened::Known(Event::SessionChanged { account: Some(name), .. })) if name == "ci"));
    });
    assert_eq!(first.stop(), 0);
    runtime.block_on(until(&mut events, "daemon.stopping"));
    let _second = home.start();
    runtime.block_on(async {
        let seen = until(&mut events, "snapshot").await;
        assert_eq!(seen.first().map(Happened::name), Some("reset"), "{seen:?}");
        client.accounts().use_("team").await.expect("it exists");
        until(&mut events, "session.changed").await;
    });
}

#[test]
fn events_go_on_in_another_process_where_one_has_stopped() {
    let home = configured();
    let _daemon = home.start();
    let client = client(&home);
    runtime().block_on(async {
        let mut all = client.events();
        assert_eq!(next(&mut all).await.event.name(), "snapshot");
        let last = all.last().expect("it has a number").to_owned();
        client.accounts().remove("ci").await.expect("it is free");
        let mut later = client.events().types(["account.removed"]).after(last);
        let told = next(&mut later).await;
        assert_eq!(told.event, Happened::Known(Event::AccountRemoved { name: "ci".into() }));
        assert_eq!(told.id.as_deref(), later.last());
        let mut wrong = client.events().types(["moon.rose"]);
        let refused = timeout(SOON, wrong.next()).await.expect("in time").expect("an answer");
        assert_eq!(refused.map_err(|failure| failure.kind), Err(FailureKind::InvalidArgument));
        assert!(wrong.next().await.is_none());
    });
}
