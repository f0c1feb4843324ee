//! What goes to stderr: failures with their causes and next steps, and notes.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::ExitCode;

use mp_proto::failure::Failure;
use mp_proto::visible::{line, lines};
use parking_lot::Mutex;
use unicode_width::UnicodeWidthStr;

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

/// Prints what can be done next, and what for.
pub(crate) fn hint(next: &str, label: &str) {
    print(&format!("hint: {}  # {}\n", line(next), line(label)));
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
    let text = lines(text);
    let text = screen::stderr_columns().map_or_else(|| text.to_string(), |width| wrapped(&text, width));
    // Nothing can be done when even stderr is gone.
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

/// Returns lines of no more than `width` columns, broken between words. A command, a path and a URL are never broken: whoever copies one
/// wants the whole.
fn wrapped(text: &str, width: usize) -> String {
    let one = |line: &str| match line.split_once("  # ").filter(|(hint, _)| hint.starts_with("hint: ")) {
        _ if line.width() <= width => line.to_owned(),
        Some((hint, label)) => format!("{}\n{}", hint.trim_end(), filled("      # ", label, width)),
        None => filled("", line, width),
    };
    text.split('\n').map(one).collect::<Vec<_>>().join("\n")
}

/// Fills lines with words. What follows the first line stands under it, two columns to the right.
fn filled(before: &str, text: &str, width: usize) -> String {
    let lead = text.len() - text.trim_start_matches(' ').len();
    let indent = " ".repeat(lead + if before.is_empty() { 2 } else { before.len() });
    let mut line = format!("{before}{}", &text[..lead]);
    let (mut filled, mut is_first) = (String::new(), true);
    for word in words(&text[lead..]) {
        if !is_first && line.width() + 1 + word.width() > width {
            filled.push_str(&line);
            filled.push('\n');
            line = format!("{indent}{word}");
        } else {
            line = if is_first { line + word } else { line + " " + word };
        }
        is_first = false;
    }
    filled + &line
}

/// Returns the words of a line; what stands between backticks is one.
fn words(text: &str) -> Vec<&str> {
    let (mut words, mut begin, mut is_quoted) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        match c {
            '`' => is_quoted = !is_quoted,
            ' ' if !is_quoted => {
                words.push(&text[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    words.push(&text[begin..]);
    words
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

    #[test]
    fn lines_are_broken_between_words_and_commands_not_at_all() {
        let text = "error: nothing is as it was, run `mp daemon restart` once more\n  /c:3: unknown key\n\
                    hint: mp daemon doctor --online  # look for the cause, and what to do about it\nhint: mp  # short\n";
        let expected = "error: nothing is as it was,\n  run `mp daemon restart` once\n  more\n  /c:3: unknown key\n\
                        hint: mp daemon doctor --online\n      # look for the cause,\n        and what to do about\n        it\n\
                        hint: mp  # short\n";
        assert_eq!(wrapped(text, 30), expected);
        assert_eq!(wrapped(text, 200), text);
        assert_eq!(
            wrapped("note: https://mixpanel.com/a/very/long/path", 20),
            "note:\n  https://mixpanel.com/a/very/long/path"
        );
        assert_eq!(wrapped("", 20), "");
    }
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
