//! `mp mcp install` and `uninstall`: the entry of the server in the settings of all hosts, whatever these look like. And the plug-in's way
//! to `mp`.

mod recipes;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use mp_sandbox::home::Home;
use serde_json::{Value, json};

use crate::empty;

/// All that is told of a host: `client`, `scope`, `file`, `state`.
fn listed(home: &Home) -> Vec<Value> {
    home.mp(["mcp", "install", "--list", "-f", "json"]).json().as_array().expect("a list").clone()
}

fn state(home: &Home, words: &[&str]) -> String {
    let rows = home.mp([&["mcp"], words, &["-f", "json"]].concat()).json();
    rows[0]["state"].as_str().unwrap_or_else(|| panic!("{rows}")).to_owned()
}

fn texts(value: &Value) -> (&str, &str, PathBuf) {
    let text = |key: &str| value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}"));
    (text("client"), text("scope"), text("file").into())
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
    fs::write(path, text).expect("writable");
}

/// The files of JSON hosts, as people and programs leave them; `SERVERS` stands for the key of the host.
const JSON: [&str; 12] = [
    "",
    "{}",
    "{}\n",
    "{ }",
    "{\n  \"SERVERS\": {}\n}\n",
    "{\"SERVERS\":{\"other\":{\"command\":\"x\"}}}",
    "{\n    // first\n    \"SERVERS\": {\n        \"other\": {\"command\": \"x\"}, // second\n    },\n    \"z\": 1e400, /* third */\n}\n",
    "\u{feff}{\r\n\t\"a\": \"\u{1f600}\",\r\n\t\"SERVERS\": {\r\n\t\t\"other\": {}\r\n\t}\r\n}\r\n",
    "{\n\t\"SERVERS\": {\n\t\t\"other\": {\n\t\t\t\"command\": \"x\"\n\t\t}\n\t}\n}",
    "{\"a\": {\"SERVERS\": []}, }",
    "// nothing but a comment",
    "{\n  \"SERVERS\": {\n    // \"mixpanel\": {\"command\": \"old\"},\n  },\n}\n",
];

const TOML: [&str; 7] = [
    "",
    "model = \"o\" # kept\n",
    "model = \"o\"",
    "\u{feff}# c\r\n[mcp_servers.other]\r\ncommand = \"x\"\r\nstartup_timeout_sec = 20\r\nunknown = [1, # two\r\n 2]\r\n",
    "mcp_servers = { other = { command = \"x\" } }\n",
    "mcp_servers.other.command = 'x'\n\n\n",
    "[projects.\"/a b\"]\ntrust_level = \"trusted\"\n\n[mcp_servers]\n",
];

#[test]
fn every_host_gets_its_entry_and_its_file_back() {
    let home = empty();
    for row in listed(&home) {
        let (client, scope, file) = texts(&row);
        let words = ["--client", client, "--scope", scope];
        let install = [&["install", "--read-only", "-a", "team"], &words[..]].concat();
        let uninstall = [&["uninstall"], &words[..]].concat();
        let key = match client {
            "vscode" | "vscode-insiders" | "vscodium" => "servers",
            "zed" => "context_servers",
            "opencode" => "mcp",
            _ => "mcpServers",
        };
        let is_toml = file.extension().is_some_and(|end| end == "toml");
        let before: Vec<String> = if is_toml {
            TOML.map(str::to_owned).to_vec()
        } else {
            JSON.map(|text| text.replace("SERVERS", key)).to_vec()
        };
        for text in before {
            write(&file, &text);
            fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("ours");
            assert_eq!(state(&home, &install), "added", "{client}: {text}");
            let with = fs::read_to_string(&file).expect("there");
            for word in ["read-only", "team", "mixpanel"] {
                assert!(with.contains(word), "{client}: {with}");
            }
            assert_eq!(with.contains("\r\n"), text.contains("\r\n"));
            assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o640);
            assert_eq!(state(&home, &install), "unchanged", "{client}: {with}");
            assert_eq!(fs::read_to_string(&file).expect("there"), with);
            assert_eq!(state(&home, &uninstall), "removed");
            assert_eq!(fs::read_to_string(&file).expect("there"), text, "{client}, by way of {with}");
            assert_eq!(state(&home, &uninstall), "absent");
        }
        fs::remove_file(&file).expect("there");
        assert_eq!(state(&home, &install), "added", "{client}: no file");
        assert_eq!(state(&home, &uninstall), "removed");
        assert!(!file.exists(), "{client}: a file that was made goes again");
    }
    assert!(!home.at(".mp/mcp_entries.json").exists(), "nothing is left to be undone");
}

#[test]
fn what_a_file_has_got_since_stays() {
    let home = empty();
    let file = home.at(".cursor/mcp.json");
    let install = ["install", "--client", "cursor"];
    assert_eq!(state(&home, &install), "added");
    // The host rewrites the file its own way, and adds to it.
    let mut said: Value = serde_json::from_str(&fs::read_to_string(&file).expect("there")).expect("JSON");
    said["mcpServers"]["later"] = json!({"url": "https://later.example"});
    said["mcpServers"]["mixpanel"]["disabled"] = json!(false);
    write(&file, &said.to_string());
    assert_eq!(state(&home, &install), "unchanged", "what was added to our entry makes it no other");
    assert_eq!(state(&home, &["uninstall", "--client", "cursor"]), "removed");
    assert_eq!(
        fs::read_to_string(&file).expect("there"),
        r#"{"mcpServers":{"later":{"url":"https://later.example"}}}"#
    );
    // An empty object that was made goes, one that was there stays.
    fs::remove_file(&file).expect("there");
    for (before, after) in
        [("{\"a\": 1}", "{\"a\": 1}"), ("{\"mcpServers\": {}, \"a\": 1}", "{\"mcpServers\": {}, \"a\": 1}")]
    {
        write(&file, before);
        assert_eq!(state(&home, &install), "added");
        let with = fs::read_to_string(&file).expect("there").replace("\"a\": 1", "\"a\": 2");
        write(&file, &with);
        assert_eq!(state(&home, &["uninstall", "--client", "cursor"]), "removed");
        assert_eq!(fs::read_to_string(&file).expect("there"), after.replace("\"a\": 1", "\"a\": 2"), "{with}");
    }
}

#[test]
fn what_cannot_be_understood_is_refused_where_it_stands_and_stays() {
    let home = empty();
    let json = home.at(".cursor/mcp.json");
    let toml = home.at(".codex/config.toml");
    let deep = format!("{{\"a\": {}{}}}", "[".repeat(50_000), "]".repeat(50_000));
    for (client, file, text, place) in [
        ("cursor", &json, "{\n  \"mcpServers\": {\n    \"x\": {}\n    \"y\": {}\n  }\n}", ":3:"),
        ("cursor", &json, "{\"mcpServers\": {\"a\": tru}}", ":1:22:"),
        ("cursor", &json, "{\"mcpServers\": []}", ":1:16:"),
        ("cursor", &json, "{\"mcpServers\": {},\n\"mcpServers\": {}}", ":2:1:"),
        ("cursor", &json, "[1]", ":1:1:"),
        ("cursor", &json, "{\"a\": 1} {", ":1:10:"),
        ("cursor", &json, "\u{feff}{\"\u{1f600}\": nul", ":1:7:"),
        ("cursor", &json, "<<<<<<< HEAD\n{}\n", ":1:1:"),
        ("cursor", &json, &deep, ":1:"),
        ("codex", &toml, "a = 1\na = 2\n", ":2:1:"),
        ("codex", &toml, "[mcp_servers\n", ":1:"),
        ("codex", &toml, "mcp_servers = 3\n", ":1:15:"),
    ] {
        write(file, text);
        for verb in ["install", "uninstall"] {
            let said = home.mp(["mcp", verb, "--client", client]).fails(1);
            assert!(said.contains(&format!("{}{place}", file.display())), "{verb} {text:.40}: {said}");
            assert!(said.contains("nothing was changed"), "{said}");
            assert_eq!(fs::read_to_string(file).expect("there"), text);
        }
    }
    fs::write(&json, b"{\n\xff}").expect("writable");
    let said = home.mp(["mcp", "install", "--client", "cursor"]).fails(1);
    assert!(said.contains("not UTF-8 in line 2"), "{said}");
    fs::remove_file(&json).expect("there");
    fs::create_dir(&json).expect("writable");
    assert!(home.mp(["mcp", "install", "--client", "cursor"]).fails(1).contains("is not a file"));
}

#[test]
fn an_entry_of_somebody_else_is_shown_without_its_secrets_and_kept() {
    let home = empty();
    let text = "{\"mcpServers\": {\"mixpanel\": {\"command\": \"npx\", \"args\": [\"-y\", \"mcp-remote\", \"https://mcp.mixpanel.com/mcp\", \
                \"--header\", \"Authorization: Bearer s3cret\"], \"env\": {\"X\": \"s3cret\"}}}}";
    let file = home.at(".claude.json");
    write(&file, text);
    for verb in ["install", "uninstall"] {
        let said = home.mp(["mcp", verb, "--client", "claude"]).fails(1);
        assert!(said.contains("mcp-remote") && !said.contains("s3cret"), "{said}");
        assert!(said.contains("--force") && said.contains(&file.display().to_string()), "{said}");
        assert_eq!(fs::read_to_string(&file).expect("there"), text);
    }
    assert_eq!(state(&home, &["install", "--client", "claude", "--name", "ours"]), "added");
    assert_eq!(state(&home, &["uninstall", "--client", "claude", "--name", "ours"]), "removed");
    assert_eq!(fs::read_to_string(&file).expect("there"), text);
    assert_eq!(state(&home, &["install", "--client", "claude", "--force", "--dry-run"]), "replaced");
    assert_eq!(fs::read_to_string(&file).expect("there"), text);
    assert_eq!(state(&home, &["install", "--client", "claude", "--force"]), "replaced");
    let with = fs::read_to_string(&file).expect("there");
    assert!(with.contains("stdio") && !with.contains("s3cret"), "{with}");
    assert_eq!(state(&home, &["uninstall", "--client", "claude"]), "removed");
    assert_eq!(fs::read_to_string(&file).expect("there"), "{\"mcpServers\": {}}");
}

#[test]
fn links_are_followed_and_stay() {
    let home = empty();
    let real = home.at("dotfiles/cursor.json");
    write(&real, "{\n  // kept\n}\n");
    fs::create_dir(home.at(".cursor")).expect("writable");
    symlink("../dotfiles/middle.json", home.at(".cursor/mcp.json")).expect("writable");
    symlink(&real, home.at("dotfiles/middle.json")).expect("writable");
    assert_eq!(state(&home, &["install", "--client", "cursor"]), "added");
    assert!(fs::symlink_metadata(home.at(".cursor/mcp.json")).expect("there").is_symlink());
    assert!(fs::read_to_string(&real).expect("there").contains("mixpanel"));
    assert_eq!(state(&home, &["uninstall", "--client", "cursor"]), "removed");
    assert_eq!(fs::read_to_string(&real).expect("there"), "{\n  // kept\n}\n");
    // One that leads nowhere yet is filled, not replaced.
    fs::remove_file(&real).expect("there");
    assert_eq!(state(&home, &["install", "--client", "cursor"]), "added");
    assert!(real.is_file() && fs::symlink_metadata(home.at(".cursor/mcp.json")).expect("there").is_symlink());
    symlink("loop", home.at("loop")).expect("writable");
    let said = home.mp(["mcp", "install", "--client", "opencode"]).env("OPENCODE_CONFIG", home.at("loop")).fails(1);
    assert!(said.contains("loop"), "{said}");
}

#[test]
fn many_at_once_lose_nothing() {
    let home = empty();
    for (client, file, text) in [
        ("claude", ".claude.json", "{\"numStartups\": 3, \"mcpServers\": {\"other\": {\"command\": \"x\"}}}\n"),
        ("codex", ".codex/config.toml", "# mine\nmodel = \"o\"\n"),
    ] {
        let file = home.at(file);
        write(&file, text);
        let names: Vec<String> = (0..8).map(|number| format!("n{number}")).collect();
        for verb in ["install", "uninstall"] {
            let start = |name: &String| home.mp(["mcp", verb, "--client", client, "--name", name]).start();
            let running: Vec<_> = names.iter().map(start).collect();
            for one in running {
                let done = one.finish();
                assert_eq!(done.code, 0, "{}", done.stderr);
            }
            let said = fs::read_to_string(&file).expect("there");
            for name in &names {
                assert_eq!(
                    said.contains(&format!("{name}\"")) || said.contains(&format!("{name}]")),
                    verb == "install",
                    "{name}: {said}"
                );
            }
        }
        let left = fs::read_to_string(&file).expect("there");
        assert!(left.trim_end() == text.trim_end(), "{left}");
        let beside =
            fs::read_dir(file.parent().expect("a folder")).expect("there").map(|entry| entry.expect("one").file_name());
        let beside: Vec<_> = beside.filter(|name| name.to_string_lossy().contains(".mp-")).collect();
        assert!(beside.is_empty(), "{beside:?}");
    }
}

#[test]
fn the_lock_of_claude_code_is_waited_for_and_a_forgotten_one_is_not() {
    let home = empty();
    let (file, lock) = (home.at(".claude.json"), home.at(".claude.json.lock"));
    write(&file, "{}");
    fs::create_dir(&lock).expect("writable");
    let waiting = home.mp(["mcp", "install", "--client", "claude", "-v"]).start();
    // What its holder writes while it has the lock is seen.
    write(&file, "{\"written\": \"under the lock\"}");
    fs::remove_dir(&lock).expect("still there");
    let done = waiting.finish();
    assert_eq!(done.code, 0, "{}", done.stderr);
    let said = fs::read_to_string(&file).expect("there");
    assert!(said.contains("under the lock") && said.contains("mixpanel"), "{said}");
    assert!(!lock.exists(), "and it was given back");
    fs::create_dir(&lock).expect("writable");
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    fs::File::open(&lock).and_then(|lock| lock.set_modified(old)).expect("ours");
    assert_eq!(state(&home, &["uninstall", "--client", "claude"]), "removed");
    assert!(!lock.exists(), "nobody comes back for it");
}

#[test]
fn a_large_file_is_edited_and_a_huge_one_refused() {
    let home = empty();
    let file = home.at(".claude.json");
    let history: Vec<Value> =
        (0..20_000).map(|number| json!({"at": number, "display": "what was typed, \u{e9}"})).collect();
    let text = format!("{}\n", json!({"projects": {"/x": {"history": history}}, "mcpServers": {}}));
    write(&file, &text);
    assert_eq!(state(&home, &["install", "--client", "claude"]), "added");
    assert!(fs::read_to_string(&file).expect("there").len() > text.len());
    assert_eq!(state(&home, &["uninstall", "--client", "claude"]), "removed");
    assert!(fs::read_to_string(&file).expect("there") == text, "it is as it was");
    fs::File::create(&file).and_then(|file| file.set_len(65 * 1024 * 1024)).expect("sparse");
    assert!(home.mp(["mcp", "install", "--client", "claude"]).fails(1).contains("larger than 64 MB"));
}

#[test]
fn a_folder_that_cannot_be_written_is_told_and_nothing_is_left() {
    let home = empty();
    // Root may write anywhere but into a file's place and into what the kernel shows.
    let said = home.mp(["mcp", "install", "--client", "codex"]).env("CODEX_HOME", "/proc/codex").fails(1);
    assert!(said.contains("/proc/codex"), "{said}");
    home.write(".gemini", "a file where a folder should be");
    let said = home.mp(["mcp", "install", "--client", "gemini"]).fails(1);
    assert!(said.contains(".gemini"), "{said}");
    assert_eq!(home.read(".gemini"), "a file where a folder should be");
}

#[test]
fn an_entry_says_what_the_flags_say_and_no_secret() {
    let home = empty();
    let print = |words: &[&str]| home.mp([&["mcp", "install", "--print"], words].concat());
    let entry = |words: &[&str]| {
        let said: Value = serde_json::from_str(&print(words).ok()).expect("JSON");
        said["mcpServers"].as_object().expect("an object").values().next().expect("one").clone()
    };
    let own = home.programs().mp.display().to_string();
    assert_eq!(entry(&["--client", "cursor"]), json!({"command": own, "args": ["mcp"]}));
    assert_eq!(entry(&["--client", "cursor", "--scope", "project"])["command"], "mp", "others have it elsewhere");
    let socket = home.at("work/s").display().to_string();
    let all = [
        "--client",
        "gemini",
        "--command",
        "/opt/mp",
        "--read-only",
        "--groups",
        "inspect,flags",
        "-t",
        "shop",
        "--socket",
        &socket,
        "--env",
        "MP_REGION=eu",
    ];
    assert_eq!(
        entry(&all),
        json!({"command": "/opt/mp", "args": ["mcp", "--read-only", "--groups", "inspect,flags", "--target", "shop", "--socket", socket],
            "env": {"MP_REGION": "eu"}})
    );
    for (words, code, needle) in [
        (&["--client", "cursor", "--env", "MP_SECRET=s3cret"][..], 3, "is a secret"),
        (&["--client", "cursor", "--env", "MP_OAUTH_TOKEN"], 3, "is a secret"),
        (&["--client", "cursor", "--env", "MP_REGION"], 3, "not set here"),
        (&["--client", "cursor", "--name", "a b"], 3, "is no name"),
        (&["--client", "windsurf", "--scope", "project"], 3, "no settings for a project"),
        (&["--client", "nobody"], 3, "nobody"),
        (&[], 3, "--client is missing"),
        (&["--client", "all"], 3, "none of the hosts"),
    ] {
        let said = print(words).fails(code);
        assert!(said.contains(needle) && !said.contains("s3cret"), "{words:?}: {said}");
    }
    let done = home.mp(["mcp", "install", "--client", "cursor"]).env("MP_STORAGE_DIR", home.at(".mp")).run();
    assert!(done.stderr.contains("--env MP_STORAGE_DIR"), "{}", done.stderr);
    for word in ["Added 'mixpanel'", "next: ", "undo: mp mcp uninstall --client cursor"] {
        assert!(done.stdout.contains(word), "{}", done.stdout);
    }
    fs::create_dir(home.at(".codex")).expect("writable");
    let rows = home.mp(["mcp", "install", "--client", "all", "-f", "json"]).json();
    let clients: Vec<_> = rows.as_array().expect("a list").iter().map(|row| (&row["client"], &row["state"])).collect();
    assert_eq!(clients, [(&json!("cursor"), &json!("unchanged")), (&json!("codex"), &json!("added"))]);
    assert!(home.daemon().is_none(), "nobody was asked");
}

#[test]
fn the_plug_in_finds_mp_where_the_search_path_does_not_and_says_where_it_looked() {
    let home = empty();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/plugin/bin/mp");
    let none = home.run(&script, ["session"]).env("PATH", "/nowhere").run();
    assert!(none.code == 127 && none.stdout.is_empty() && none.stderr.contains("~/.cargo/bin"), "{}", none.stderr);
    let hello = r#"{"jsonrpc":"2.0","id":7,"method":"initialize","params":{"clientInfo":{"name":"\"id\": 3"}}}"#;
    let told = home.run(&script, ["mcp"]).env("PATH", "/nowhere").stdin(format!("{hello}\n")).run();
    let answer: Value = serde_json::from_str(&told.stdout).unwrap_or_else(|error| panic!("{error}: {}", told.stdout));
    assert!(answer["error"]["message"].as_str().is_some_and(|text| text.contains("not installed")), "{answer}");
    fs::create_dir_all(home.at(".cargo/bin")).expect("writable");
    symlink(&home.programs().mp, home.at(".cargo/bin/mp")).expect("writable");
    let found = home.run(&script, ["--version"]).env("PATH", "/nowhere").ok();
    assert!(found.starts_with("mp "), "{found}");
    // The script itself is no mp, by whatever name it is reached.
    fs::remove_file(home.at(".cargo/bin/mp")).expect("there");
    symlink(&script, home.at(".cargo/bin/mp")).expect("writable");
    assert_eq!(home.run(&script, ["session"]).env("PATH", script.parent().expect("a folder")).run().code, 127);
}
