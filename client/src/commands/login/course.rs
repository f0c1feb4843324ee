//! The course of a login: what a person does and what the daemon tells, one after the other, until it is done or given up.

use std::time::Duration;

use hyper::Method;
use mp_proto::deadline::IDENTITY;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::{LOGIN, LOGIN_CALLBACK, LOGIN_PROJECT, LOGINS, fill};
use mp_proto::secret::Secret;
use mp_proto::wire::{LoginBody, LoginCallback, LoginChoice, LoginResult, LoginStart, LoginState};
use tokio::signal::unix::Signal;
use tokio::time::{Instant, sleep_until, timeout};

use super::dialogue::{Act, Dialogue, Manner};
use crate::call::Call;
use crate::input::{StdinLines, interrupts, is_interactive};
use crate::output::screen;
use crate::{browser, report};

/// How long the daemon may keep one look at a login waiting for a change.
const WAIT_S: u64 = 25;

/// How long such a look may take before the daemon counts as stuck.
const LOOK: Duration = Duration::from_secs(WAIT_S + 15);

/// How long an interrupted command takes to cancel its login: somebody waits for the prompt.
const CANCEL: Duration = Duration::from_secs(3);

/// Logs an account in again and prints nothing to stdout. None when the user has interrupted it.
///
/// # Errors
/// As [`follow`].
pub(crate) async fn follow_again(call: &mut Call<'_>) -> Result<Option<(LoginBody, LoginResult)>, Failure> {
    let no_browser = call.arguments.get_flag("no-browser");
    follow(call, &LoginStart { account: call.text("name"), no_browser, ..LoginStart::default() }).await
}

fn manner(call: &Call<'_>) -> Manner {
    let no_browser = call.arguments.get_flag("no-browser");
    Manner {
        opens_browser: !no_browser,
        reads_pasted: no_browser || is_interactive(),
        can_ask: is_interactive(),
        quiet: call.quiet,
        shows_waiting: screen::is_stderr_watched(),
    }
}

/// Sees a login through. None when the user has interrupted it.
///
/// # Errors
/// When it fails, or the daemon cannot be asked.
pub(super) async fn follow(
    call: &mut Call<'_>,
    start: &LoginStart,
) -> Result<Option<(LoginBody, LoginResult)>, Failure> {
    call.allow(IDENTITY);
    let ends = call.arguments.get_one::<u64>("timeout").map(|seconds| Instant::now() + Duration::from_secs(*seconds));
    let mut interrupt = interrupts()?;
    let begun = tokio::select! {
        biased;
        _ = interrupt.recv() => {
            say_interrupted();
            return Ok(None);
        }
        begun = call.daemon.call::<LoginBody>(Method::POST, LOGINS, Some(start)) => begun?,
    };
    let is_ours = begun.created;
    let login = call.body(begun);
    if !is_ours && !call.quiet {
        report::say(&format!("This login is open already: joining it (`mp login --cancel {}` ends it).", login.id));
    }
    let finish = LoginStart { project: Some("ID".to_owned()), ..start.clone() }.command();
    let (dialogue, withheld) = (Dialogue::new(manner(call), finish), start.token_env.clone());
    let id = login.id.clone();
    let mut course = Course { call, id, dialogue, lines: StdinLines::default(), interrupt, ends, withheld };
    let outcome = course.run(login).await;
    // A login that somebody else began is theirs to end.
    if is_ours && matches!(outcome, Ok(None) | Err(Unfinished::GaveUp(_))) {
        course.cancel().await;
    }
    let Some(login) = outcome.map_err(Unfinished::into_failure)? else {
        say_interrupted();
        return Ok(None);
    };
    let result = login.result.clone().ok_or_else(|| {
        Failure::new(FailureKind::Internal, "the login is done, but mpd does not say what came of it")
            .next("mp account list", "see the accounts")
    })?;
    Ok(Some((login, result)))
}

/// A terminal has shown the keys, and the cursor is behind them.
fn say_interrupted() {
    report::say(if screen::is_stderr_watched() { "\nInterrupted" } else { "Interrupted" });
}

/// Why a login is not done.
enum Unfinished {
    /// It has ended by itself, or is out of reach.
    Ended(Failure),
    /// This client gives it up.
    GaveUp(Failure),
    /// This client goes, and another command finishes it.
    Left(Failure),
}

impl Unfinished {
    fn into_failure(self) -> Failure {
        match self {
            Self::Ended(failure) | Self::GaveUp(failure) | Self::Left(failure) => failure,
        }
    }
}

/// What ends a wait while a login is open.
enum Wake {
    Interrupted,
    Late,
    Line(Option<Secret>),
    Looked(Result<Box<LoginBody>, Failure>),
}

/// A login on its way.
struct Course<'a, 'b> {
    call: &'a mut Call<'b>,
    id: String,
    dialogue: Dialogue,
    lines: StdinLines,
    interrupt: Signal,
    /// When the caller's own patience ends. The daemon's ends the login after five minutes.
    ends: Option<Instant>,
    /// A variable that the browser must not see.
    withheld: Option<String>,
}

impl Course<'_, '_> {
    /// Returns the login that is done, or none when the user interrupts.
    async fn run(&mut self, mut login: LoginBody) -> Result<Option<LoginBody>, Unfinished> {
        let mut acts = self.dialogue.look(&login);
        loop {
            while !acts.is_empty() {
                acts = self.perform(acts, &mut login).await?;
            }
            if login.state == LoginState::Done {
                return Ok(Some(login));
            }
            acts = match self.wake(login.revision).await {
                Wake::Interrupted => return Ok(None),
                Wake::Late => return Err(Unfinished::GaveUp(late())),
                Wake::Line(Some(line)) => self.dialogue.line(line),
                Wake::Line(None) => self.dialogue.end_of_input(),
                Wake::Looked(looked) => {
                    login = *looked.map_err(out_of_reach)?;
                    self.dialogue.look(&login)
                }
            };
        }
    }

    /// Waits for whatever comes first. A look that is given up is asked again: it changes nothing.
    async fn wake(&mut self, revision: u64) -> Wake {
        let path = format!("{}?wait_s={WAIT_S}&after={revision}", fill(LOGIN, &self.id));
        let wants_lines = self.dialogue.wants_lines();
        let ends = self.ends;
        tokio::select! {
            biased;
            _ = self.interrupt.recv() => Wake::Interrupted,
            () = async { if let Some(ends) = ends { sleep_until(ends).await } }, if ends.is_some() => Wake::Late,
            line = self.lines.next(), if wants_lines => Wake::Line(line),
            looked = self.call.daemon.get_within::<LoginBody>(&path, LOOK) => {
                Wake::Looked(looked.map(|answer| Box::new(self.call.body(answer))))
            }
        }
    }

    /// Carries out acts, and returns those that follow from a refusal.
    async fn perform(&mut self, acts: Vec<Act>, login: &mut LoginBody) -> Result<Vec<Act>, Unfinished> {
        let mut more = Vec::new();
        for act in acts {
            match act {
                Act::Say(text) => report::say(&text),
                Act::Note(text) => report::note(&text),
                Act::Ask(text) => {
                    self.lines.forget();
                    report::ask(&text);
                }
                Act::Open(url) => drop(browser::open(&url, &self.call.environment, self.withheld.as_deref())),
                Act::Paste(url) => {
                    let sent = LoginCallback { url: Some(url) };
                    more.extend(self.hand_in(LOGIN_CALLBACK, &sent, login).await?);
                }
                Act::Choose(project) => {
                    more.extend(self.hand_in(LOGIN_PROJECT, &LoginChoice { project }, login).await?);
                }
                // The daemon's own end of it needs no cancelling.
                Act::Fail(failure) if login.state.is_final() => return Err(Unfinished::Ended(failure)),
                Act::Fail(failure) => return Err(Unfinished::GaveUp(failure)),
                Act::Leave(failure) => return Err(Unfinished::Left(failure)),
            }
        }
        Ok(more)
    }

    /// Hands in an answer. Where it is refused, a look tells whether it was wrong, or only late.
    async fn hand_in(
        &mut self,
        route: &str,
        answer: &impl serde::Serialize,
        login: &mut LoginBody,
    ) -> Result<Vec<Act>, Unfinished> {
        let Err(failure) = self.call.daemon.raw(Method::POST, &fill(route, &self.id), Some(answer)).await else {
            return Ok(Vec::new());
        };
        let looked = self.call.daemon.get_within::<LoginBody>(&fill(LOGIN, &self.id), LOOK).await;
        *login = looked.map_err(out_of_reach)?.body;
        Ok(self.dialogue.refused(&failure, login, self.lines.has_more()))
    }

    /// Cancels the login. Whether that works is of no more interest: it ends by itself, too.
    async fn cancel(&mut self) {
        let path = fill(LOGIN, &self.id);
        let _ = timeout(CANCEL, self.call.daemon.raw(Method::DELETE, &path, None::<&()>)).await;
    }
}

fn late() -> Failure {
    Failure::new(FailureKind::Timeout, "the login was not finished in the time of --timeout")
}

/// A login does not outlive its daemon.
fn out_of_reach(failure: Failure) -> Unfinished {
    Unfinished::Ended(match failure.kind {
        FailureKind::LoginNotFound => {
            let detail = "mpd does not know the login any more: it was cancelled, or mpd was restarted";
            Failure::new(FailureKind::LoginFailed, detail).next("mp login", "begin another one")
        }
        _ => failure,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_that_is_gone_says_what_to_do() {
        let gone = out_of_reach(Failure::new(FailureKind::LoginNotFound, "no such login")).into_failure();
        assert_eq!((gone.kind, gone.next[0].command.as_str()), (FailureKind::LoginFailed, "mp login"));
    }
}
