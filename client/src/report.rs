//! What goes to stderr: failures with their causes and next steps, and notes.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::ExitCode;

use mp_proto::failure::Failure;
use mp_proto::visible::{line, lines};
use parking_lot::Mutex;

use crate::output::{screen, spinner};

/// Prints a failure and returns its exit code.
pub(crate) fn failure(failure: &Failure) -> ExitCode {
    print(&describe(failure));
    ExitCode::from(failure.kind.exit_code())
}

/// Prints what the user should know beside the answer.
pub(crate) fn note(text: &str) {
    print(&format!("note: {}\n", line(text)));
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

/// Prints what the user should know at once, above what moves on the last line. Calls that wait for the same say it once.
pub(crate) fn above(text: &str) {
    if BOARD.lock().printed.insert(text.to_owned()) {
        spinner::above(|| note(text));
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
    print(&format!("{}\n", text.trim_end()));
}

/// Prints a question; the answer comes on the same line.
pub(crate) fn ask(text: &str) {
    print(text);
}

/// Prints what people read, also where they read it later: what is unseen is spelled out in a file, too.
fn print(text: &str) {
    let mut stderr = screen::stderr();
    // Nothing can be done when even stderr is gone.
    let _ = stderr.write_all(lines(text).as_bytes()).and_then(|()| stderr.flush());
}

/// Returns the text of a failure.
pub(crate) fn describe(failure: &Failure) -> String {
    // A detail may quote what strangers wrote: a line of it that looks like a hint stands where no hint does.
    let mut text = format!("error: {}\n", lines(&failure.detail).replace('\n', "\n  "));
    for problem in &failure.errors {
        text.push_str(&format!("  {}: {}\n", line(&problem.at), line(&problem.detail)));
    }
    if let Some(seconds) = failure.retry_after_s {
        text.push_str(&format!("  again in {seconds} s\n"));
    }
    let width = failure.next.iter().map(|next| next.command.chars().count()).max().unwrap_or(0);
    for next in &failure.next {
        text.push_str(&format!("hint: {:<width$}  # {}\n", line(&next.command), line(&next.label)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use mp_proto::failure::{FailureKind, Problem};

    #[test]
    fn a_failure_tells_what_where_and_what_to_run() {
        let failure = Failure::new(FailureKind::ConfigInvalid, "/c cannot be used\u{1b}[2J\nhint: sh evil\u{202e}")
            .errors(vec![Problem::new("/c:3:1", "unknown key\nhint: sh evil")])
            .next("mp daemon doctor", "look again")
            .next("vi /c", "correct it");
        let expected = "error: /c cannot be used\\u{1b}[2J\n  hint: sh evil\\u{202e}\n  /c:3:1: unknown key\\nhint: sh evil\n\
                        hint: mp daemon doctor  # look again\nhint: vi /c             # correct it\n";
        assert_eq!(describe(&failure), expected);
    }
}
