//! Words of strangers: names of events, projects and users are written by others. A terminal obeys none of them, hides none, and no word
//! looks like a line of ours; files and pipes get what was written.

use mp_sandbox::home::Home;
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::wire::Ask;
use serde_json::{Value, json};

use crate::grants::World;
use crate::terminal::{self, Transcript, Watched};

const NAMES: &str = "/us/query/events/names";
const EXPORT: &str = "/us/export/export";
const DASHBOARDS: &str = "/us/app/projects/3187654/dashboards";
const ASTRONAUT: &str = "👩\u{200d}🚀 launched";

/// What anybody can send as the name of an event: a new title of the window, a cleared screen, what an old terminal takes for an escape,
/// a reversed text, what nobody sees, and a second line.
const HOSTILE: [&str; 9] = [
    "\u{1b}]0;title\u{7}Sign\u{1b}[2JUp",
    "\u{9b}31mC1\u{9d}52;c;ZXZpbA==\u{9c}",
    "delete\u{7f}\u{8}\u{8}",
    "gpj.\u{202e}exe\u{2066}\u{200f}",
    "pay\u{200b}pal\u{feff}\u{2060}\u{ad}",
    "tags\u{e0041}\u{e007f}",
    "one\nAccount:   forged\r\nhint: forged",
    "back\rspace",
    ASTRONAUT,
];

/// Returns the characters of a transcript that a terminal obeys, or nobody sees.
fn unseen(shown: &str) -> Vec<String> {
    let is_unseen = |c: char| {
        (c < ' ' && c != '\n' && c != '\t')
            || ('\u{7f}'..='\u{9f}').contains(&c)
            || "\u{61c}\u{200b}\u{200c}\u{200e}\u{200f}\u{2028}\u{2029}\u{2060}\u{feff}\u{ad}".contains(c)
            || ('\u{202a}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
            || ('\u{e0000}'..='\u{e0fff}').contains(&c)
    };
    // The one joiner that is wanted stands between two pictures.
    let rest = shown.replace(ASTRONAUT, "").replace(&ASTRONAUT.to_uppercase(), "");
    rest.chars().filter(|c| is_unseen(*c) || *c == '\u{200d}' || *c == '\u{fffd}').map(|c| format!("{c:?}")).collect()
}

/// Runs `mp` without its own signs of life, which a machine that is slow would bring onto the terminal.
fn watched(home: &Home, words: &[&str], what: Watched) -> Transcript {
    terminal::watched(home, &[&["-q"], words].concat(), what)
}

fn world() -> World {
    let world = World::with_grant(3600);
    world.upstream.on("GET", NAMES, |_| Reply::json(200, &json!(HOSTILE)));
    world.upstream.on("GET", DASHBOARDS, |_| {
        let rows: Vec<Value> = HOSTILE
            .iter()
            .enumerate()
            .map(|(id, name)| json!({"id": id, "title": name, (*name): {*name: name}}))
            .collect();
        Reply::json(200, &json!({"status": "ok", "results": rows}))
    });
    world.upstream.on("GET", EXPORT, |_| {
        let line =
            |name: &&str| json!({"event": name, "properties": {"time": 1_735_689_600, "distinct_id": name, *name: 1}});
        Reply::new(200).body(HOSTILE.iter().map(|name| format!("{}\n", line(name))).collect::<String>())
    });
    world
}

/// Checks what a terminal gets of a command, in each of the places where it may be.
#[track_caller]
fn check(world: &World, words: &[&str]) {
    for what in [Watched::Both, Watched::Stdout] {
        let got = watched(&world.home, words, what);
        let shown = got.shown();
        assert_eq!(unseen(&shown), [""; 0], "{words:?} {what:?}: {shown:?}");
        assert!(shown.contains("Sign") && shown.contains(ASTRONAUT), "{words:?} {what:?}: {shown}");
        // JSON escapes its own: what was made visible there is JSON still.
        let is_json = words.iter().any(|word| word.starts_with("json"));
        assert!(is_json || shown.contains("\\u{202e}") || shown.contains("\\u202e"), "{words:?}: {shown}");
        assert!(!is_json || shown.contains("\\u202e") && shown.contains("\\u200b"), "{words:?}: {shown}");
    }
}

#[test]
fn no_control_sequence_of_a_stranger_reaches_a_terminal_in_any_format() {
    let world = world();
    let _daemon = world.start();
    for format in ["table", "csv", "plain", "json", "jsonl"] {
        check(&world, &["inspect", "events", "-f", format]);
        let shown = watched(&world.home, &["inspect", "events", "-f", format], Watched::Stdout).shown();
        let around = ["table", "csv", "json"].iter().position(|other| *other == format).map_or(0, |at| at.max(1));
        assert_eq!(shown.lines().count(), HOSTILE.len() + around, "a name is one line: {shown}");
        // A dashboard has a title and no name: its id stands for it as a plain word.
        if format != "plain" {
            check(&world, &["dashboards", "list", "-f", format]);
        }
        check(&world, &["api", "projects/{project_id}/dashboards", "-f", format]);
    }
    for raw in [&["--raw"][..], &[]] {
        let words = ["export", "events", "--from", "2025-01-01", "--to", "2025-01-01"];
        let got = watched(&world.home, &[&words[..], raw].concat(), Watched::Stdout);
        let lines = got.shown();
        assert_eq!(unseen(&lines), [""; 0], "{lines:?}");
        let names = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        assert_eq!(names.count(), HOSTILE.len());
    }
    let got = watched(&world.home, &["api", "projects/{project_id}/dashboards"], Watched::Both);
    assert_eq!(unseen(&got.shown()), [""; 0]);
    assert!(serde_json::from_slice::<Value>(&got.terminal).is_ok_and(|answer| answer["results"].is_array()));
    // A filter, and a table that is narrow.
    let got = watched(&world.home, &["inspect", "events", "--jq", ".[]"], Watched::Both);
    assert_eq!(unseen(&got.shown()), [""; 0]);
}

#[test]
fn a_pipe_gets_what_was_written_whoever_reads_the_other_output() {
    let world = world();
    let _daemon = world.start();
    let piped = |words: &[&str]| {
        let got = watched(&world.home, words, Watched::Stderr);
        assert_eq!(got.code, 0, "{words:?}: {}", got.shown());
        String::from_utf8(got.pipe).expect("UTF-8")
    };
    let mut sorted = HOSTILE;
    sorted.sort_unstable();
    assert_eq!(piped(&["inspect", "events", "-f", "plain"]), sorted.map(|name| format!("{name}\n")).concat());
    assert!(piped(&["inspect", "events", "-f", "csv"]).contains(&format!("{}\n", HOSTILE[0])));
    let table = piped(&["inspect", "events", "-f", "table"]);
    assert!(table.contains(HOSTILE[4]) && table.contains(HOSTILE[3]), "{table:?}");
    // JSON is escaped for whoever shows it, and means the same.
    for format in ["json", "jsonl"] {
        let text = piped(&["inspect", "events", "-f", format]);
        let is_armed = |c: char| ('\u{7f}'..='\u{9f}').contains(&c) || "\u{202e}\u{2066}\u{200f}".contains(c);
        assert!(!text.contains(is_armed) && text.contains('\u{200b}'), "{text:?}");
        let read: Vec<Value> = match format {
            "json" => serde_json::from_str(&text).expect("JSON"),
            _ => text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect(),
        };
        assert_eq!(json!(read), json!(sorted));
    }
    let days = ["export", "events", "--from", "2025-01-01", "--to", "2025-01-01"];
    // What is raw is what Mixpanel sent, to the byte.
    assert!(piped(&[&days[..], &["--raw"]].concat()).contains(['\u{9b}', '\u{7f}', '\u{202e}']));
    let lines = piped(&days);
    let names: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON")["event_name"].clone()).collect();
    assert_eq!(json!(names), json!(HOSTILE));
    assert!(!lines.contains(['\u{9b}', '\u{7f}', '\u{202e}']), "{lines:?}");
    // Whoever asks the daemon himself has a terminal, too.
    let answer = world.home.ask(&Ask::change("POST", "/v1/operations/inspect.events", &json!({}))).text().to_owned();
    assert!(!answer.contains(['\u{9b}', '\u{7f}', '\u{202e}']) && answer.contains("\\u009b31m"), "{answer:?}");
}

#[test]
fn errors_notes_and_questions_show_what_is_in_them() {
    let world = world();
    let _daemon = world.start();
    world.upstream.on("GET", NAMES, |_| Reply::json(400, &json!({"error": format!("no {}", HOSTILE.concat())})));
    for what in [Watched::Both, Watched::Stderr] {
        let got = watched(&world.home, &["inspect", "events"], what);
        let shown = got.shown();
        assert_eq!((unseen(&shown), got.code == 0), (Vec::new(), false), "{shown:?}");
        assert!(!shown.lines().any(|line| line.starts_with("hint: forged")), "{shown}");
    }
    for words in [
        &["inspect", HOSTILE[0]][..],
        &["help", HOSTILE[0]],
        &["dashboards", "get", HOSTILE[3]],
        &["-a", HOSTILE[6], "session"],
    ] {
        let got = watched(&world.home, words, Watched::Both);
        assert_eq!((unseen(&got.shown()), got.code == 0), (Vec::new(), false), "{words:?}: {:?}", got.shown());
    }
    let (code, shown) = terminal::typed(&world, &["lexicon", "events", "delete", "--name", HOSTILE[0]], "n\n");
    assert!(code == 1 && shown.contains("Go on?"), "{shown:?}");
    assert_eq!(unseen(&shown.replace("\r\n", "\n")), [""; 0], "{shown:?}");
    assert_eq!(world.upstream.requests().iter().filter(|request| request.method == "DELETE").count(), 0);
}

#[test]
fn an_address_or_a_project_is_one_line_and_forges_none() {
    let world = world();
    let _daemon = world.start();
    world.upstream.on("GET", "/us/app/me", |_| {
        let project = json!({"name": HOSTILE[1], "organization_id": 1, "timezone": "UTC", "type": "PROJECT", "domain": HOSTILE[3]});
        let me = json!({"user_id": 42, "user_email": format!("ada@example.com{}", HOSTILE[6]), "user_name": HOSTILE[0],
            "organizations": {"1": {"id": 1, "name": HOSTILE[6], "role": "owner", "permissions": []}},
            "projects": {"3187654": project}, "workspaces": {}});
        Reply::json(200, &json!({"status": "ok", "results": me}))
    });
    world.home.mp(["project", "list", "--refresh"]).ok();
    for words in
        [&["session"][..], &["session", "--explain"], &["project", "list"], &["account", "test"], &["daemon", "status"]]
    {
        let got = watched(&world.home, words, Watched::Both);
        let shown = got.shown();
        assert_eq!(unseen(&shown), [""; 0], "{words:?}: {shown:?}");
        // A pipe has no terminal, and its lines are ours all the same.
        let piped = world.home.mp(words).run().stdout;
        for text in [&shown, &piped] {
            assert!(
                !text.lines().any(|line| line.starts_with("Account:   forged") || line.starts_with("hint:")),
                "{words:?}: {text}"
            );
        }
    }
    assert_eq!(world.home.mp(["session"]).ok().lines().count(), 4);
    // The shell shows on a terminal what it reads from a pipe.
    let offered = world.home.mp(["__complete", "project", "use", ""]).ok();
    assert_eq!((unseen(&offered), offered.lines().count()), (Vec::new(), 1), "{offered:?}");
}

#[test]
fn what_a_caller_says_of_itself_is_one_field_of_the_log() {
    let world = world();
    let daemon =
        world.home.start_with(|mpd| mpd.env("MPD_UPSTREAM", world.upstream.url()).args(["--log-level", "debug"]));
    let hostile = "evil/1 account=admin pid=1 \"quoted\" \\n";
    let body = json!({"min_valid_s": 0});
    for path in ["/v1/session/credential", "/v1/accounts/ada/token"] {
        let ask = Ask::new("POST", path)
            .header("Mp-Client", hostile)
            .header("Content-Type", "application/json")
            .body(body.to_string());
        assert_eq!(world.home.ask(&ask).status, 200);
    }
    world.upstream.on("GET", NAMES, |_| Reply::json(400, &json!({"error": HOSTILE.concat()})));
    world.home.mp(["inspect", "events"]).run();
    let log = daemon.log();
    let revealed: Vec<&str> = log.lines().filter(|line| line.contains("was revealed")).collect();
    assert_eq!(revealed.len(), 2, "{log}");
    for line in revealed {
        assert!(
            line.contains(" account=ada ") && line.ends_with(r#" client="evil/1 account=admin pid=1 \"quoted\" \\n""#),
            "{line}"
        );
    }
    assert_eq!(unseen(&log), [""; 0], "{log:?}");
}

#[test]
fn an_old_log_and_a_file_with_any_bytes_are_shown_safely() {
    let world = world();
    let _daemon = world.start();
    let bytes = b"plain\n\x1b[2J\x9b31m \xff\xe2\x80\xae\r\nlast";
    std::fs::create_dir_all(world.home.at(".mp/run")).expect("made");
    std::fs::write(world.home.at(".mp/run/mpd.log"), bytes).expect("written");
    let got = watched(&world.home, &["daemon", "logs"], Watched::Both);
    assert_eq!(got.shown(), "plain\n\\u{1b}[2J\\x9b31m \\xff\\u{202e}\nlast");
    assert_eq!(watched(&world.home, &["daemon", "logs"], Watched::Stderr).pipe, bytes);
    world.upstream.on("GET", "/us/app/projects/3187654/data-definitions/lookup-tables/download/", |_| {
        Reply::new(200)
            .header("Content-Type", "text/csv")
            .body(&b"plain\n\x1b[2J\x9b31m \xff\xe2\x80\xae\r\nlast\n"[..])
    });
    let words = ["lookup-tables", "download", "--data-group-id", "1"];
    let got = watched(&world.home, &words, Watched::Stdout);
    assert_eq!(
        got.shown(),
        "plain\n\\u{1b}[2J\\x9b31m \\xff\\u{202e}\nlast\n",
        "{:?}",
        String::from_utf8_lossy(&got.pipe)
    );
    assert_eq!(watched(&world.home, &words, Watched::Stderr).pipe, [&bytes[..], b"\n"].concat());
}
