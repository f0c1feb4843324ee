//! What is made from the command tree and kept in `packaging/generated`: the reference and manual pages. Tests keep the files equal to it.

use std::fs;
use std::path::Path;

use clap::{Arg, Command};
use clap_mangen::Man;
use roff::{Roff, bold, italic, roman};

use crate::commands::tree;

/// Checks that a file in `packaging/generated` has a text, and writes it if not.
pub(crate) fn check(name: &str, should: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/generated").join(name);
    if fs::read_to_string(&path).unwrap_or_default() == should {
        return;
    }
    fs::create_dir_all(path.parent().expect("a folder")).expect("the repository is writable");
    fs::write(&path, should).expect("the repository is writable");
    panic!("{} was stale and is rewritten: read it, and run this again", path.display());
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

#[test]
fn the_manual_pages_are_the_trees() {
    let mut root = tree().mut_subcommands(|group| group.hide(false));
    root.build();
    let mut page_of_root = Vec::new();
    Man::new(root.clone()).render(&mut page_of_root).expect("memory is writable");
    check("man/mp.1", &String::from_utf8(page_of_root).expect("it is text"));
    for group in root.get_subcommands() {
        check(&format!("man/mp-{}.1", group.get_name()), &page(group));
    }
}
