//! Edits of texts: what they leave as it was, and that each can be undone.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::hosts::Format;
use super::text::{place, spliced};
use super::{json, toml, with, without};

const KEYS: [&str; 2] = ["mcpServers", "mixpanel"];

fn entry() -> Value {
    json!({"command": "/bin/mp", "args": ["mcp", "--read-only"], "env": {"A B": "\"\u{7f}\n"}})
}

/// Puts the entry in, checks that nothing else has changed, and takes it out structurally.
#[track_caller]
fn there_and_back(format: Format, body: &str) -> (String, String) {
    let splices = format.insert(body, KEYS, &entry()).unwrap_or_else(|fault| panic!("{body:?}: {fault:?}"));
    let put = spliced(body, &splices);
    let before = format.read(body).expect("it was read");
    let after = format.read(&put).unwrap_or_else(|fault| panic!("{put}: {fault:?}"));
    assert_eq!(after, with(before.clone(), KEYS, &entry()), "{put}");
    let had_above = format.find_above(body, KEYS).expect("read");
    let out = format.remove(&put, KEYS, !had_above).unwrap_or_else(|fault| panic!("{put}: {fault:?}"));
    let left = format.read(&out).unwrap_or_else(|fault| panic!("{out}: {fault:?}"));
    assert_eq!(left, without(after, KEYS, !had_above), "{put} -> {out}");
    (put, out)
}

#[test]
fn a_json_file_keeps_all_its_bytes() {
    for body in [
        "{\n  \"a\": 1\n}\n",
        "{\"a\":1}",
        "{\"a\": 1,}",
        "{ \"a\": {\n  \"b\": 1\n} }",
        "{\n\t// one\n\t\"mcpServers\": {\n\t\t\"other\": {\"command\": \"x\"}, // two\n\t\t/* three */\n\t},\n\t\"z\": [1, 2,], // four\n}\n// five",
        "{\n    \"mcpServers\": {\n        \"other\": {}\n    },\n    \"z\": 0\n}",
        "{\r\n  \"mcpServers\": {\r\n    \"other\": {}\r\n  }\r\n}\r\n",
        "{\"mcpServers\":{\"other\":{}},\"b\":2}",
        "{\"mcpServers\": {\"other\": {}},}",
        "{\n  \"a\": 1 // no comma, and a comment\n}",
        "{\n  \"a\": 1, // comma, and a comment\n  // the end\n}",
        "{ \"a\": 1 /* { \" */, /* } */ \"b\": 2 }",
        "  {\n    \"a\": \"\u{1f600}\\\"//\"\n  }",
    ] {
        let (put, out) = there_and_back(Format::Json, body);
        assert_eq!(out, body, "by way of\n{put}");
        assert_eq!(put.matches("\r\n").count() > 0, body.contains('\r'), "{put:?}");
    }
}

#[test]
fn an_empty_json_object_is_empty_again() {
    for (body, expected) in [
        ("{}", "{}"),
        ("{ }\n", "{}\n"),
        ("{\n}\n", "{}\n"),
        ("{\"mcpServers\": {}}", "{\"mcpServers\": {}}"),
        ("{\n  \"mcpServers\": {\n  }\n}", "{\n  \"mcpServers\": {}\n}"),
        ("{ // why\n}", "{ // why\n}"),
        ("", "{}\n"),
        ("// nothing yet", "// nothing yet\n{}"),
    ] {
        assert_eq!(there_and_back(Format::Json, body).1, expected, "{body:?}");
    }
}

#[test]
fn what_is_written_looks_like_what_is_there() {
    let (put, _) = there_and_back(Format::Json, "{\n\t\"mcpServers\": {\n\t\t\"other\": {} // o\n\t}\n}");
    assert!(
        put.starts_with(
            "{\n\t\"mcpServers\": {\n\t\t\"other\": {}, // o\n\t\t\"mixpanel\": {\n\t\t\t\"command\": \"/bin/mp\",\n"
        ),
        "{put}"
    );
    let (put, _) = there_and_back(Format::Json, "{\"mcpServers\":{\"o\":{}}}");
    assert!(
        put.starts_with(
            "{\"mcpServers\":{\"o\":{}, \"mixpanel\": {\"command\": \"/bin/mp\", \"args\": [\"mcp\", \"--read-only\"]"
        ),
        "{put}"
    );
    let (put, _) = there_and_back(Format::Json, "");
    assert!(put.starts_with("{\n  \"mcpServers\": {\n    \"mixpanel\": {\n") && put.ends_with("  }\n}\n"), "{put}");
}

#[test]
fn a_toml_file_keeps_all_its_bytes() {
    for body in [
        "",
        "model = \"o\"\n",
        "model = \"o\"",
        "model = \"o\"\n\n\n",
        "# c\r\n[a] # d\r\nx = '''\r\n[mcpServers.mixpanel]\r\n'''\r\n",
        "[mcpServers.other]\ncommand = \"x\" # y\n\n[z]\n",
        "[mcpServers]\nother = { command = \"x\" }\n",
        "mcpServers = { other = { command = \"x\" } }\n",
        "mcpServers.other.command = \"x\"\n[[list]]\na = 1979-05-27T07:32:00Z\n",
        "\n",
    ] {
        let (put, out) = there_and_back(Format::Toml, body);
        assert_eq!(out, body, "by way of\n{put}");
    }
    let (put, out) = there_and_back(Format::Toml, "a = 1\nmcpServers = {}\n");
    assert_eq!(out, "a = 1\nmcpServers = {}\n", "by way of {put}");
}

#[test]
fn a_section_of_toml_goes_with_all_that_was_added_to_it() {
    let body = "a = 1\n\n# about ours\n[mcpServers.mixpanel]\ncommand = \"mp\" # c\n# why\nargs = [\n  \"mcp\",\n]\n\n\
                [mcpServers.mixpanel.tools.x]\nallowed = true\n\n# about other\n[other]\nb = 2\n\n[mcpServers.mixpanel.env]\nA = \"b\"\n[z]\n";
    let out = toml::remove(body, KEYS).expect("removed");
    assert_eq!(out, "a = 1\n\n# about ours\n\n# about other\n[other]\nb = 2\n\n[z]\n");
    let dotted = "mcpServers.mixpanel.command = 'mp'\nmcpServers.mixpanel.args = ['mcp']\nb = 1\n";
    assert_eq!(toml::remove(dotted, KEYS).expect("removed"), "b = 1\n");
    let inline = "mcpServers = { mixpanel = {command = 'mp'}, b = {} }\n";
    assert_eq!(toml::remove(inline, KEYS).expect("removed"), "mcpServers = { b = {} }\n");
    let replaced = spliced(body, &toml::replace(body, KEYS, &json!({"command": "n"})).expect("replaced"));
    assert_eq!(toml::find(&replaced, &KEYS).expect("read"), Some(json!({"command": "n"})), "{replaced}");
    assert!(replaced.contains("# about other\n[other]\nb = 2\n") && replaced.ends_with("[z]\n"), "{replaced}");
}

#[test]
fn an_entry_is_replaced_where_it_stands() {
    for body in [
        "{\n  \"mcpServers\": {\n    \"mixpanel\": {\"command\": \"x\"}, // c\n    \"b\": 1\n  }\n}",
        "{\"mcpServers\":{\"mixpanel\":\"x\"}}",
    ] {
        let new = spliced(body, &json::replace(body, &KEYS, &entry()).expect("replaced"));
        assert_eq!(json::find(&new, &KEYS).expect("read"), Some(entry()), "{new}");
        assert_eq!(new.contains("}, // c\n    \"b\": 1\n  }\n}"), body.contains("// c"), "{new}");
    }
}

#[test]
fn what_cannot_be_edited_is_refused_where_it_stands() {
    let json = |body: &str| json::insert(body, &KEYS, &entry()).map_err(|fault| (place(body, fault.at), fault.what));
    let toml = |body: &str| toml::insert(body, KEYS, &entry()).map_err(|fault| (place(body, fault.at), fault.what));
    for (found, line, column, word) in [
        (json("{\n  \"a\": 1\n  \"b\": 2\n}"), 2, 9, "comma"),
        (json("{\n  \"\u{e9}\": tru\n}"), 2, 8, "word"),
        (json("{\"mcpServers\": []}"), 1, 16, "must be an object"),
        (json("{\"mcpServers\": null}"), 1, 16, "must be an object"),
        (json("[]"), 1, 1, "must be an object"),
        (json("{\"mcpServers\": {},\n \"mcpServers\": {}}"), 2, 2, "there twice"),
        (json("{\"mcpServers\": {\"mixpanel\": 1, \"mixpanel\": 2}}"), 1, 32, "there twice"),
        (json("{} {}"), 1, 4, "more than one"),
        (json("{'a': 1}"), 1, 2, "quote"),
        (json("{\"a\": 1"), 1, 1, "nterminated"),
        (json(&format!("{{\"a\": {}", "[".repeat(100_000))), 1, 512, "depth"),
        (toml("a = 1\na = 2\n"), 2, 1, "duplicate"),
        (toml("mcpServers = 1\n"), 1, 14, "must be a table"),
        (toml("[[mcpServers]]\n"), 1, 1, "must be a table"),
        (toml("[a\n"), 1, 3, "unclosed"),
    ] {
        let (at, what) = found.expect_err(word);
        assert!(what.to_lowercase().contains(&word.to_lowercase()), "{word}: {what}");
        assert!(at.0 == line && at.1.abs_diff(column) <= 6, "{word}: {at:?}, not {line}:{column}");
    }
}

/// Blanks and comments, as they stand between tokens.
fn gap() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => Just(String::new()),
        2 => Just(" ".to_owned()),
        2 => Just("\n  ".to_owned()),
        1 => Just("\r\n\t".to_owned()),
        1 => Just(" /* , } */ ".to_owned()),
        1 => Just(" // { \"\n".to_owned()),
    ];
    proptest::collection::vec(piece, 0..3).prop_map(|pieces| pieces.concat())
}

/// An object of these members with odd spacing.
fn object(members: Vec<(&'static str, String)>) -> impl Strategy<Value = String> {
    let count = members.len();
    (proptest::collection::vec((gap(), gap(), gap(), gap()), count), gap(), any::<bool>()).prop_map(
        move |(gaps, end, trailing)| {
            let mut text = "{".to_owned();
            for (index, ((key, value), (a, b, c, d))) in members.iter().zip(gaps).enumerate() {
                let comma = if index + 1 < count || trailing { "," } else { "" };
                text.push_str(&format!("{a}\"{key}\"{b}:{c}{value}{d}{comma}"));
            }
            format!("{text}{end}}}")
        },
    )
}

fn file() -> impl Strategy<Value = String> {
    let others = prop_oneof![Just(vec![]), Just(vec!["o"]), Just(vec!["o", "p"])];
    let servers =
        others.prop_flat_map(|names| object(names.into_iter().map(|name| (name, "{\"x\": [1]}".to_owned())).collect()));
    (servers, 0..4usize, gap(), gap()).prop_flat_map(|(servers, form, before, after)| {
        let members = match form {
            0 => vec![("mcpServers", servers)],
            1 => vec![("a", "1".to_owned()), ("mcpServers", servers)],
            2 => vec![("mcpServers", servers), ("z", "\"}\"".to_owned())],
            _ => vec![("z", "null".to_owned())],
        };
        object(members).prop_map(move |object| format!("{before}{object}{after}"))
    })
}

proptest! {
    #[test]
    fn any_json_can_be_edited_and_edited_back(body in file()) {
        let (put, out) = there_and_back(Format::Json, &body);
        // Comments are never lost.
        for mark in ["/* , } */", "// { \""] {
            prop_assert_eq!(put.matches(mark).count(), body.matches(mark).count());
            prop_assert_eq!(out.matches(mark).count(), body.matches(mark).count());
        }
    }

    #[test]
    fn no_text_makes_the_editors_panic(body in "[\\[\\]{}\",:/*# =.a-c\\n\\r\u{e9}]{0,40}") {
        for format in [Format::Json, Format::Toml] {
            let _ = format.insert(&body, ["a", "b"], &entry());
            let _ = format.replace(&body, ["a", "b"], &entry());
            let _ = format.remove(&body, ["a", "b"], true);
            let _ = format.find(&body, ["a", "b"]);
        }
    }
}
