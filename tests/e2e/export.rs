//! Exports: what comes out is what Mixpanel has, in order and whole, or it is said what is missing.

mod files;
mod forms;
mod hours;
mod odd;
mod profiles;
mod streams;
mod sync;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use mp_sandbox::home::{Call, Daemon};
use mp_sandbox::upstream::Gate;
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::upstream::server::Received;
use serde_json::json;

use crate::grants::World;

const PATH: &str = "/us/export/export";

/// Events of a day.
const EVENTS: usize = 200;

/// Returns the days of January 2025 with these numbers.
fn days(numbers: std::ops::RangeInclusive<u8>) -> Vec<String> {
    numbers.map(|number| format!("2025-01-{number:02}")).collect()
}

/// Returns the lines of a day, as Mixpanel sends them.
fn lines(day: &str) -> String {
    let line = |number: usize| {
        format!(
            "{{\"event\":\"Page View\",\"properties\":{{\"time\":1735689600,\"distinct_id\":\"u{number}\",\
             \"$insert_id\":\"{day}-{number}\",\"price\":1.50,\"city\":\"Köln\"}}}}\n"
        )
    };
    (0..EVENTS).map(line).collect()
}

/// Returns the lines of some days.
fn all(days: &[String]) -> String {
    days.iter().map(|day| lines(day)).collect()
}

/// What happens to a part, known by its first day.
#[derive(Clone)]
enum Trouble {
    /// The connection is closed after so many bytes.
    Cut(u64),
    /// After so many bytes, the rest waits.
    Stall(u64, Gate),
    /// All of it waits.
    Hold(Gate),
    /// It is refused with this status and these words.
    Refusal(u16, &'static str),
}

/// A world whose project has events, and a daemon.
struct Events {
    daemon: Daemon,
    world: World,
    troubles: Arc<Mutex<BTreeMap<String, Trouble>>>,
}

impl Events {
    fn start() -> Self {
        Self::start_with(&[])
    }

    fn start_with(arguments: &[&str]) -> Self {
        Self::start_as(arguments, &[])
    }

    /// Starts a daemon with some variables.
    fn start_in(variables: &[(&str, &str)]) -> Self {
        Self::start_as(&[], variables)
    }

    fn start_as(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let world = World::with_grant(3600);
        let troubles: Arc<Mutex<BTreeMap<String, Trouble>>> = Arc::default();
        let asked = Arc::clone(&troubles);
        world.upstream.on("GET", PATH, move |request| {
            let from = request.parameter("from_date").unwrap_or_default();
            // A clone, so that the lock is not held while the body is made.
            let trouble = asked.lock().expect("no panic").get(from).cloned();
            answer(request, trouble)
        });
        Self { daemon: world.start_with(|mpd| mpd.args(arguments).envs(variables.iter().copied())), world, troubles }
    }

    fn trouble(&self, day: &str, trouble: Trouble) {
        self.troubles.lock().expect("no panic").insert(day.to_owned(), trouble);
    }

    fn all_is_well(&self) {
        self.troubles.lock().expect("no panic").clear();
    }

    /// Returns `mp export events --raw` over some days of January 2025, one part for each day. What fails is tried again only where that
    /// is asked for.
    fn export(&self, days: &[String], more: &[&str]) -> Call {
        let (first, last, count) = (&days[0], &days[days.len() - 1], days.len().to_string());
        let words = ["export", "events", "--raw", "--from", first, "--to", last, "--parts", &count];
        let patience = if more.contains(&"--retry-for") { &[][..] } else { &["--retry-for", "0"] };
        self.world.home.mp([&words[..], patience, more].concat())
    }

    /// Returns the first days of the parts that were asked for, in the order of arrival.
    fn asked(&self) -> Vec<String> {
        let requests = self.world.upstream.requests();
        let exports = requests.iter().filter(|request| request.path == PATH);
        exports.map(|request| request.parameter("from_date").expect("a day").to_owned()).collect()
    }
}

fn answer(request: &Received, trouble: Option<Trouble>) -> Reply {
    let day = |name| -> u8 { request.parameter(name).and_then(|day| day.get(8..)?.parse().ok()).expect("a day") };
    let body = Bytes::from(all(&days(day("from_date")..=day("to_date"))));
    let good = Reply::stream(200, move || std::iter::once(body.clone())).header("Content-Type", "text/plain");
    match trouble {
        None => good,
        Some(Trouble::Cut(after)) => good.cut_after(after),
        Some(Trouble::Stall(after, gate)) => good.stall_after(after, &gate),
        Some(Trouble::Hold(gate)) => good.hold(&gate),
        Some(Trouble::Refusal(status, words)) => Reply::json(status, &json!({"error": words})),
    }
}
