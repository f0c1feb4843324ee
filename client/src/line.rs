//! A command line before clap reads it: its first word, and which of its words are for `mp` itself.

use std::cell::OnceCell;

use clap::{Arg, ArgAction};

use crate::arg::globals;
use crate::command::Command;

/// The words of a command line.
pub(crate) struct Line<'a> {
    words: &'a [String],
    rows: &'static [Command],
    /// Options that take a value and may stand before the first word, or before the program that a command runs, as they are written.
    /// Most lines begin with their first word, and nobody asks.
    valued: OnceCell<Vec<String>>,
}

impl<'a> Line<'a> {
    /// Returns the line of some words.
    pub(crate) fn new(rows: &'static [Command], words: &'a [String]) -> Self {
        Self { words, rows, valued: OnceCell::new() }
    }

    fn valued(&self) -> &[String] {
        self.valued.get_or_init(|| {
            let mut valued: Vec<String> = globals().iter().flat_map(written).collect();
            for row in self.rows.iter().filter(|row| row.runs_program) {
                let command = (row.arguments)(clap::Command::new(row.name));
                valued.extend(command.get_opts().flat_map(written));
            }
            valued
        })
    }

    /// Returns all words.
    pub(crate) fn words(&self) -> &'a [String] {
        self.words
    }

    /// Returns where the first word is that is neither an option nor the value of one.
    pub(crate) fn first_place(&self) -> Option<usize> {
        self.first_at(self.words)
    }

    /// Returns that word.
    pub(crate) fn first_word(&self) -> Option<&'a str> {
        self.first_place().map(|at| self.words[at].as_str())
    }

    fn first_at(&self, words: &[String]) -> Option<usize> {
        let mut at = 0;
        while let Some(word) = words.get(at) {
            if !word.starts_with('-') {
                return Some(at);
            }
            let takes_next = self.valued().contains(word) || self.cluster_wants_value(word);
            at += 1 + usize::from(takes_next);
        }
        None
    }

    /// Returns the words that are for `mp` itself: those before `--`, and before the program that a command such as `mp exec` runs.
    pub(crate) fn own_words(&self) -> &'a [String] {
        let separator = self.words.iter().position(|word| word == "--");
        let before_separator = separator.map_or(self.words, |at| &self.words[..at]);
        let runs_program = |word: &String| self.rows.iter().any(|row| row.runs_program && row.name == word);
        let command = self.first_at(before_separator).filter(|at| runs_program(&before_separator[*at]));
        let Some(behind) = command.map(|at| at + 1) else { return before_separator };
        let program = self.first_at(&before_separator[behind..]).map_or(before_separator.len(), |at| behind + at);
        &before_separator[..program]
    }

    /// Returns whether a word such as `-qa` ends in an option whose value is the next word. In `-aq` the value is `q`.
    fn cluster_wants_value(&self, word: &str) -> bool {
        let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.starts_with('-')) else { return false };
        let takes = |letter: char| self.valued().contains(&format!("-{letter}"));
        letters.find(takes).is_some_and(|at| at + 1 == letters.len())
    }
}

/// Returns how an option is written, if its value may be the next word.
fn written(option: &Arg) -> Vec<String> {
    let takes_value = matches!(option.get_action(), ArgAction::Set | ArgAction::Append);
    let long = option.get_long().map(|long| format!("--{long}"));
    let short = option.get_short().map(|letter| format!("-{letter}"));
    long.into_iter().chain(short).filter(|_| takes_value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::COMMANDS;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_first_word_is_not_the_value_of_an_option() {
        let check = |line: &str, expected: Option<&str>| {
            assert_eq!(Line::new(COMMANDS, &words(line)).first_word(), expected, "{line}");
        };
        check("-a session -q account list", Some("account"));
        check("--account=session target list", Some("target"));
        check("-qa session account list", Some("account"));
        check("-aq session list", Some("session"));
        check("-p 7 -t web inspect values -p country", Some("inspect"));
        check("--jq query -w 1 query funnel 7", Some("query"));
        check("-q --version", None);
    }

    /// What the contract of the plug-in has: three words deep.
    #[test]
    fn the_words_of_another_program_are_not_ours() {
        let own = |line: &str| Line::new(COMMANDS, &words(line)).own_words().join(" ");
        assert_eq!(own("exec git --version"), "exec");
        assert_eq!(own("-a exec exec --min-valid 5 -q git -a b"), "-a exec exec --min-valid 5 -q");
        assert_eq!(own("exec -q -- git --version"), "exec -q");
        assert_eq!(own("api me -a b"), "api me -a b");
        assert_eq!(own("api -- me --version"), "api");
    }
}
