//! What goes to stderr: failures with their causes and next steps, and notes.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::ExitCode;

use mp_proto::failure::Failure;
use parking_lot::Mutex;

/// Prints a failure and returns its exit code.
pub(crate) fn failure(failure: &Failure) -> ExitCode {
    // Nothing can be done when even stderr is gone.
    let _ = std::io::stderr().write_all(describe(failure).as_bytes());
    ExitCode::from(failure.kind.exit_code())
}

/// Prints what the user should know beside the answer.
pub(crate) fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "note: {}", without_controls(text));
}

/// Prints what the daemon says beside an answer. A command may ask several times, and is told the same each time: it prints it once.
pub(crate) fn told(text: &str) {
    let mut board = BOARD.lock();
    if !board.printed.insert(text.to_owned()) {
        return;
    }
    if board.held == 0 {
        note(text);
    } else {
        board.waiting.push(text.to_owned());
    }
}

/// Holds back what the daemon says, for as long as it lives: something else moves on the line where that would be printed.
pub(crate) fn hold() -> Held {
    BOARD.lock().held += 1;
    Held(())
}

/// What [`hold`] returns.
pub(crate) struct Held(());

impl Drop for Held {
    fn drop(&mut self) {
        let mut board = BOARD.lock();
        board.held -= 1;
        if board.held == 0 {
            std::mem::take(&mut board.waiting).iter().for_each(|text| note(text));
        }
    }
}

/// Notes of the daemon that were printed, and those that wait.
struct Board {
    printed: BTreeSet<String>,
    held: usize,
    waiting: Vec<String>,
}

static BOARD: Mutex<Board> = Mutex::new(Board { printed: BTreeSet::new(), held: 0, waiting: Vec::new() });

/// Prints a line of guidance.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{}", without_controls(text.trim_end()));
}

/// Prints a question; the answer comes on the same line.
pub(crate) fn ask(text: &str) {
    let mut stderr = std::io::stderr();
    let _ = write!(stderr, "{}", without_controls(text)).and_then(|()| stderr.flush());
}

/// Returns the text of a failure.
pub(crate) fn describe(failure: &Failure) -> String {
    let mut text = format!("error: {}\n", without_controls(&failure.detail));
    for problem in &failure.errors {
        text.push_str(&format!("  {}: {}\n", without_controls(&problem.at), without_controls(&problem.detail)));
    }
    if let Some(seconds) = failure.retry_after_s {
        text.push_str(&format!("  again in {seconds} s\n"));
    }
    let width = failure.next.iter().map(|next| next.command.chars().count()).max().unwrap_or(0);
    for next in &failure.next {
        text.push_str(&format!(
            "hint: {:<width$}  # {}\n",
            without_controls(&next.command),
            without_controls(&next.label)
        ));
    }
    text
}

/// A text from a file or from the network must not move the cursor of a terminal.
fn without_controls(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mp_proto::failure::{FailureKind, Problem};

    #[test]
    fn a_failure_tells_what_where_and_what_to_run() {
        let failure = Failure::new(FailureKind::ConfigInvalid, "/c cannot be used\u{1b}[2J")
            .errors(vec![Problem::new("/c:3:1", "unknown key")])
            .next("mp daemon doctor", "look again")
            .next("vi /c", "correct it");
        let expected = "error: /c cannot be used\u{fffd}[2J\n  /c:3:1: unknown key\n\
                        hint: mp daemon doctor  # look again\nhint: vi /c             # correct it\n";
        assert_eq!(describe(&failure), expected);
    }
}
