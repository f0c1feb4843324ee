//! Opens a URL in the user's browser: by `$BROWSER` first, then by what the system has. No shell is involved, and the browser gets
//! none of the variables that may hold a credential.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use mp_proto::context::VARIABLES;

use crate::caller::Environment;

/// A command of the system that fails within this time has not opened anything; one that fails later was the browser itself, closed by
/// the user.
const FAILS_AT_ONCE: Duration = Duration::from_secs(2);

/// A browser that is being opened. It is left to itself when this is dropped.
pub(crate) struct Opening(Receiver<()>);

impl Opening {
    /// Waits until a command has opened it, or has run for so long that it is the browser itself.
    pub(crate) fn settle(self) {
        // Nothing follows from either: the URL is printed, too.
        let _ = self.0.recv_timeout(FAILS_AT_ONCE);
    }
}

/// Opens a URL in the background and prints nothing: the caller prints the URL anyway. `withheld` is a variable that the browser must
/// not see, beside those of [`VARIABLES`].
pub(crate) fn open(url: &str, environment: &Environment, withheld: Option<&str>) -> Opening {
    let own = candidates(environment.get("BROWSER").unwrap_or_default(), url).into_iter().filter_map(|words| {
        let (program, arguments) = words.split_first()?;
        let mut command = Command::new(program);
        command.args(arguments);
        Some(command)
    });
    let (mut own, mut systems): (Vec<Command>, Vec<Command>) = (own.collect(), open::commands(url));
    for command in own.iter_mut().chain(&mut systems) {
        detach(command);
        for name in VARIABLES.iter().map(|variable| variable.name).chain(withheld) {
            command.env_remove(name);
        }
    }
    // It waits for each command, which nobody else does; it ends with this process at the latest, and the browser does not.
    let (sender, opening) = channel();
    std::thread::spawn(move || {
        let _ = first_that_runs(own) || first_that_works(systems);
        // Most callers do not wait.
        let _ = sender.send(());
    });
    Opening(opening)
}

/// A browser is no part of this command: Ctrl-C is not for it, and it must not read or write here.
fn detach(command: &mut Command) {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
}

/// Runs the user's own commands one after the other until one could be run. How it ends says nothing: some browsers always end with 1, as
/// Windows' own does below WSL, and a second browser would be one too many.
fn first_that_runs(commands: Vec<Command>) -> bool {
    commands.into_iter().any(|mut command| command.spawn().is_ok_and(ran))
}

/// Returns whether a program was run, and is not only the shell that did not find it.
fn ran(mut child: Child) -> bool {
    child.wait().is_ok_and(|status| !matches!(status.code(), Some(126 | 127)))
}

/// Runs one after the other until one works.
fn first_that_works(commands: Vec<Command>) -> bool {
    commands.into_iter().any(|mut command| command.spawn().is_ok_and(worked))
}

fn worked(mut child: Child) -> bool {
    let begun = Instant::now();
    child.wait().is_ok_and(|status| status.success()) || begun.elapsed() > FAILS_AT_ONCE
}

/// Returns the commands that `$BROWSER` names, as the words of each. It is a list parted by `:`, in the way of Python's `webbrowser`:
/// `%s` stands for the URL, which else comes last; an `&` at the end says that the command need not be waited for, which none is.
fn candidates(browser: &str, url: &str) -> Vec<Vec<String>> {
    browser.split(':').map(words).filter(|words| !words.is_empty()).map(|words| with_url(words, url)).collect()
}

fn with_url(mut words: Vec<String>, url: &str) -> Vec<String> {
    if words.len() > 1 && words.last().is_some_and(|word| word == "&") {
        words.pop();
    }
    let has_place = words.iter().skip(1).any(|word| word.contains("%s"));
    let filled = words.into_iter().enumerate();
    let filled = filled.map(|(at, word)| if at == 0 { word } else { word.replace("%s", url) });
    filled.chain((!has_place).then(|| url.to_owned())).collect()
}

/// Splits at blanks, but not inside quotes and after a backslash, as a shell does; nothing else of a shell is done.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), letter) if open == letter => quote = None,
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(letters.next()),
            (None, letter) if letter.is_whitespace() => words.extend(word.take()),
            (_, letter) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://mixpanel.com/oauth/authorize/?a=1&b=%73";

    fn check(browser: &str, expected: &[&[&str]]) {
        assert_eq!(candidates(browser, URL), expected, "{browser}");
    }

    #[test]
    fn the_variable_lists_commands_with_or_without_a_place_for_the_url() {
        check("", &[]);
        check("::", &[]);
        check("firefox", &[&["firefox", URL]]);
        check("firefox --new-tab", &[&["firefox", "--new-tab", URL]]);
        check("open -u %s --wait", &[&["open", "-u", URL, "--wait"]]);
        check("x --url=%s &", &[&["x", &format!("--url={URL}")]]);
        check("one:two %s:", &[&["one", URL], &["two", URL]]);
    }

    #[test]
    fn words_are_a_shells_and_nothing_else_is() {
        check(r#""/opt/My Browser/run" 'a b' c\ d"#, &[&["/opt/My Browser/run", "a b", "c d", URL]]);
        check(r#"x "" ; rm $HOME | `y`"#, &[&["x", "", ";", "rm", "$HOME", "|", "`y`", URL]]);
        check(r#"x "a\"b" 'c\d"#, &[&["x", "a\"b", "c\\d", URL]]);
    }

    #[test]
    fn a_url_is_one_word_whatever_is_in_it() {
        let url = "https://h/?a=%s&b= c;d";
        assert_eq!(candidates("x %s", url), [["x", url]]);
        assert_eq!(candidates("%s", url), [["%s", url]], "what is run is never the URL");
    }

    fn command(words: &[&str]) -> Command {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]);
        detach(&mut command);
        command
    }

    #[test]
    fn a_browser_of_the_users_own_that_ran_is_enough_however_it_ends() {
        let dir = tempfile::tempdir().expect("a directory");
        let mark = dir.path().join("second");
        let second = || command(&["touch", mark.to_str().expect("ASCII")]);
        assert!(first_that_runs(vec![command(&["false"]), second()]));
        assert!(!mark.exists(), "one browser is enough");
        let none = [command(&["/no/such/program"]), command(&["sh", "-c", "/no/such/program"])];
        assert!(!first_that_runs(none.into()));
        assert!(first_that_runs(vec![command(&["/no/such/program"]), second()]) && mark.exists());
    }

    #[test]
    fn the_systems_next_command_is_tried_when_one_cannot_be_run_or_fails_at_once() {
        assert!(first_that_works(vec![command(&["/no/such/program"]), command(&["false"]), command(&["true"])]));
        assert!(!first_that_works(vec![command(&["/no/such/program"]), command(&["false"])]));
    }
}
