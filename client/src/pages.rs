//! The manual pages, made of the command tree: for the files in `packaging/generated`, and for a user whose package has brought none.

use clap::{Arg, Command};
use clap_mangen::Man;
use roff::{Roff, bold, italic, roman};

/// Returns the pages of a whole tree, each with the name of its file.
pub(crate) fn pages(tree: Command) -> Vec<(String, String)> {
    let mut root = tree.mut_subcommands(|group| group.hide(false));
    root.build();
    let mut of_root = Vec::new();
    // Memory is writable.
    let _ = Man::new(root.clone()).render(&mut of_root);
    let groups = root.get_subcommands().map(|group| (format!("mp-{}.1", group.get_name()), page(group)));
    std::iter::once(("mp.1".to_owned(), String::from_utf8_lossy(&of_root).into_owned())).chain(groups).collect()
}

/// Returns the page of a group: what all its commands take, besides the global options.
fn page(group: &Command) -> String {
    let title = format!("mp-{}", group.get_name());
    let mut roff = Roff::new();
    roff.control("TH", [title.as_str(), "1", "", concat!("mp ", env!("CARGO_PKG_VERSION"))]);
    roff.control("SH", ["NAME"]);
    let about = group.get_about().map(ToString::to_string).unwrap_or_default();
    roff.text([roman(format!("{title} - {about}"))]);
    section(&mut roff, group, &format!("mp {}", group.get_name()));
    roff.control("SH", ["SEE ALSO"]);
    roff.text([bold("mp"), roman("(1), for the options of every command")]);
    roff.to_roff()
}

fn section(roff: &mut Roff, command: &Command, words: &str) {
    // Of a group there is nothing to say but its commands.
    if !command.is_subcommand_required_set() {
        leaf(roff, command, words);
    }
    for one in command.get_subcommands() {
        section(roff, one, &format!("{words} {}", one.get_name()));
    }
}

fn leaf(roff: &mut Roff, command: &Command, words: &str) {
    roff.control("SH", [words]);
    roff.text([roman(format!("{}.", command.get_about().map(ToString::to_string).unwrap_or_default()))]);
    for arg in command.get_arguments().filter(|arg| !arg.is_global_set() && arg.get_id() != "help") {
        roff.control("TP", []);
        roff.text(flags(arg));
        roff.text([roman(arg.get_help().map(ToString::to_string).unwrap_or_default())]);
    }
    if let Some(more) = command.get_after_help() {
        roff.control("PP", []);
        roff.text([roman(more.to_string())]);
    }
}

fn flags(arg: &Arg) -> Vec<roff::Inline> {
    let letter = arg.get_short().map(|letter| format!("-{letter}, ")).unwrap_or_default();
    let mut parts = Vec::new();
    if let Some(long) = arg.get_long() {
        parts.push(bold(format!("{letter}--{long}")));
    }
    let values = arg.get_value_names().unwrap_or_default();
    if arg.is_positional() || arg.get_action().takes_values() {
        parts.extend(values.iter().map(|value| italic(format!(" {value}"))));
    }
    parts
}
