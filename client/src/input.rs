//! What comes from a person, or from a pipe in the place of one: lines, answers to questions, secrets, Ctrl-C.

mod prompt;

use std::io::{BufRead, IsTerminal, Read};

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::secret::Secret;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::report;

/// How many lines are kept until they are asked for; then the thread that reads waits. Nobody types so many.
const KEPT: usize = 64;

/// The lines of stdin. Nothing is read before the first one is asked for.
#[derive(Default)]
pub(crate) struct StdinLines {
    lines: Option<Receiver<Secret>>,
}

impl StdinLines {
    /// Waits for the next line, without its end. None is the end of input. A wait that is given up loses nothing.
    ///
    /// A line may be a URL that holds a code, so each counts as secret.
    pub(crate) async fn next(&mut self) -> Option<Secret> {
        self.lines.get_or_insert_with(start).recv().await
    }

    /// Returns whether a line is there already.
    pub(crate) fn has_more(&self) -> bool {
        self.lines.as_ref().is_some_and(|lines| !lines.is_empty())
    }

    /// Forgets what was typed before somebody asked for it: it is no answer to what is asked next.
    pub(crate) fn forget(&mut self) {
        while self.lines.as_mut().is_some_and(|lines| lines.try_recv().is_ok()) {}
    }
}

/// Starts the reader: a thread, for a read from a terminal can be neither polled nor ended. It ends with this process.
fn start() -> Receiver<Secret> {
    let (sender, lines) = channel(KEPT);
    std::thread::spawn(move || send(std::io::stdin().lock(), &sender));
    lines
}

fn send(mut input: impl BufRead, lines: &Sender<Secret>) {
    let mut line = Vec::new();
    // Input that cannot be read has ended, as far as anybody can tell.
    while input.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
        let text = String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned();
        line.clear();
        if lines.blocking_send(Secret::new(text)).is_err() {
            return;
        }
    }
}

/// Returns the signal of Ctrl-C, which from now on does not end the process.
///
/// # Errors
/// When the system refuses it.
pub(crate) fn interrupts() -> Result<Signal, Failure> {
    let refused =
        |error| Failure::new(FailureKind::Internal, format!("the signal for Ctrl-C could not be had: {error}"));
    signal(SignalKind::interrupt()).map_err(refused)
}

/// Returns whether a person can answer: stdin is a terminal, and this command is in its foreground. One in the background that
/// reads is stopped by the system.
pub(crate) fn is_interactive() -> bool {
    let stdin = std::io::stdin();
    stdin.is_terminal() && rustix::termios::tcgetpgrp(&stdin).is_ok_and(|group| group == rustix::process::getpgrp())
}

/// Asks on stderr and returns the line that is typed, or piped. At the end of input, or where it cannot be read, it has no end.
pub(crate) fn answer(question: &str) -> String {
    // Whoever cannot read the question will not say yes.
    report::ask(question);
    let mut answer = String::new();
    let _ = std::io::stdin().lock().read_line(&mut answer);
    answer
}

/// Returns whether an answer is a yes.
pub(crate) fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

/// Longest secret that is read from stdin, in bytes.
const MAX_SECRET: u64 = 64 * 1024;

/// Asks for a secret at the terminal, without showing it.
///
/// # Errors
/// When there is none, or nobody can be asked.
pub(crate) async fn prompted_secret() -> Result<Secret, Failure> {
    let secret = prompt::ask("Service account secret: ").await.map_err(|error| {
        Failure::new(FailureKind::InvalidArgument, format!("the secret could not be asked for: {error}"))
            .next("mp account add --help", "pipe it in with --secret-stdin, or set MP_SECRET")
    })?;
    not_empty(Secret::new(secret.expose().trim()))
}

/// Reads a secret from stdin.
///
/// # Errors
/// When there is none, or it cannot be one.
pub(crate) fn secret() -> Result<Secret, Failure> {
    let invalid = |detail: String| Failure::new(FailureKind::InvalidArgument, detail);
    let mut text = String::new();
    let read = std::io::stdin().lock().take(MAX_SECRET + 1).read_to_string(&mut text);
    read.map_err(|error| invalid(format!("the secret could not be read from stdin: {error}")))?;
    if text.len() as u64 > MAX_SECRET {
        return Err(invalid(format!("stdin has more than {MAX_SECRET} bytes, which is no secret")));
    }
    not_empty(Secret::new(text.trim()))
}

fn not_empty(secret: Secret) -> Result<Secret, Failure> {
    if secret.is_empty() { Err(Failure::new(FailureKind::InvalidArgument, "the secret is empty")) } else { Ok(secret) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_without_their_ends_and_the_last_needs_none() {
        let (sender, mut lines) = channel(KEPT);
        send(&b"a\r\n\nb \xff"[..], &sender);
        drop(sender);
        let read: Vec<String> =
            std::iter::from_fn(|| lines.blocking_recv()).map(|line| line.expose().to_owned()).collect();
        assert_eq!(read, ["a", "", "b \u{fffd}"]);
    }

    #[test]
    fn what_was_typed_too_early_is_forgotten() {
        let (sender, lines) = channel(KEPT);
        sender.blocking_send(Secret::new("early")).expect("kept");
        let mut lines = StdinLines { lines: Some(lines) };
        lines.forget();
        sender.blocking_send(Secret::new("answer")).expect("kept");
        drop(sender);
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let read = runtime.block_on(lines.next());
        assert_eq!(read.map(|line| line.expose().to_owned()).as_deref(), Some("answer"));
    }
}
