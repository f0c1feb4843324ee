//! In which format answers are shown at a terminal, by whose wish, and by whose clock.

use mp_sandbox::upstream::reply::Reply;
use serde_json::json;

use super::{Transcript, Watched, watch};
use crate::grants::World;

const TABLES: &str = "/us/app/projects/3187654/data-definitions/lookup-tables/";

/// Runs `mp` at a terminal of 80 columns, in an environment.
fn at_terminal(world: &World, words: &[&str], variables: &[(&str, &str)]) -> Transcript {
    let mut command = world.home.command(&world.home.programs().mp);
    command.args(words).env_remove("COLUMNS").envs(variables.iter().copied());
    watch(command, Watched::Stdout)
}

#[track_caller]
fn shown(world: &World, words: &[&str], variables: &[(&str, &str)]) -> String {
    let seen = at_terminal(world, words, variables);
    assert_eq!(seen.code, 0, "{words:?}: {}", String::from_utf8_lossy(&seen.pipe));
    seen.shown()
}

fn world() -> World {
    let world = World::with_grant(3600);
    let table = json!({"status": "ok", "results": [{"id": 9401, "name": "Products", "token": "t", "created_at": "2025-01-01T00:00:00Z",
        "last_modified_at": "2025-02-01T22:30:00Z", "has_mapped_properties": true}]});
    world.upstream.on("GET", TABLES, move |_| Reply::json(200, &table));
    world
}

const LIST: [&str; 2] = ["lookup-tables", "list"];

#[test]
fn a_terminal_shows_lists_as_tables_in_local_time_and_a_pipe_gets_what_it_always_got() {
    let world = world();
    let _daemon = world.start();
    let local = "ID    NAME      LAST MODIFIED AT\n9401  Products  2025-02-02 07:30:00 JST\n";
    assert_eq!(shown(&world, &LIST, &[("TZ", "JST-9")]), local);
    let piped = world.home.mp(LIST).env("TZ", "JST-9").ok();
    assert!(piped.starts_with("[\n  {\n    \"id\": 9401,") && piped.contains("2025-02-01T22:30:00Z"), "{piped}");
    let table = world.home.mp(LIST.into_iter().chain(["-f", "table"])).env("TZ", "JST-9").ok();
    assert!(table.contains("2025-02-01T22:30:00Z"), "{table}");
    // What is data is data there, too.
    assert!(
        shown(&world, &["lookup-tables", "list", "-f", "json"], &[("TZ", "JST-9")]).contains("2025-02-01T22:30:00Z")
    );
    assert!(shown(&world, &["lookup-tables", "list", "--jq", ".[0].id"], &[]).starts_with("9401"));
}

#[test]
fn the_format_of_a_terminal_is_its_users_choice() {
    let world = world();
    let _daemon = world.start();
    let config = world.home.read(".mp/config.toml");
    world.home.replace(".mp/config.toml", &format!("{config}\n[settings.output]\nformat = \"plain\"\n"));
    assert_eq!(shown(&world, &LIST, &[]), "Products\n");
    assert_eq!(shown(&world, &["account", "list"], &[]), "ada\n");
    assert!(shown(&world, &LIST, &[("MP_FORMAT", "jsonl")]).starts_with("{\"id\": 9401,"), "the nearer one wins");
    assert!(shown(&world, &["lookup-tables", "list", "-f", "table"], &[("MP_FORMAT", "jsonl")]).starts_with("ID "));
    let piped = world.home.mp(LIST).env("MP_FORMAT", "csv").ok();
    assert!(piped.starts_with("[\n"), "nobody looks at a pipe: {piped}");
    let wrong = at_terminal(&world, &LIST, &[("MP_FORMAT", "tabel")]);
    let said = String::from_utf8_lossy(&wrong.pipe).into_owned();
    assert!(wrong.code == 3 && said.contains("MP_FORMAT is \"tabel\": expected one of json"), "{said}");
    world.home.mp(LIST).env("MP_FORMAT", "tabel").ok();
    // Its own lists are texts in a pipe, whatever is preferred.
    assert!(world.home.mp(["account", "list"]).ok().starts_with("NAME "));
    // A login, a token, a program of others have no format.
    assert!(at_terminal(&world, &["account", "token"], &[("MP_FORMAT", "csv")]).shown().len() > 10);
}

#[test]
fn a_wrong_setting_is_told_and_tables_stay() {
    let world = world();
    let _daemon = world.start();
    let config = world.home.read(".mp/config.toml");
    world.home.replace(".mp/config.toml", &format!("{config}\n[settings.output]\nformat = \"tabel\"\n"));
    assert!(shown(&world, &LIST, &[]).starts_with("ID "));
    let found = world.home.mp(["daemon", "doctor"]).run();
    assert!(found.stdout.contains("format is \"tabel\": expected one of json, jsonl, table"), "{}", found.stdout);
}

#[test]
fn people_see_whole_ids_and_no_broken_lines() {
    let world = world();
    let _daemon = world.start();
    let name = "a name that says everything there is to say about it ".repeat(4);
    let hooks = json!({"status": "ok", "results": [{"id": "9b7c1f00-0001-4000-8000-000000000001", "name": name.trim_end(),
        "url": format!("https://hooks.acme.example/{}", "x".repeat(90)), "is_enabled": true}]});
    world.upstream.on("GET", "/us/app/projects/3187654/webhooks/", move |_| Reply::json(200, &hooks));
    let table = shown(&world, &["webhooks", "list"], &[]);
    assert!(table.contains("9b7c1f00-0001-4000-8000-000000000001") && table.contains('…'), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
}

#[test]
fn the_csv_of_a_series_is_a_row_for_each_of_its_numbers() {
    let world = world();
    let _daemon = world.start();
    let words = ["query", "segmentation", "-e", "Sign Up", "--from", "2025-01-01", "--to", "2025-01-02", "-f"];
    let rows = |format: &str| world.home.mp(words.into_iter().chain([format])).ok();
    let (csv, table) = (rows("csv"), rows("table"));
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let lines: Vec<Vec<String>> = csv.lines().map(cells).collect();
    assert_eq!(lines[0], ["date", "segment", "count"], "{csv}");
    assert!(lines.len() > 1 && lines.iter().all(|line| line.len() == 3) && !csv.contains('{'), "{csv}");
    assert_eq!(csv.lines().count(), table.lines().count(), "the rows are those of the table: {table}");
}

#[test]
fn text_is_another_word_for_what_people_read() {
    let home = crate::configured();
    assert_eq!(home.mp(["session", "-f", "text"]).ok(), home.mp(["session", "-f", "table"]).ok());
}
