//! The operations of the catalog as clap sees them: a branch for each first word.

use clap::Command;
use mp_catalog::{Operation, Stage, about_path, find};

use super::{arguments, confirmation};
use crate::arg::{group, switch, without_letters};
use crate::offer::{next_words, offered};

/// Builds the branch of a first word.
pub(crate) fn branch(word: &'static str) -> Command {
    below(&[word], word)
}

fn below(path: &[&'static str], word: &'static str) -> Command {
    if let Some(operation) = offered().find(|operation| operation.command == path) {
        return leaf(word, operation);
    }
    next_words(path).into_iter().fold(group(Command::new(word).about(about_path(path))), |command, next| {
        let path: Vec<&'static str> = path.iter().copied().chain([next]).collect();
        command.subcommand(below(&path, next))
    })
}

fn leaf(word: &'static str, operation: &'static Operation) -> Command {
    let mut command =
        Command::new(word).about(summary(operation)).args(operation.params.iter().flat_map(arguments::of));
    if !operation.detail.is_empty() {
        command = command.after_help(operation.detail);
    }
    if confirmation::may_ask(operation) {
        command = command.arg(switch("yes", "Do not ask").short('y'));
    }
    if operation.touches.is_some() {
        command = command.arg(switch("dry-run", "Only show what it would touch"));
    }
    if operation.reply.kept {
        command = command.arg(switch("refresh", "Ask Mixpanel even if its answer is kept"));
    }
    let letters: Vec<char> = operation.params.iter().filter_map(|param| param.short).collect();
    command.args(without_letters(&letters))
}

/// Returns the line about an operation, with how far it is settled if that is to be known. What takes its place is named as a command.
pub(super) fn summary(operation: &Operation) -> String {
    match operation.stage {
        Stage::Stable => operation.summary.to_owned(),
        Stage::Preview => format!("{} (preview)", operation.summary),
        Stage::Deprecated { instead } => {
            let command =
                find(instead).map_or_else(|| instead.to_owned(), |row| format!("mp {}", row.command.join(" ")));
            format!("{} (deprecated: use {command})", operation.summary)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_is_not_settled_says_so() {
        let row = |stage| Operation { stage, ..*find("dashboards.list").expect("a row") };
        let instead = "query.saved-report";
        assert!(summary(&row(Stage::Preview)).ends_with(" (preview)"));
        assert!(summary(&row(Stage::Deprecated { instead })).ends_with(" (deprecated: use mp query saved-report)"));
    }
}
