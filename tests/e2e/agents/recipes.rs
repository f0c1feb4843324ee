//! The recipes in `packaging/agents`: what they show is what is written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::listed;
use crate::empty;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns the blocks of a page by the host that the mark above them names.
fn blocks(page: &str) -> BTreeMap<&str, &str> {
    page.split("<!-- ")
        .skip(1)
        .filter_map(|part| {
            let (host, rest) = part.split_once(" -->")?;
            let (_, block) = rest.split_once("```")?;
            let (_, body) = block.split_once('\n')?;
            Some((host, body.split_once("```")?.0))
        })
        .collect()
}

#[test]
fn the_recipes_show_what_is_written() {
    let home = empty();
    let page = read("packaging/agents/README.md");
    let blocks = blocks(&page);
    let mut hosts: Vec<String> =
        listed(&home).iter().map(|row| row["client"].as_str().expect("a word").to_owned()).collect();
    hosts.dedup();
    for host in &hosts {
        let written =
            home.mp(["mcp", "install", "--print", "--client", host, "--command", "/home/ada/.cargo/bin/mp"]).ok();
        let shown = blocks.get(host.as_str()).unwrap_or_else(|| panic!("{host} has no recipe"));
        assert_eq!(*shown, written, "{host}");
    }
    assert_eq!(blocks.len(), hosts.len(), "{blocks:?}");
}

#[test]
fn the_marketplace_names_the_plug_in_and_its_version_once() {
    let parsed =
        |path: &str| -> Value { serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}")) };
    let market = parsed(".claude-plugin/marketplace.json");
    let source = market["plugins"][0]["source"].as_str().and_then(|path| path.strip_prefix("./")).expect("a path");
    let manifest = parsed(&format!("{source}/.claude-plugin/plugin.json"));
    assert_eq!(manifest["name"], market["plugins"][0]["name"]);
    // Where both have one, the host takes the plug-in's, and the other one would be a trap.
    assert!(market["plugins"][0]["version"].is_null() && manifest["version"].is_string());
    let server = parsed(&format!("{source}/.mcp.json"))["mcpServers"]["mixpanel"].clone();
    assert_eq!(server["command"], "${CLAUDE_PLUGIN_ROOT}/bin/mp");
    assert_eq!(server["args"], serde_json::json!(["mcp"]));
}
