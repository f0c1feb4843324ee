//! The command line, as clap sees it: the rows of the commands, and below some of them what the catalog makes. Only the branch that is
//! named is built: building everything costs more than the whole call.

use crate::arg::{globals, group};
use crate::command::{Command, Run, Section};
use crate::operation;

/// Builds the tree for a command line: the one branch whose first word is named, or all when it is none.
pub(crate) fn tree(rows: &'static [Command], named: Option<&str>) -> clap::Command {
    below(root().before_help(sections(rows)), rows, named)
}

/// The same for words that are run. Only who asks for help, or names nothing, reads the list of all commands.
/// `others` are the programs that extend this one.
pub(crate) fn tree_to_run(
    rows: &'static [Command],
    named: Option<&str>,
    words: &[String],
    others: impl FnOnce() -> Vec<String>,
) -> clap::Command {
    if named.is_none_or(|named| rows.iter().all(|row| row.name != named)) || words.iter().any(|word| may_ask(word)) {
        return below(root().before_help(sections(rows) + &of_others(&others())), rows, named);
    }
    below(root(), rows, named)
}

/// Returns the options that stand before the first word, for a line whose other words are another program's.
pub(crate) fn globals_alone() -> clap::Command {
    root().subcommand_required(false).arg_required_else_help(false)
}

/// Returns the paragraph about programs that extend this one.
pub(crate) fn of_others(others: &[String]) -> String {
    if others.is_empty() {
        return String::new();
    }
    let lines: String =
        others.iter().map(|word| format!("  {word:<17}  mp-{word}, a program on this machine\n")).collect();
    format!("Programs that extend mp:\n{lines}\n")
}

fn below(root: clap::Command, rows: &'static [Command], named: Option<&str>) -> clap::Command {
    match named.and_then(|word| rows.iter().find(|row| row.name == word)) {
        Some(row) => root.subcommand(branch(row)),
        // They stand in their sections instead of in one list.
        None => root.subcommands(rows.iter().map(|row| branch(row).hide(true))),
    }
}

/// Whether a word may be the option that asks for help, be it among other short ones.
fn may_ask(word: &str) -> bool {
    word == "--help" || (word.starts_with('-') && !word.starts_with("--") && word.contains('h'))
}

fn branch(row: &'static Command) -> clap::Command {
    let command = clap::Command::new(row.name).about(row.about);
    match row.run {
        Run::Call(_) | Run::Custom(_) | Run::Program { .. } => (row.arguments)(command),
        Run::Group(below) => (row.arguments)(group(command)).subcommands(below.iter().map(branch)),
        Run::Catalog => operation::branch(row.name),
    }
}

/// Returns the first words as the help of `mp` has them.
fn sections(rows: &[Command]) -> String {
    Section::ALL.into_iter().map(|section| paragraph(section, rows)).collect()
}

fn paragraph(section: Section, rows: &[Command]) -> String {
    let mut inside: Vec<&Command> = rows.iter().filter(|row| row.section == section).collect();
    inside.sort_by_key(|row| row.place);
    let lines: String = inside.iter().map(|row| format!("  {:<17}  {}\n", row.name, row.about())).collect();
    format!("{}:\n{lines}\n", section.title())
}

fn root() -> clap::Command {
    clap::Command::new("mp")
        .about("One Mixpanel login for every tool on this machine")
        .version(env!("CARGO_PKG_VERSION"))
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .override_usage("mp [OPTIONS] <COMMAND>")
        .help_template("{about-with-newline}\n{usage-heading} {usage}\n\n{before-help}{all-args}")
        .max_term_width(100)
        .args(globals())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::COMMANDS;
    use crate::line::Line;
    use crate::offer;
    use clap::Arg;

    fn tree_of(words: &[String]) -> clap::Command {
        tree_to_run(COMMANDS, Line::new(COMMANDS, words).first_word(), words, Vec::new)
    }

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    fn help(line: &str) -> String {
        let words = words(line);
        let command = tree_of(&words).term_width(80);
        let error = command.try_get_matches_from(std::iter::once("mp".to_owned()).chain(words)).expect_err("help");
        error.to_string()
    }

    #[test]
    fn every_branch_is_sound() {
        tree_of(&[]).debug_assert();
    }

    #[test]
    fn only_the_named_branch_is_built() {
        assert_eq!(tree_of(&words("-a session account list")).get_subcommands().count(), 1);
        assert_eq!(tree_of(&words("-q dashboards list")).get_subcommands().count(), 1);
        let all = COMMANDS.len();
        assert_eq!(tree_of(&words("--help")).get_subcommands().count(), all);
        assert_eq!(tree_of(&words("frobnicate")).get_subcommands().count(), all);
    }

    #[test]
    fn every_row_is_a_command_a_group_of_some_or_of_the_catalog() {
        fn check(rows: &[Command], before: &str) {
            for (at, row) in rows.iter().enumerate() {
                let words = format!("{before} {}", row.name);
                assert!(!row.about().is_empty() || words.starts_with(" export "), "{words}: the catalog has its line");
                assert!(rows[..at].iter().all(|other| other.name != row.name), "{words} stands there twice");
                if let Run::Group(below) = row.run {
                    assert!(!below.is_empty(), "{words} does nothing");
                    check(below, &words);
                }
            }
        }
        check(COMMANDS, "");
        let of_catalog: Vec<&str> =
            COMMANDS.iter().filter(|row| matches!(row.run, Run::Catalog)).map(|row| row.name).collect();
        assert_eq!(
            of_catalog,
            offer::groups(),
            "each first word of the catalog has a row, in the order of the catalog"
        );
    }

    const LINES: &[&str] = &[
        "login",
        "login --name x --region us --project 1 -S --secret-stdin",
        "login --token-env V -p 1",
        "login --no-browser",
        "session",
        "session --bridge",
        "session --explain",
        "account list",
        "account add x --type oauth_browser --region us --project 1 --username u --secret-stdin --token-env V",
        "account add --type oauth_browser",
        "account update x --region eu",
        "account use x",
        "account show",
        "account show x",
        "account remove x --force",
        "account logout x",
        "account token x --min-valid 60",
        "account login x --no-browser",
        "account test",
        "account test x",
        "account refresh x",
        "account export-bridge --to b --account a --project 1 --workspace 2",
        "account remove-bridge --at b",
        "project list --refresh",
        "project list --remote",
        "project use 1",
        "project show",
        "workspace list --refresh",
        "workspace list -p 1 --remote",
        "workspace use 1",
        "workspace show",
        "target list",
        "target add t -a acme -p 1 -w 2",
        "target use t",
        "target show t",
        "target remove t --yes",
        "inspect events --refresh",
        "inspect values -p country -e x -l 5",
        "inspect schema-graph --density --no-user-properties",
        "inspect lexicon-schema -t event -n x",
        "query segmentation -e x --from 2025-01-01 --to 2025-01-31 -u week -o country -w x --link",
        "query retention -b x -r y --from 2025-01-01 --to 2025-01-31 --born-where x -i 7 -n 4",
        "query activity-feed -U a,b --include-event x --include-event y --use-custom-events",
        "query funnel 7 --from 2025-01-01 --to 2025-01-31",
        "query saved-report -7",
        "dashboards list --ids 1,2",
        "dashboards list --ids=-1,2",
        "export events --from 2025-01-01 --to 2025-01-02 --event a --event b,c --where x --raw -o f --force --parts 3",
        "export events --from 2025-01-01 --to 2025-01-02 --limit 5 -o -",
        "export profiles --where x --cohort-id 1 --properties a --properties b --distinct-id x --limit 5 --raw -o f",
        "export profiles --distinct-ids a --behaviors [] --as-of-timestamp -1 --include-all-users --group-id g",
        "api me",
        "api GET projects/{project_id}/dashboards --paginate",
        "api -i --plane query events/names --query type=general --query limit=3",
        "api patch x -d {} -H If-Match:1 -H Accept:*/*",
        "api x -d -",
        "events --json --types token.refreshed,login.required --types snapshot --after i-7",
        "mcp --groups inspect,query --read-only",
        "mcp --allow-destructive",
        "completions zsh",
        "exec true",
        "exec --min-valid 60 true",
        "daemon start",
        "daemon stop",
        "daemon restart",
        "daemon status",
        "daemon run",
        "daemon logs -n 5 --follow",
        "daemon logs -f",
        "daemon doctor",
        "plugin session",
        "plugin account list",
        "plugin account add --from-stdin",
        "plugin account use x",
        "plugin account login x --no-browser",
        "plugin account test x",
        "plugin project list",
        "plugin project use 1",
        "plugin workspace list",
        "plugin workspace use 2",
        "plugin target list",
        "plugin target add t --account acme --project 1 --workspace 2",
        "plugin target use t",
        "plugin bridge status",
    ];

    #[test]
    fn every_command_is_understood_with_the_globals_on_either_side() {
        let globals = "-q -v -f json --jq . --socket /s --no-autostart --timeout 5";
        let without_f = "-q -v --jq . --socket /s --no-autostart --timeout 5";
        for line in LINES {
            let globals = if line.starts_with("daemon logs") { without_f } else { globals };
            for whole in [(*line).to_owned(), format!("{globals} {line}"), format!("{line} {globals}")] {
                let words = words(&whole);
                let parsed = tree_of(&words).try_get_matches_from(std::iter::once("mp".to_owned()).chain(words));
                assert!(parsed.is_ok(), "mp {whole}: {}", parsed.expect_err("is an error"));
            }
        }
    }

    #[test]
    fn an_option_shadows_a_global_one_only_where_that_is_meant() {
        let globals = globals();
        let is_global = |id: &str| globals.iter().any(|global| global.get_id() == id);
        // A command that has a global option's letter for itself has that option without it.
        let is_same = |option: &Arg| globals.iter().any(|global| help_of(global) == help_of(option));
        let shadows = |option: &&Arg| is_global(option.get_id().as_str()) && !is_same(option);
        let root = tree_of(&[]);
        let mut open: Vec<(&clap::Command, Option<&Command>)> = vec![(&root, None)];
        while let Some((command, row)) = open.pop() {
            let below = match row.map(|row| row.run) {
                Some(Run::Group(below)) => below,
                None if command.get_name() == "mp" => COMMANDS,
                _ => &[],
            };
            let row_of = |inner: &clap::Command| below.iter().find(|row| row.name == inner.get_name());
            open.extend(command.get_subcommands().map(|inner| (inner, row_of(inner))));
            let own = row.map_or(&[][..], |row| row.own);
            for option in command.get_arguments().filter(shadows) {
                assert!(own.contains(&option.get_id().as_str()), "{} {}", command.get_name(), option.get_id());
            }
        }
    }

    fn help_of(option: &Arg) -> Option<String> {
        option.get_help().map(ToString::to_string)
    }

    #[test]
    fn help_is_short_and_aligned() {
        insta::assert_snapshot!("help", help("--help"));
        insta::assert_snapshot!("help_login", help("login --help"));
        insta::assert_snapshot!("help_dashboards_list", help("dashboards list --help"));
        insta::assert_snapshot!("help_inspect", help("inspect --help"));
        insta::assert_snapshot!("help_query_segmentation", help("query segmentation --help"));
        insta::assert_snapshot!("help_api", help("api --help"));
        insta::assert_snapshot!("help_account", help("account --help"));
        insta::assert_snapshot!("help_account_add", help("account add --help"));
    }
}
