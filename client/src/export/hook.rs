//! A program of the user that is told of each file when it is complete.

use std::path::Path;
use std::process::{Command, Stdio};

use mp_proto::failure::{Failure, FailureKind};

use crate::output::stdout;

/// What stands for the file.
const FILE: &str = "{}";

/// A program and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hook {
    line: String,
    words: Vec<String>,
}

impl Hook {
    /// Reads a command line, as a shell takes it apart; but no shell runs it, so that no name of a file can be taken for a command.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn parse(line: &str) -> Result<Self, Failure> {
        let words = shlex::split(line).filter(|words| words.first().is_some_and(|program| !program.is_empty()));
        let mut words = words.ok_or_else(|| {
            let detail = format!("--exec '{line}' is no command line: a quote is not closed, or there is no program");
            Failure::new(FailureKind::InvalidArgument, detail)
        })?;
        if !words.iter().any(|word| word.contains(FILE)) {
            words.push(FILE.to_owned());
        }
        Ok(Self { line: line.to_owned(), words })
    }

    fn words(&self, file: &Path) -> Vec<String> {
        self.words.iter().map(|word| word.replace(FILE, &file.to_string_lossy())).collect()
    }

    /// Runs it for a file, and waits for it. What it prints goes to stderr: stdout is ours.
    ///
    /// # Errors
    /// When it cannot be run or fails.
    pub(super) fn run(&self, file: &Path) -> Result<(), Failure> {
        let words = self.words(file);
        let (program, arguments) = words.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
        let mut command = Command::new(program);
        let ended = command.args(arguments).stdin(Stdio::null()).stdout(stdout::in_its_place()).status();
        let how = match ended {
            Ok(status) if status.success() => return Ok(()),
            Ok(status) => format!("ended with {status}"),
            Err(error) => format!("could not be run: {error}"),
        };
        let detail = format!("{} is complete, but --exec '{}' {how}", file.display(), self.line);
        Err(Failure::new(FailureKind::Storage, detail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_one_word_whatever_its_name_is() {
        let words = |line: &str| Hook::parse(line).expect("a command").words(Path::new("/a b/$(x)'.gz"));
        assert_eq!(words("load --file={} 'to here'"), ["load", "--file=/a b/$(x)'.gz", "to here"]);
        assert_eq!(words("load -v"), ["load", "-v", "/a b/$(x)'.gz"], "it is the last one if nothing says where");
        for odd in ["", "  ", "load 'x", "''"] {
            assert!(Hook::parse(odd).is_err(), "{odd:?}");
        }
    }

    #[test]
    fn a_program_that_fails_is_told_with_its_file() {
        let run = |line: &str| Hook::parse(line).expect("a command").run(Path::new("/f"));
        assert!(run("true").is_ok());
        assert!(run("false").is_err_and(|failure| failure.detail.contains("/f is complete, but --exec 'false' ended")));
        assert!(run("/nowhere/x").is_err_and(|failure| failure.detail.contains("could not be run")));
    }
}
