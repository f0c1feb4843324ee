//! The command line, as clap sees it: the hand-written commands, and those that the catalog makes. Only the branch that is named is built: building everything costs more than the whole call.

use clap::Command;

use crate::arg::globals;
use crate::commands::{
    account, api, completions, daemon, events, exec, export, help, login, mcp, plugin, project, session, target,
    workspace,
};
use crate::{offer, operation};

/// A first word of the command line.
pub(crate) struct Group {
    /// The word.
    pub name: &'static str,
    /// One line.
    pub about: &'static str,
    /// Adds its commands and arguments.
    pub build: fn(Command) -> Command,
}

/// The first words of the hand-written commands, in the order of the help.
pub(crate) const GROUPS: &[Group] = &[
    Group { name: "login", about: "Log in to Mixpanel and make the account the active one", build: login::build },
    Group { name: "session", about: "Show the resolved account, project and workspace", build: session::build },
    Group { name: "account", about: "Manage accounts and their credentials", build: account::build },
    Group { name: "project", about: "Show or choose the project", build: project::build },
    Group { name: "workspace", about: "Show or choose the workspace", build: workspace::build },
    Group { name: "target", about: "Manage saved sessions", build: target::build },
    Group { name: "export", about: "Export raw events and profiles as JSON Lines", build: export::build },
    Group { name: "api", about: "Call Mixpanel's API with the login of the session", build: api::build },
    Group { name: "exec", about: "Run a program with the login of the session in its environment", build: exec::build },
    Group { name: "events", about: "Watch what happens to the login", build: events::build },
    Group { name: "mcp", about: "Serve agents by the Model Context Protocol", build: mcp::build },
    Group { name: "daemon", about: "Control the daemon mpd", build: daemon::build },
    Group { name: "completions", about: "Print what a shell needs to complete mp", build: completions::build },
    Group { name: "plugin", about: "Answer the plug-in of an editor, in JSON", build: plugin::build },
    Group { name: "help", about: "Look commands up, or search them", build: help::build },
];

/// Builds the tree for a command line: the one branch it names, or all when it names none.
pub(crate) fn tree(words: &[String]) -> Command {
    let root = root();
    let named = first_word(words);
    if let Some(group) = named.and_then(|word| GROUPS.iter().find(|group| group.name == word)) {
        return root.subcommand(branch(group));
    }
    let operations = offer::groups();
    if let Some(word) = operations.iter().find(|word| Some(**word) == named) {
        return root.subcommand(operation::branch(word));
    }
    // They stand in their sections instead of in one list.
    let hidden = |command: Command| command.hide(true);
    root.subcommands(GROUPS.iter().map(branch).map(hidden))
        .subcommands(operations.into_iter().map(operation::branch).map(hidden))
}

/// The first words as the help of `mp` has them.
const SECTIONS: [(&str, &[&str]); 6] = [
    ("Log in, and choose what to work on", &["login", "session", "account", "project", "workspace", "target"]),
    ("Ask", &["inspect", "query", "export", "replays", "api"]),
    ("Lend the login to other programs", &["exec", "events", "mcp"]),
    ("Reports", &["dashboards", "reports", "metrics", "behaviors", "cohorts", "alerts", "annotations"]),
    ("Releases", &["flags", "experiments"]),
    (
        "Data and project",
        &[
            "lexicon",
            "schemas",
            "custom-events",
            "custom-properties",
            "drop-filters",
            "lookup-tables",
            "business-context",
            "webhooks",
        ],
    ),
];

/// Those that are about the program itself.
const ITSELF: (&str, &[&str]) = ("The program itself", &["daemon", "plugin", "completions", "help"]);

fn sections() -> String {
    let about = |word: &str| {
        GROUPS.iter().find(|group| group.name == word).map_or_else(|| mp_catalog::about(word), |group| group.about)
    };
    let section = |(title, words): &(&str, &[&str])| {
        let lines: String = words.iter().map(|word| format!("  {word:<17}  {}\n", about(word))).collect();
        format!("{title}:\n{lines}\n")
    };
    SECTIONS.iter().chain([&ITSELF]).map(section).collect()
}

fn branch(group: &Group) -> Command {
    (group.build)(Command::new(group.name).about(group.about))
}

fn root() -> Command {
    Command::new("mp")
        .about("One Mixpanel login for every tool on this machine")
        .version(env!("CARGO_PKG_VERSION"))
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .override_usage("mp [OPTIONS] <COMMAND>")
        .before_help(sections())
        .help_template("{about-with-newline}\n{usage-heading} {usage}\n\n{before-help}{all-args}")
        .max_term_width(100)
        .args(globals())
}

/// Options that take a value and may stand before the first word or, for `mp exec`, before the program, as they are written.
const WITH_VALUE: [&str; 15] = [
    "-a",
    "--account",
    "-p",
    "--project",
    "-w",
    "--workspace",
    "-t",
    "--target",
    "-f",
    "--format",
    "--jq",
    "--socket",
    "--timeout",
    "--types",
    "--min-valid",
];

/// Returns the first word that is neither an option nor the value of one.
pub(crate) fn first_word(words: &[String]) -> Option<&str> {
    first_at(words).map(|at| words[at].as_str())
}

fn first_at(words: &[String]) -> Option<usize> {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if WITH_VALUE.contains(&word.as_str()) || cluster_wants_value(word) {
            at += 1;
        } else if !word.starts_with('-') {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Returns the words that are for `mp` itself: those before `--`, and before the program that `mp exec` runs.
pub(crate) fn own_words(words: &[String]) -> &[String] {
    let before_separator = words.iter().position(|word| word == "--").map_or(words, |at| &words[..at]);
    let Some(command) = first_at(before_separator).filter(|at| words[*at] == "exec").map(|at| at + 1) else {
        return before_separator;
    };
    let program = first_at(&before_separator[command..]).map_or(before_separator.len(), |at| command + at);
    &before_separator[..program]
}

/// Returns whether a word such as `-qa` ends in an option whose value is the next word. In `-aq` the value is `q`.
fn cluster_wants_value(word: &str) -> bool {
    let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.starts_with('-')) else { return false };
    let takes = |letter: char| WITH_VALUE.contains(&format!("-{letter}").as_str());
    letters.find(takes).is_some_and(|at| at + 1 == letters.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Arg;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    fn help(line: &str) -> String {
        let words = words(line);
        let command = tree(&words).term_width(80);
        let error = command.try_get_matches_from(std::iter::once("mp".to_owned()).chain(words)).expect_err("help");
        error.to_string()
    }

    #[test]
    fn every_branch_is_sound() {
        tree(&[]).debug_assert();
    }

    #[test]
    fn only_the_named_branch_is_built() {
        assert_eq!(tree(&words("-a session account list")).get_subcommands().count(), 1);
        assert_eq!(tree(&words("-q dashboards list")).get_subcommands().count(), 1);
        let all = GROUPS.len() + offer::groups().len();
        assert_eq!(tree(&words("--help")).get_subcommands().count(), all);
        assert_eq!(tree(&words("frobnicate")).get_subcommands().count(), all);
    }

    #[test]
    fn every_first_word_stands_in_one_section() {
        let mut words: Vec<&str> = SECTIONS.iter().chain([&ITSELF]).flat_map(|(_, words)| *words).copied().collect();
        let mut all: Vec<&str> = GROUPS.iter().map(|group| group.name).chain(offer::groups()).collect();
        words.sort_unstable();
        all.sort_unstable();
        assert_eq!(words, all);
    }

    #[test]
    fn the_first_word_is_not_the_value_of_an_option() {
        assert_eq!(first_word(&words("-a session -q account list")), Some("account"));
        assert_eq!(first_word(&words("--account=session target list")), Some("target"));
        assert_eq!(first_word(&words("-qa session account list")), Some("account"));
        assert_eq!(first_word(&words("-aq session list")), Some("session"));
        assert_eq!(first_word(&words("-p 7 -t web inspect values -p country")), Some("inspect"));
        assert_eq!(first_word(&words("--jq query -w 1 query funnel 7")), Some("query"));
        assert_eq!(first_word(&words("-q --version")), None);
    }

    /// What the contract of the plug-in has: three words deep.
    #[test]
    fn the_words_of_another_program_are_not_ours() {
        let own = |line: &str| own_words(&words(line)).join(" ");
        assert_eq!(own("exec git --version"), "exec");
        assert_eq!(own("-a exec exec --min-valid 5 -q git -a b"), "-a exec exec --min-valid 5 -q");
        assert_eq!(own("exec -q -- git --version"), "exec -q");
        assert_eq!(own("api me -a b"), "api me -a b");
        assert_eq!(own("api -- me --version"), "api");
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
                let parsed = tree(&words).try_get_matches_from(std::iter::once("mp".to_owned()).chain(words));
                assert!(parsed.is_ok(), "mp {whole}: {}", parsed.expect_err("is an error"));
            }
        }
    }

    #[test]
    fn an_option_shadows_a_global_one_only_where_that_is_meant() {
        let globals = globals();
        let is_global = |id: &str| globals.iter().any(|global| global.get_id() == id);
        for group in tree(&[]).get_subcommands() {
            for leaf in std::iter::once(group).chain(group.get_subcommands()) {
                let own = crate::commands::own_options(group.get_name(), leaf.get_name());
                // A command that has a global option's letter for itself has that option without it.
                let is_same = |option: &&Arg| {
                    globals.iter().any(|global| {
                        global.get_help().map(ToString::to_string) == option.get_help().map(ToString::to_string)
                    })
                };
                let shadows = |option: &&Arg| is_global(option.get_id().as_str()) && !is_same(option);
                for option in leaf.get_arguments().filter(shadows) {
                    assert!(own.contains(&option.get_id().as_str()), "{} {}", leaf.get_name(), option.get_id());
                }
            }
        }
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

    #[test]
    fn options_with_a_value_are_all_known_to_the_first_look() {
        for option in globals().iter().filter(|option| option.get_action().takes_values()) {
            let long = option.get_long().map(|long| format!("--{long}"));
            assert!(long.is_some_and(|long| WITH_VALUE.contains(&long.as_str())), "{}", option.get_id());
        }
    }
}
