//! Programs beside us that refresh the same file without a lock, as the Python tool does.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mp_proto::routes;
use mp_sandbox::upstream::{Rotation, visit};
use mp_sandbox::wait::{Dice, pause};
use mp_sandbox::wire::{Ask, EventStream};
use serde_json::{Value, json};

use super::{FILE, TOKEN, World, ask_refresh, ask_token, generation, tokens};

/// Reads the file, asks for new tokens with what it holds, and renames what came over it. Returns whether it got some.
fn refresh_as_the_python_tool_does(world: &World, number: usize, dice: &mut Dice) -> bool {
    let Ok(held) = serde_json::from_str::<Value>(&world.home.read(FILE)) else { panic!("tokens.json did not parse") };
    let refresh_token = held["refresh_token"].as_str().expect("a text");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("client_id", &world.client_id)];
    let answer = visit::post_form(&format!("{}{TOKEN}", world.upstream.url()), &fields).expect("an answer");
    if answer.status != 200 {
        return false;
    }
    let new: Value = serde_json::from_slice(&answer.body).expect("JSON");
    let text = |name: &str| new[name].as_str().expect("a text").to_owned();
    // Between its answer and its file a slow program may take its time.
    pause(Duration::from_micros(dice.below(4000)));
    let beside = format!("{FILE}.tmp.{number}.1");
    world.home.write(&beside, &tokens(&text("access_token"), &text("refresh_token"), 3600));
    std::fs::rename(world.home.at(&beside), world.home.at(FILE)).expect("ours");
    true
}

/// Returns how many tokens the daemon was granted.
fn by_us(world: &World) -> u64 {
    let metrics = world.home.ask(&Ask::get(routes::METRICS)).text();
    let row = metrics.lines().find_map(|line| line.strip_prefix("mpd_refreshes_total "));
    row.and_then(|count| count.parse().ok()).expect("a number")
}

/// Ends a race when it is dropped.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Lets mpd and eight rivals refresh until there were 200 rotations. The file must parse at each look, and go forward if it is told to.
fn race(rotation: Rotation, goes_forward: bool) {
    let world = World::with_grant(3600);
    world.upstream.policy(|policy| {
        policy.rotation = rotation;
        policy.reuse_kills_family = false;
    });
    let _daemon = world.start();
    let events = EventStream::open(&world.home.socket(), None);
    let (done, by_rivals) = (AtomicBool::new(false), AtomicUsize::new(0));
    let granted = || {
        let requests = world.upstream.requests();
        requests.iter().filter(|request| request.path == TOKEN && request.status == Some(200)).count()
    };
    std::thread::scope(|scope| {
        for number in 0..8 {
            let (world, done, by_rivals) = (&world, &done, &by_rivals);
            scope.spawn(move || {
                let mut dice = Dice::new(u64::try_from(number).expect("small"));
                while !done.load(Ordering::Relaxed) {
                    if refresh_as_the_python_tool_does(world, number, &mut dice) {
                        by_rivals.fetch_add(1, Ordering::Relaxed);
                    }
                    pause(Duration::from_micros(dice.below(40_000)));
                }
            });
        }
        scope.spawn(|| {
            let mut newest = 0;
            while !done.load(Ordering::Relaxed) {
                let now = generation(world.on_disk()["access_token"].as_str().expect("a text"));
                assert!(!goes_forward || now >= newest, "the file went back from {newest} to {now}");
                newest = newest.max(now);
                pause(Duration::from_millis(50));
            }
        });
        // Also when what follows fails: the others would wait for ever.
        let _end = End(&done);
        let begun = Instant::now();
        // Until both have taken part, however the machine shares itself among them.
        while granted() < 200 || by_rivals.load(Ordering::Relaxed) == 0 || by_us(&world) == 0 {
            let (rivals, ours) = (by_rivals.load(Ordering::Relaxed), by_us(&world));
            assert!(begun.elapsed() < Duration::from_secs(120), "too slow: {rivals} by rivals, {ours} by us");
            // "Newer than the one there is": a plain request is not repeated within a second.
            let newest = world.status()["generation"].as_u64().expect("a number");
            let answer = world.home.ask(&ask_refresh(newest));
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
    });
    println!("{rotation:?}: {} by rivals, {} by us", by_rivals.into_inner(), by_us(&world));
    let answer = world.home.ask(&ask_token());
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(world.state(), "ok");
    assert!(world.has_usable_grant_on_disk());
    drop(events);
}

#[test]
fn unlocked_rivals_never_log_us_out() {
    race(Rotation::Always, true);
}

#[test]
fn unlocked_rivals_with_a_grace_period_never_log_us_out() {
    race(Rotation::Grace(Duration::from_secs(30)), false);
}

#[test]
fn a_login_elsewhere_is_adopted_by_the_very_next_call() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    world.ask_token().ok();
    for _ in 0..100 {
        let grant = world.mint();
        world.put(&grant, 3600);
        assert_eq!(world.ask_token().ok()["token"], json!(grant.access_token));
    }
    assert_eq!(world.posts(), 0);
}
