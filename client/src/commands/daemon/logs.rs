//! `mp daemon logs`: the log, its last lines and those that come.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Arg, ArgMatches, Command, value_parser};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::visible::Spelling;

use crate::arg::{option, switch};
use crate::call::place;
use crate::caller::Environment;
use crate::command::Invocation;
use crate::output::screen;

/// Between two looks at the log: at once for a person, and little work for something that stays open all day.
const PAUSE: Duration = Duration::from_millis(200);

/// How much of a log is shown unless asked otherwise, in lines.
const LINES: usize = 50;

/// What `-f` of `logs` leaves in the place of a format.
const FOLLOW: &str = "follow";

/// Adds the arguments.
pub(super) fn arguments(command: Command) -> Command {
    let lines =
        option("lines", "N", "How many lines to show [default: 50]").short('n').value_parser(value_parser!(u64));
    command.arg(switch("follow", "Keep showing new lines; also -f")).arg(lines).arg(follow_as_f())
}

/// `-f` as everybody knows it from `tail`. clap has one `-f` a command, and everywhere else it is `--format`, which a log has not.
fn follow_as_f() -> Arg {
    option("format", "", "Keep showing new lines")
        .long(None)
        .short('f')
        .num_args(0..=1)
        .require_equals(true)
        .default_missing_value(FOLLOW)
        .hide(true)
}

fn follows(arguments: &ArgMatches) -> bool {
    arguments.get_flag("follow") || arguments.get_one::<String>("format").is_some_and(|value| value == FOLLOW)
}

/// Runs the command.
///
/// # Errors
/// When the log cannot be read.
pub(super) async fn run(at: Invocation<'_>) -> Result<ExitCode, Failure> {
    let arguments = at.arguments;
    let place = place(arguments, &Environment::of_this_process())?;
    let path = place.log();
    let failed = |error: io::Error| {
        let failure = Failure::new(FailureKind::Storage, format!("could not read {}: {error}", path.display()));
        failure.next("journalctl --user -u mixpanel-mpd", "see the log of a daemon that systemd started")
    };
    let mut file = File::open(&path).map_err(failed)?;
    let wanted = arguments.get_one::<u64>("lines").and_then(|count| usize::try_from(*count).ok()).unwrap_or(LINES);
    let mut text = Vec::new();
    file.read_to_end(&mut text).map_err(failed)?;
    let mut out = screen::stdout(Spelling::Plain);
    if !shown(&mut out, last_lines(&text, wanted)) || !follows(arguments) {
        return Ok(ExitCode::SUCCESS);
    }
    let mut at = text.len() as u64;
    loop {
        tokio::time::sleep(PAUSE).await;
        let size = std::fs::metadata(&path).map(|found| found.len()).unwrap_or(at);
        if size < at {
            // The log was put aside and begun anew.
            file = File::open(&path).map_err(failed)?;
            at = 0;
        }
        let mut fresh = Vec::new();
        file.seek(SeekFrom::Start(at)).and_then(|_| file.read_to_end(&mut fresh)).map_err(failed)?;
        at += fresh.len() as u64;
        if !shown(&mut out, &fresh) {
            return Ok(ExitCode::SUCCESS);
        }
    }
}

/// Prints bytes. Returns whether anybody still reads.
fn shown(out: &mut impl Write, bytes: &[u8]) -> bool {
    out.write_all(bytes).and_then(|()| out.flush()).is_ok()
}

fn last_lines(text: &[u8], count: usize) -> &[u8] {
    let body = text.strip_suffix(b"\n").unwrap_or(text);
    if count == 0 {
        return &[];
    }
    let start = body.iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n').nth(count - 1);
    &text[start.map_or(0, |(at, _)| at + 1)..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_whole() {
        assert_eq!(last_lines(b"a\nb\nc\n", 2), b"b\nc\n");
        assert_eq!(last_lines(b"a\nb\nc", 1), b"c");
        assert_eq!(last_lines(b"a\n", 9), b"a\n");
        assert_eq!(last_lines(b"a\n", 0), b"");
        assert_eq!(last_lines(b"", 3), b"");
    }
}
