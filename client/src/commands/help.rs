//! `mp help`: looks commands up and searches them. It reads the rows of the commands and the catalog, and needs no daemon.

use std::cmp::Reverse;
use std::process::ExitCode;

use clap::{Arg, ArgAction};
use mp_catalog::{Operation, OperationRow, all};
use mp_proto::failure::{Failure, FailureKind};
use serde_json::{Value, json};

use crate::arg::{option, switch};
use crate::command::{Command, Invocation, Run, Section};
use crate::extension;
use crate::output::{Format, Output, Preference, Usual, View};
use crate::tree::{of_others, tree};

/// Exit code when nothing has the name.
const NOT_FOUND: u8 = 4;

/// Suggestions for a name that nothing has.
const SUGGESTIONS: usize = 5;

/// The row of `mp help`.
pub(super) const COMMAND: Command = Command {
    name: "help",
    section: Section::Itself,
    place: 1,
    about: "Look commands up, or search them",
    arguments,
    run: Run::Custom(|at| Box::pin(async move { run(at) })),
    ..Command::ROW
};

fn arguments(command: clap::Command) -> clap::Command {
    let query =
        Arg::new("query").value_name("QUERY").help("A command, or `search` and words").action(ArgAction::Append);
    command
        .arg(query.num_args(0..))
        .arg(option("domain", "GROUP", "List the commands of one group only"))
        .arg(switch("no-hints", "Do not say where to read more"))
}

fn run(at: Invocation<'_>) -> Result<ExitCode, Failure> {
    let arguments = at.arguments;
    let text = |id: &str| arguments.get_one::<String>(id).map(String::as_str);
    let format = text("format").map(Format::of);
    if format == Some(Format::Csv) {
        return Err(refused("help is a text or JSON: leave --format out, or say -f json"));
    }
    let mut output = Output::new(format, text("jq"), Usual::Only(Format::Table), Preference::default())?;
    let words: Vec<&str> = arguments.get_many::<String>("query").into_iter().flatten().map(String::as_str).collect();
    let domain = text("domain");
    if domain.is_some() && !words.is_empty() {
        return Err(refused("--domain is for the list of all commands, not for one of them"));
    }
    let commands = commands(at.rows);
    let (value, human, code) = match words.as_slice() {
        [] => listing(at.rows, &commands, domain)?,
        ["search", rest @ ..] => {
            let hits = search(&commands, rest)?;
            (
                json!({"query": rest.join(" "), "hits": hits.iter().map(|hit| brief(hit)).collect::<Vec<_>>()}),
                lines(&hits),
                0,
            )
        }
        words => found(&commands, words),
    };
    let hint =
        "\n`mp COMMAND --help` shows all options. The reference of the catalog is\npackaging/generated/reference.md.\n";
    let hint = if words.is_empty() && !arguments.get_flag("no-hints") { hint } else { "" };
    output.show(&value, || human + hint)?;
    Ok(ExitCode::from(code))
}

fn refused(detail: impl Into<String>) -> Failure {
    Failure::new(FailureKind::InvalidArgument, detail).next("mp help search WORDS", "find a command")
}

/// A command of the tree.
struct Entry {
    words: Vec<String>,
    about: String,
    /// The text that a search looks at, in lower case.
    text: String,
    is_group: bool,
    help: String,
    operation: Option<&'static Operation>,
}

impl Entry {
    fn name(&self) -> String {
        self.words.join(" ")
    }
}

/// Returns all commands, groups before what is in them.
fn commands(rows: &'static [Command]) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut root = tree(rows, None);
    root.build();
    for command in root.get_subcommands() {
        collect(command, &mut Vec::new(), &mut entries);
    }
    entries
}

fn collect(command: &clap::Command, before: &mut Vec<String>, entries: &mut Vec<Entry>) {
    before.push(command.get_name().to_owned());
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let own = command.get_arguments().filter(|arg| !arg.is_global_set());
    let options: Vec<String> = own
        .map(|arg| format!("{} {}", arg.get_id(), arg.get_help().map(ToString::to_string).unwrap_or_default()))
        .collect();
    let is_group = command.get_subcommands().next().is_some();
    entries.push(Entry {
        text: format!("{} {about} {}", before.join(" "), options.join(" ")).to_lowercase(),
        words: before.clone(),
        about,
        is_group,
        help: command.clone().render_long_help().to_string(),
        operation: all().find(|row| row.command == before.as_slice()),
    });
    for inner in command.get_subcommands() {
        collect(inner, before, entries);
    }
    before.pop();
}

type Shown = (Value, String, u8);

/// Lists the groups, or the commands of one, which a beginning of its name is enough for.
fn listing(rows: &[Command], commands: &[Entry], domain: Option<&str>) -> Result<Shown, Failure> {
    let Some(domain) = domain else {
        let groups: Vec<&Entry> = commands.iter().filter(|entry| entry.words.len() == 1).collect();
        let others = extension::others(rows);
        let value = json!({"kind": "list", "commands": groups.iter().map(|entry| brief(entry)).collect::<Vec<_>>(), "programs": others});
        let more = of_others(&others);
        let gap = if more.is_empty() { "" } else { "\n" };
        return Ok((value, lines(&groups) + gap + more.trim_end_matches('\n') + gap, 0));
    };
    let groups: Vec<&str> =
        commands.iter().filter(|entry| entry.words.len() == 1).map(|entry| entry.words[0].as_str()).collect();
    let fitting: Vec<&str> = groups.iter().copied().filter(|group| group.starts_with(domain)).collect();
    let group = match (groups.iter().find(|group| **group == domain), fitting.as_slice()) {
        (Some(exact), _) => exact,
        (None, [only]) => only,
        (None, []) => return Err(refused(format!("--domain: there is no group '{}'", domain.escape_debug()))),
        (None, several) => return Err(refused(format!("--domain could be {}", several.join(", ")))),
    };
    let inside: Vec<&Entry> = commands.iter().filter(|entry| entry.words[0] == *group && !entry.is_group).collect();
    let value = json!({"kind": "list", "commands": inside.iter().map(|entry| brief(entry)).collect::<Vec<_>>()});
    Ok((value, lines(&inside), 0))
}

/// Looks a command up by its words, by the id of its operation, or by its last word if nothing else has it.
fn found(commands: &[Entry], words: &[&str]) -> Shown {
    let query = words.join(" ");
    let wanted: Vec<String> = query.split([' ', '.']).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let exact = commands.iter().find(|entry| entry.words == wanted);
    let by_last = || {
        let last = wanted.last()?;
        let mut ending = commands.iter().filter(|entry| entry.words.last() == Some(last) && !entry.is_group);
        ending.next().filter(|_| ending.next().is_none())
    };
    if let Some(entry) = exact.or_else(by_last) {
        return (whole(entry), entry.help.clone(), 0);
    }
    let mut near: Vec<&Entry> =
        commands.iter().filter(|entry| wanted.iter().any(|word| entry.text.contains(word))).collect();
    let begins = |entry: &Entry, word: &String| {
        entry.words.iter().any(|own| own.starts_with(word) || word.starts_with(own.as_str()))
    };
    near.sort_by_key(|entry| Reverse(wanted.iter().filter(|word| begins(entry, word)).count()));
    near.truncate(SUGGESTIONS);
    let names: Vec<String> = near.iter().map(|entry| entry.name()).collect();
    let error = format!("no command is named '{}'", query.escape_debug());
    let human = match names.as_slice() {
        [] => format!("{error}; `mp help` lists the groups\n"),
        _ => format!("{error}; these are about it:\n{}", lines(&near)),
    };
    (json!({"error": error, "query": query, "suggestions": names, "hits": []}), human, NOT_FOUND)
}

/// Returns what has all the words, names before texts.
fn search<'a>(commands: &'a [Entry], words: &[&str]) -> Result<Vec<&'a Entry>, Failure> {
    let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return Err(refused("search needs a word to look for"));
    }
    let has_all = |entry: &&Entry| words.iter().all(|word| entry.text.contains(word));
    let mut hits: Vec<&Entry> = commands.iter().filter(has_all).collect();
    hits.sort_by_key(|entry| !words.iter().all(|word| entry.name().contains(word)));
    Ok(hits)
}

fn kind(entry: &Entry) -> &'static str {
    if entry.is_group { "group" } else { "command" }
}

fn brief(entry: &Entry) -> Value {
    json!({"kind": kind(entry), "name": entry.name(), "summary": entry.about})
}

fn whole(entry: &Entry) -> Value {
    let mut value = brief(entry);
    value["help"] = entry.help.clone().into();
    if let Some(operation) = entry.operation {
        value["operation"] = serde_json::to_value(OperationRow::from(operation)).unwrap_or_default();
    }
    value
}

fn lines(entries: &[&Entry]) -> String {
    let width = entries.iter().map(|entry| entry.name().len()).max().unwrap_or(0);
    let room = View::of_stdout().width.unwrap_or(usize::MAX);
    let line = |entry: &&Entry| match width + 2 + entry.about.chars().count() {
        whole if whole <= room => format!("{:width$}  {}\n", entry.name(), entry.about),
        _ => format!("{}\n    {}\n", entry.name(), entry.about),
    };
    entries.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::COMMANDS;

    fn look(words: &[&str]) -> (Value, u8) {
        let (value, _, code) = found(&commands(COMMANDS), words);
        (value, code)
    }

    #[test]
    fn a_command_is_found_by_its_words_its_id_or_its_last_word() {
        for words in [&["dashboards", "get"][..], &["dashboards.get"], &["Dashboards", "Get"]] {
            let (value, code) = look(words);
            assert_eq!(
                (value["name"].as_str(), value["kind"].as_str(), code),
                (Some("dashboards get"), Some("command"), 0)
            );
            assert_eq!(value["operation"]["id"], "dashboards.get");
            assert!(value["help"].as_str().is_some_and(|help| help.contains("DASHBOARD_ID")), "{value}");
        }
        assert_eq!(look(&["Workspace.segmentation"]).0["name"], "query segmentation");
        assert_eq!(look(&["account", "login"]).0["kind"], "command");
        assert_eq!(look(&["lexicon", "tags"]).0["kind"], "group");
        let (value, code) = look(&["dashboard"]);
        assert_eq!((value["suggestions"][0].as_str(), code), (Some("dashboards"), 4));
        assert_eq!(look(&["NoSuchThingAtAll"]).0["suggestions"], json!([]));
        assert_eq!(look(&["list"]).1, 4, "many end so");
    }

    #[test]
    fn a_search_wants_all_words_and_puts_names_first() {
        let all = commands(COMMANDS);
        let names =
            |words: &[&str]| search(&all, words).expect("words").iter().map(|hit| hit.name()).collect::<Vec<_>>();
        assert_eq!(names(&["bulk", "dashboards"])[0], "dashboards bulk-delete");
        assert!(names(&["slug"]).contains(&"reports resolve".to_owned()));
        assert!(names(&["zebra"]).is_empty() && search(&all, &[""]).is_err());
        let of =
            |domain| listing(COMMANDS, &all, Some(domain)).map(|(value, _, _)| value["commands"][0]["name"].clone());
        assert_eq!(
            (of("webhooks").ok(), of("webh").ok()),
            (Some(json!("webhooks create")), Some(json!("webhooks create")))
        );
        assert!(of("custom").is_err_and(|failure| failure.detail.contains("custom-events, custom-properties")));
        assert!(of("zebra").is_err());
    }
}
