//! The commands that the catalog makes, as a person or a script sees them.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};

use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::upstream::{Fault, Gate};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::json;

use crate::SOON;
use crate::grants::World;

const VALUES: &str = "/us/query/events/properties/values";
const NAMES: &str = "/us/query/events/names";
const SUM: &str = "/us/query/segmentation/sum";
const SUM_OF: [&str; 10] =
    ["query", "segmentation-sum", "-e", "Purchase", "-o", "amount", "--from", "2025-01-01", "--to", "2025-01-02"];

#[test]
fn a_letter_means_the_option_of_the_command_and_before_it_the_global_one() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let lines: [&[&str]; 3] = [
        &["-p", "3187655", "inspect", "values", "-p", "country"],
        &["inspect", "values", "-p", "country", "--project", "3187655"],
        &["inspect", "--project", "3187655", "values", "--property", "country", "--refresh"],
    ];
    for line in lines {
        world.upstream.clear();
        world.home.mp([line, &["--refresh"][..usize::from(!line.contains(&"--refresh"))]].concat()).ok();
        let asked = world.upstream.requests().into_iter().find(|record| record.path == VALUES).expect("it was asked");
        let value = |name: &str| asked.query.iter().find(|(at, _)| at == name).map(|(_, value)| value.clone());
        assert_eq!(value("project_id").as_deref(), Some("3187655"), "{line:?}");
        assert_eq!(value("name").as_deref(), Some("country"), "{line:?}");
    }
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
}

#[test]
fn whatever_is_wrong_is_told_at_once_and_nothing_is_asked() {
    let world = World::with_grant(3600);
    let told = world.home.mp(["query", "segmentation", "--from", "soon", "--unit", "hour"]).fails(3);
    for expected in
        ["--event: must be given", "--from: must be a date", "--to: must be given", "--unit: must be one of"]
    {
        assert!(told.contains(expected), "{told}");
    }
    let told = world.home.mp([&SUM_OF[..], &["-f", "table", "--jq", "."]].concat()).fails(3);
    assert!(told.contains("--jq works on JSON"), "{told}");
    let told = world.home.mp([&SUM_OF[..], &["--jq", ".["]].concat()).fails(3);
    assert!(told.contains("--jq"), "{told}");
    assert!(world.home.daemon().is_none(), "nobody was asked");
    assert_eq!(world.upstream.requests().len(), 0);
}

#[test]
fn numbers_keep_their_digits_from_mixpanel_to_the_caller() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let answer = r#"{"results": {"2025-01-01": 12345678901234567890, "2025-01-02": 1.0}, "status": "ok",
                     "computed_at": "2025-01-04T10:00:00+00:00"}"#;
    world.upstream.on("GET", SUM, move |_| Reply::text(200, answer).header("Content-Type", "application/json"));
    let shown = |words: &[&str]| world.home.mp([&SUM_OF[..], words].concat()).ok();
    let spaced = r#"{"2025-01-01": 12345678901234567890, "2025-01-02": 1.0}"#;
    assert!(shown(&[]).contains("\"2025-01-01\": 12345678901234567890,\n    \"2025-01-02\": 1.0\n"));
    assert!(shown(&["-f", "jsonl"]).contains(spaced));
    assert!(shown(&["-f", "csv"]).contains(&spaced.replace('"', "\"\"")));
    assert_eq!(shown(&["-f", "table"]), "DATE        SUM\n2025-01-01  12345678901234567890\n2025-01-02  1.0\n");
    assert_eq!(shown(&["-f", "plain"]), "Purchase\n");
    assert_eq!(shown(&["-f", "jsonl", "--jq", ".results"]), format!("{spaced}\n"));
    assert_eq!(shown(&["--jq", ".results[\"2025-01-01\"]"]), "12345678901234567890\n");
}

#[test]
fn a_table_is_as_wide_as_columns_says_and_eighty_where_nothing_does() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let long = "a name ".repeat(20);
    let names = json!([long.trim_end(), "short"]);
    world.upstream.on("GET", NAMES, move |_| Reply::json(200, &names));
    let table = || world.home.mp(["inspect", "events", "-f", "table"]);
    let widest = |shown: String| shown.lines().map(|line| line.chars().count()).max();
    assert_eq!(widest(table().without("COLUMNS").ok()), Some(80));
    assert_eq!(widest(table().env("COLUMNS", "30").ok()), Some(30));
    assert_eq!(widest(table().env("COLUMNS", "1000").ok()), Some(139));
    // Only a table is for people: nothing is missing elsewhere.
    assert!(world.home.mp(["inspect", "events", "-f", "plain"]).env("COLUMNS", "30").ok().contains(long.trim_end()));
}

#[test]
fn a_long_call_shows_a_sign_of_life_on_a_terminal_and_leaves_nothing_of_it() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let gate = Gate::new();
    world.upstream.fault("GET", NAMES, Fault::Hold(gate.clone()));
    // Who wants quiet gets it: this one waits longer than the one that shows that it waits.
    let (quiet, nothing) = on_a_terminal(&world, &["-q", "inspect", "events"]);
    gate.wait_for_arrival(1);
    let (child, seen) = on_a_terminal(&world, &["inspect", "events"]);
    let mut text = String::new();
    while !text.contains("waiting for Mixpanel") {
        text.push_str(&seen.recv_timeout(SOON).expect("it shows that it waits"));
    }
    gate.release();
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.starts_with(b"[\n") && !output.stdout.contains(&0x1b), "{output:?}");
    while let Ok(more) = seen.recv_timeout(SOON) {
        text.push_str(&more);
    }
    let last = text.rsplit("waiting for Mixpanel").next().expect("what came after it");
    assert!(last.contains("\u{1b}[2K"), "the line is cleared: {text:?}");
    assert_eq!(quiet.wait_with_output().expect("it ends").status.code(), Some(0));
    assert_eq!(nothing.iter().collect::<String>(), "");
}

/// Runs `mp` with its standard error on a terminal. What is written there comes in pieces; the channel closes when all have gone.
fn on_a_terminal(world: &World, words: &[&str]) -> (Child, Receiver<String>) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&master).and_then(|()| unlockpt(&master)).expect("a terminal");
    let name = ptsname(&master, Vec::new()).expect("it has a name").into_string().expect("in ASCII");
    let terminal = OpenOptions::new().read(true).write(true).open(name).expect("it opens");
    let mut command = world.home.command(&world.home.programs().mp);
    let child =
        command.args(words).env("TERM", "xterm").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(terminal).spawn();
    // The command holds the terminal, too: the end of the program is seen only when it is gone.
    drop(command);
    let (sender, seen) = channel();
    std::thread::spawn(move || {
        let (mut master, mut piece) = (File::from(master), [0; 1024]);
        // Reading a terminal that nobody has open is an error on Linux, and the end elsewhere.
        while let Ok(count) = master.read(&mut piece) {
            if count == 0 || sender.send(String::from_utf8_lossy(&piece[..count]).into_owned()).is_err() {
                break;
            }
        }
    });
    (child.expect("mp runs"), seen)
}
