//! What goes to stdout.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;
use std::time::Duration;

use mp_proto::ids::Region;
use mp_proto::routes;
use mp_sandbox::process;
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::upstream::{ADA, Fault, Gate, StreamEnd, Volume, visit};
use mp_sandbox::wait::{eventually, stays};
use mp_sandbox::wire::{Ask, EventStream};

use super::{EVENTS, Events, PATH, Trouble, all, days, lines};
use crate::SOON;
use crate::grants::World;

/// Long enough for anything that must not happen to have begun.
const A_WHILE: Duration = Duration::from_millis(300);

#[test]
fn raw_lines_are_those_of_mixpanel_to_the_byte_whatever_the_coding_and_the_parts() {
    let world = World::with_grant(3600);
    world.upstream.add_bearer(Region::Us, "probe", ADA);
    let _daemon = world.start();
    let range = "project_id=3187654&from_date=2025-01-01&to_date=2025-01-03";
    for (volume, gzip) in [(Volume::Events(2500), true), (Volume::Bytes(5_000_000), false), (Volume::Events(0), true)] {
        world.upstream.data(|data| (data.volume, data.gzip) = (volume, gzip));
        let url = format!("{}{PATH}?{range}", world.upstream.url());
        let truth = visit::send("GET", &url, &[("Authorization", "Bearer probe")], b"").expect("an answer").text();
        for parts in ["1", "3"] {
            let words = ["export", "events", "--from", "2025-01-01", "--to", "2025-01-03", "--raw", "--parts", parts];
            let done = world.home.mp(words).run();
            assert_eq!((done.code, done.stdout == truth), (0, true), "{volume:?} in {parts}: {}", done.stderr);
            let said = format!("{} lines, ", truth.lines().count());
            // A note may stand before it: on a busy machine, parts wait for their turn.
            let told: Vec<&str> = done.stderr.lines().filter(|line| !line.starts_with("note: waited ")).collect();
            assert!(matches!(told[..], [line] if line.starts_with(&said)), "{}", done.stderr);
        }
    }
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
}

#[test]
fn events_are_normalised_unless_they_are_wanted_raw() {
    let world = World::with_grant(3600);
    let body = concat!(
        r#"{"event":"Sign Up","properties":{"time":1735689600,"distinct_id":"u1","$insert_id":"i1","plan":"Pro","n":1.50}}"#,
        "\n",
        r#"{"event":"K\u00e4se","properties":{"big":12345678901234567890,"time":1735689600.25,"tags":["a",{"b":null}]}}"#,
    );
    world.upstream.on("GET", PATH, move |_| Reply::text(200, body));
    let _daemon = world.start();
    let words = ["export", "events", "--from", "2025-01-01", "--to", "2025-01-01", "-q"];
    let expected = concat!(
        r#"{"event_name":"Sign Up","event_time":"2025-01-01T00:00:00+00:00","distinct_id":"u1","insert_id":"i1","properties":{"plan":"Pro","n":1.50}}"#,
        "\n",
        r#"{"event_name":"K\u00e4se","event_time":"2025-01-01T00:00:00.250000+00:00","distinct_id":null,"insert_id":null,"properties":{"big":12345678901234567890,"tags":["a",{"b":null}]}}"#,
        "\n",
    );
    let done = world.home.mp(words).run();
    assert_eq!((done.code, done.stdout.as_str(), done.stderr.as_str()), (0, expected, ""));
}

#[test]
fn the_request_is_as_mixpanel_wants_it() {
    let events = Events::start();
    let words = ["export", "events", "--from", "2025-01-02", "--to", "2025-01-03", "--event", "Sign, Up", "--event"];
    let more = ["Käse", "--where", "properties[\"a\"] == 1", "--limit", "7", "-w", "880102"];
    events.world.home.mp([&words[..], &more[..]].concat()).ok();
    let requests = events.world.upstream.requests();
    let exports: Vec<_> = requests.iter().filter(|request| request.path == PATH).collect();
    assert_eq!(exports.len(), 1, "with a limit it is one request");
    let query: Vec<_> = exports[0].query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let expected = [
        ("project_id", "3187654"),
        ("from_date", "2025-01-02"),
        ("to_date", "2025-01-03"),
        ("event", "[\"Sign, Up\", \"K\\u00e4se\"]"),
        ("where", "properties[\"a\"] == 1"),
        ("limit", "7"),
    ];
    assert_eq!(query, expected);
}

#[test]
fn parts_are_written_in_order_whichever_comes_first_and_four_are_fetched_at_once() {
    let events = Events::start();
    let (first, third) = (Gate::new(), Gate::new());
    events.trouble("2025-01-01", Trouble::Stall(1000, first.clone()));
    events.trouble("2025-01-03", Trouble::Hold(third.clone()));
    let days = days(1..=6);
    let running = events.export(&days, &[]).start();
    eventually(SOON, "four parts are asked for", || events.asked().len() == 4);
    stays(A_WHILE, "no more are", || events.asked().len() == 4);
    first.release();
    eventually(SOON, "two more are asked for", || events.asked().len() == 6);
    third.release();
    let done = running.finish();
    assert_eq!((done.code, done.stdout == all(&days)), (0, true), "{}", done.stderr);
}

#[test]
fn days_are_split_by_what_is_left_of_the_hour() {
    let events = Events::start();
    let export = |from: &str, to: &str| events.world.home.mp(["export", "events", "--raw", "--from", from, "--to", to]);
    assert_eq!(export("2025-01-01", "2025-01-03").ok(), all(&days(1..=3)));
    let mut asked = events.asked();
    asked.sort();
    assert_eq!(asked, days(1..=3), "one part for each day");
    assert_eq!(export("2025-01-31", "2025-01-31").ok(), lines("2025-01-31"));
}

#[test]
fn what_mixpanel_says_in_place_of_events_is_told_and_never_taken_for_one() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let words = ["export", "events", "--from", "2025-01-01", "--to", "2025-01-01"];
    for (line, said) in [
        (
            r#"{"error": "export terminated early: too many events"}"#,
            "Mixpanel says: export terminated early: too many",
        ),
        ("terminated early", "Mixpanel says: terminated early"),
        ("[]", "line 51 of the answer is no event"),
    ] {
        world.upstream.data(|data| data.last_line = Some(line.to_owned()));
        for raw in [None, Some("--raw")] {
            let done = world.home.mp(words.into_iter().chain(raw)).run();
            assert_eq!((done.code, done.stdout.lines().count()), (1, 50), "{line}: {}", done.stderr);
            assert!(done.stderr.contains(said) && done.stderr.contains("'ada'"), "{line}: {}", done.stderr);
        }
    }
    world
        .upstream
        .on("GET", PATH, |_| Reply::text(200, "{\"event\":\"x\",\"properties\":{}}\n{\"event\":\"x\",\"prop"));
    let done = world.home.mp(words).run();
    assert_eq!((done.code, done.stdout.lines().count()), (1, 1), "{}", done.stderr);
    assert!(done.stderr.contains("ends in the middle of line 2: {\"event\":\"x\",\"prop"), "{}", done.stderr);
}

#[test]
fn a_credential_in_mixpanels_words_is_masked() {
    let world = World::with_grant(3600);
    let token = world.on_disk()["access_token"].as_str().expect("a text").to_owned();
    let words = format!("bad token {token} here");
    world.upstream.on("GET", PATH, move |_| Reply::text(200, words.clone()));
    let _daemon = world.start();
    let said = world.home.mp(["export", "events", "--from", "2025-01-01", "--to", "2025-01-01"]).fails(1);
    assert!(said.contains("bad token *** here") && !said.contains(&token), "{said}");
}

#[test]
fn a_refusal_has_its_exit_code_and_nothing_on_stdout() {
    let events = Events::start();
    let day = days(1..=1);
    for (status, code) in [(400, 3), (401, 2), (403, 3), (404, 4), (500, 1)] {
        events.trouble("2025-01-01", Trouble::Refusal(status, "not today"));
        let done = events.export(&day, &[]).run();
        assert_eq!((done.code, done.stdout.as_str()), (code, ""), "{status}: {}", done.stderr);
        assert!(done.stderr.contains("not today") && done.stderr.contains("'ada'"), "{status}: {}", done.stderr);
    }
    events.all_is_well();
    events.world.upstream.fault("GET", PATH, Fault::RetryAfter(429, "0".to_owned()).times(4));
    let done = events.export(&day, &[]).run();
    assert_eq!((done.code, done.stdout.as_str()), (5, ""), "{}", done.stderr);
    for passing in [Fault::RetryAfter(429, "0".to_owned()), Fault::Reset] {
        events.world.upstream.fault("GET", PATH, passing);
        assert_eq!(events.export(&day, &["--retry-for", "60"]).ok(), all(&day));
    }
}

#[test]
fn a_part_that_breaks_before_its_turn_is_fetched_again_and_one_that_is_written_is_not() {
    let events = Events::start();
    let days = days(1..=3);
    let gate = Gate::new();
    events.trouble("2025-01-01", Trouble::Hold(gate.clone()));
    events.trouble("2025-01-02", Trouble::Cut(5000));
    let running = events.export(&days, &["--retry-for", "60"]).start();
    events.world.upstream.wait_for_ends(PATH, 2);
    events.all_is_well();
    // The client notices the cut in its own time, and lets the connection go; after the gate opens it would be the turn of this day.
    let connections = || events.world.home.ask(&Ask::get(routes::STATUS)).ok()["connections"].as_u64();
    eventually(SOON, "its own, that of the first day, and the one that asks are left", || connections() == Some(3));
    gate.release();
    let done = running.finish();
    assert_eq!((done.code, done.stdout == all(&days)), (0, true), "{}", done.stderr);
    assert!(events.asked().iter().filter(|day| *day == "2025-01-02").count() >= 2);

    events.trouble("2025-01-02", Trouble::Cut(5000));
    let done = events.export(&days, &[]).run();
    assert_eq!(done.code, 1, "{}", done.stderr);
    let whole = all(&days);
    assert!(whole.starts_with(&done.stdout) && done.stdout.ends_with('\n'), "only whole lines, in order");
    assert!((EVENTS..2 * EVENTS).contains(&done.stdout.lines().count()), "{}", done.stdout.lines().count());
    for piece in ["cut off in the middle", "stdout is complete up to 2025-01-01", "--from 2025-01-02 --to 2025-01-03"] {
        assert!(done.stderr.contains(piece), "{piece}: {}", done.stderr);
    }
}

#[test]
fn a_pipe_that_is_closed_ends_the_export_quietly_and_at_mixpanel_too() {
    let world = World::with_grant(3600);
    world.upstream.data(|data| data.volume = Volume::Bytes(50_000_000_000));
    let _daemon = world.start();
    let mut command = world.home.command(&world.home.programs().mp);
    command.args(["export", "events", "--from", "2025-01-01", "--to", "2025-01-01"]).current_dir(world.home.at("work"));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it was built");
    let mut first = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut first).expect("a line");
    assert!(first.starts_with("{\"event_name\":"), "{first}");
    let status = process::wait(&mut child, SOON).expect("it ends");
    let mut said = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut said).expect("text");
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
    assert_eq!(world.upstream.wait_for_ends(PATH, 1)[0].end, StreamEnd::PeerGone);
}

#[test]
fn a_client_that_is_killed_or_not_read_ends_the_request_at_mixpanel() {
    let world = World::with_grant(3600);
    world.upstream.data(|data| data.volume = Volume::Bytes(50_000_000_000));
    let _daemon = world.start();
    for signal in [process::kill, process::interrupt] {
        let mut command = world.home.command(&world.home.programs().mp);
        command.args(["export", "events", "--from", "2025-01-01", "--to", "2025-01-01", "--raw"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it was built");
        // Nobody reads the pipe, so the whole way stands still; only then it is ended.
        let mut begun = [0; 1];
        child.stdout.as_mut().expect("piped").read_exact(&mut begun).expect("a byte");
        signal(child.id());
        assert!(process::wait(&mut child, SOON).is_some(), "it ends although nobody reads it");
        let ends = world.upstream.wait_for_ends(PATH, 1);
        assert!(ends.iter().all(|stream| stream.end == StreamEnd::PeerGone), "{ends:?}");
        world.upstream.clear();
    }
}

#[test]
fn what_is_chosen_meanwhile_is_not_for_an_export_that_runs() {
    let target = |project| ["target", "add", "web", "--account", "ada", "--project", project];
    for words in [&[][..], &["--target", "web"]] {
        let events = Events::start();
        let mp = |words: &[&str]| events.world.home.mp(words.iter().copied()).ok();
        mp(&target("3187654"));
        let gate = Gate::new();
        let days = days(1..=6);
        events.trouble("2025-01-01", Trouble::Hold(gate.clone()));
        let running = events.export(&days, words).start();
        eventually(SOON, "four parts are asked for", || events.asked().len() == 4);
        mp(&["project", "use", "3187655"]);
        mp(&["target", "remove", "web", "--yes"]);
        mp(&target("3187655"));
        gate.release();
        assert_eq!(running.finish().code, 0);
        let requests = events.world.upstream.requests();
        let projects =
            requests.iter().filter(|request| request.path == PATH).map(|request| request.parameter("project_id"));
        assert_eq!(projects.collect::<Vec<_>>(), [Some("3187654"); 6], "{words:?}");
    }
}

#[test]
fn a_daemon_that_streams_does_not_leave_for_being_idle_and_is_missed_when_it_dies() {
    let mut events = Events::start_with(&["--idle-exit", "1"]);
    let gate = Gate::new();
    let day = days(1..=1);
    events.trouble("2025-01-01", Trouble::Stall(1000, gate.clone()));
    // Keeps it until the export does.
    let listener = EventStream::open(&events.world.home.socket(), None);
    let running = events.export(&day, &[]).start();
    eventually(SOON, "it has begun", || !running.written().is_empty());
    drop(listener);
    mp_sandbox::home::keeps_running(&mut events.daemon, Duration::from_millis(2500));
    gate.release();
    assert_eq!(running.finish().stdout, all(&day));

    let events = Events::start();
    events.trouble("2025-01-01", Trouble::Stall(1000, Gate::new()));
    let running = events.export(&day, &[]).start();
    eventually(SOON, "it has begun", || !running.written().is_empty());
    events.daemon.kill();
    let done = running.finish();
    assert_eq!(done.code, 6, "{}", done.stderr);
    assert!(done.stderr.contains("went away in the middle"), "{}", done.stderr);
}

#[test]
fn a_command_line_that_makes_no_sense_is_refused_before_anybody_is_asked() {
    let home = crate::empty();
    let range = ["export", "events", "--from", "2025-01-02", "--to"];
    for (more, said) in [
        (&["2025-01-01"][..], "--to must not be before 2025-01-02"),
        (&["2025-02-30"], "--to must be a date"),
        (&["2025-01-02", "--limit", "0"], "WR2_LIMIT_TOO_SMALL"),
        (&["2025-01-02", "--limit", "100001"], "WR3_LIMIT_TOO_LARGE"),
        (&["2025-01-02", "--jq", "."], "--jq does not apply"),
        (&["2025-01-02", "--parts", "0"], "--parts"),
        (&["2025-01-02", "-o", "/dev/null", "--force"], "no regular file"),
    ] {
        let stderr = home.mp([&range[..], more].concat()).env("MPD_AUTOSTART", "0").fails(3);
        assert!(stderr.contains(said), "{more:?}: {stderr}");
    }
}
