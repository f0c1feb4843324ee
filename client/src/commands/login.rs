//! `mp login` and `mp account login`: begin a login or join the one that is open, and see it through. The login is the daemon's; this
//! shows it, hands in what a person pastes or chooses, and cancels it when the person who began it gives up.

mod dialogue;
mod picker;

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use clap::{ArgMatches, Command};
use hyper::Method;
use mp_proto::deadline::IDENTITY;
use mp_proto::failure::{Failure, FailureKind, Problems};
use mp_proto::ids::Region;
use mp_proto::routes::{LOGIN, LOGIN_CALLBACK, LOGIN_PROJECT, LOGINS, fill};
use mp_proto::secret::Secret;
use mp_proto::wire::{LoginBody, LoginCallback, LoginChoice, LoginResult, LoginStart, LoginState};
use serde_json::{Value, json};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep_until, timeout};

use crate::arg::{option, switch};
use crate::call::{Call, INTERRUPTED};
use crate::caller::SessionFlags;
use crate::input::{self, StdinLines, is_interactive};
use crate::output::pretty;
use crate::{browser, report};
use dialogue::{Act, Dialogue, Manner};

/// How long the daemon may keep one look at a login waiting for a change.
const WAIT_S: u64 = 25;

/// How long such a look may take before the daemon counts as stuck.
const LOOK: Duration = Duration::from_secs(WAIT_S + 15);

/// How long an interrupted command takes to cancel its login: somebody waits for the prompt.
const CANCEL: Duration = Duration::from_secs(3);

/// Adds the arguments of `mp login`.
pub(crate) fn build(command: Command) -> Command {
    command
        .arg(option(
            "name",
            "NAME",
            "Name of the account to make, or to log in again [default: made of the organisation's]",
        ))
        .arg(option("region", "REGION", "us, eu or in [default: us in a browser, else the one that accepts it]"))
        .arg(option("project", "ID", "Default project of the account [env: MP_PROJECT_ID]").short('p'))
        .arg(
            switch("service-account", "Use a service account: MP_USERNAME, and MP_SECRET or --secret-stdin").short('S'),
        )
        .arg(option("token-env", "NAME", "Use the bearer token in this variable, now and in future"))
        .arg(no_browser())
        .arg(switch("secret-stdin", "Read the service account's secret from stdin"))
}

/// Adds the arguments of `mp account login`.
pub(crate) fn build_again(command: Command) -> Command {
    command.arg(crate::arg::positional("name", "NAME", "Name of a browser account")).arg(no_browser())
}

fn no_browser() -> clap::Arg {
    switch("no-browser", "Only show the URL, and read from stdin what the browser was sent to")
}

/// Runs `mp login`.
///
/// # Errors
/// When the arguments do not fit, or the login fails.
pub(crate) async fn run(arguments: &ArgMatches) -> Result<ExitCode, Failure> {
    // Its options describe the account that it makes; no flag of a call is of use here.
    let mut call = Call::prepare(arguments, &SessionFlags::default())?;
    let start = read(&call)?;
    let Some((login, result)) = follow(&mut call, &start).await? else { return Ok(INTERRUPTED.into()) };
    let value = record(&login, &result);
    call.output.show(&value, || line(&login, &result))?;
    Ok(ExitCode::SUCCESS)
}

/// Runs `mp account login`.
///
/// # Errors
/// When the account is none that logs in by a browser, or the login fails.
pub(crate) async fn again(call: &mut Call<'_>) -> Result<ExitCode, Failure> {
    let Some((login, result)) = follow_again(call).await? else { return Ok(INTERRUPTED.into()) };
    let value = record_again(&login, &result);
    call.output.show(&value, || pretty(&value))?;
    Ok(ExitCode::SUCCESS)
}

/// Logs an account in again and prints nothing to stdout. None when the user has interrupted it.
///
/// # Errors
/// As [`again`].
pub(super) async fn follow_again(call: &mut Call<'_>) -> Result<Option<(LoginBody, LoginResult)>, Failure> {
    let start = LoginStart { account: call.text("name"), ..LoginStart::default() };
    follow(call, &start).await
}

fn read(call: &Call<'_>) -> Result<LoginStart, Failure> {
    let mut problems = Problems::default();
    let given = |id: &str| call.arguments.get_flag(id);
    let (service_account, piped, no_browser) = (given("service-account"), given("secret-stdin"), given("no-browser"));
    let token_env = call.text("token-env");
    if service_account && token_env.is_some() {
        problems.add("--token-env", "excludes --service-account");
    }
    if piped && token_env.is_some() {
        problems.add("--secret-stdin", "is for a service account, and excludes --token-env");
    }
    if no_browser && (service_account || token_env.is_some()) {
        problems.add("--no-browser", "is for a login in a browser, and excludes --service-account and --token-env");
    }
    let region = call.text("region");
    if let Some(text) = &region {
        problems.take("--region", Region::parse(text));
    }
    if call.text("account").is_some() {
        problems.add("--account", "an account that exists is logged in again by --name");
    }
    problems.fail(FailureKind::InvalidArgument, "mp login cannot be run like this")?;
    Ok(LoginStart {
        account: None,
        name: call.text("name"),
        region,
        project: call.text("project"),
        service_account,
        secret: if piped { Some(input::secret()?) } else { None },
        token_env,
        no_browser,
    })
}

fn manner(call: &Call<'_>) -> Manner {
    let no_browser = call.arguments.get_flag("no-browser");
    Manner {
        opens_browser: !no_browser,
        reads_pasted: no_browser || is_interactive(),
        can_ask: is_interactive(),
        quiet: call.quiet,
        shows_waiting: std::io::stderr().is_terminal(),
    }
}

/// Sees a login through. None when the user has interrupted it.
async fn follow(call: &mut Call<'_>, start: &LoginStart) -> Result<Option<(LoginBody, LoginResult)>, Failure> {
    call.allow(IDENTITY);
    let ends = call.arguments.get_one::<u64>("timeout").map(|seconds| Instant::now() + Duration::from_secs(*seconds));
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| {
        Failure::new(FailureKind::Internal, format!("the signal for Ctrl-C could not be had: {error}"))
    })?;
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
        report::say("This login is open already: joining it.");
    }
    let (dialogue, withheld) = (Dialogue::new(manner(call)), start.token_env.clone());
    let id = login.id.clone();
    let mut course = Course { call, id, dialogue, lines: StdinLines::default(), interrupt, ends, withheld };
    let outcome = course.run(login).await;
    // A login that somebody else began is theirs to end.
    if is_ours && matches!(outcome, Ok(None) | Err(Stop::GaveUp(_))) {
        course.cancel().await;
    }
    let Some(login) = outcome.map_err(Stop::into_failure)? else {
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
    report::say(if std::io::stderr().is_terminal() { "\nInterrupted" } else { "Interrupted" });
}

/// Why a login is not done.
enum Stop {
    /// It has ended by itself, or is out of reach.
    Ended(Failure),
    /// This client has had enough of it.
    GaveUp(Failure),
}

impl Stop {
    fn into_failure(self) -> Failure {
        match self {
            Self::Ended(failure) | Self::GaveUp(failure) => failure,
        }
    }
}

/// What happens while a login is open.
enum Event {
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
    async fn run(&mut self, mut login: LoginBody) -> Result<Option<LoginBody>, Stop> {
        let mut acts = self.dialogue.look(&login);
        loop {
            while !acts.is_empty() {
                acts = self.perform(acts, &mut login).await?;
            }
            if login.state == LoginState::Done {
                return Ok(Some(login));
            }
            acts = match self.next_event(login.revision).await {
                Event::Interrupted => return Ok(None),
                Event::Late => return Err(Stop::GaveUp(late())),
                Event::Line(Some(line)) => self.dialogue.line(line),
                Event::Line(None) => self.dialogue.end_of_input(),
                Event::Looked(looked) => {
                    login = *looked.map_err(out_of_reach)?;
                    self.dialogue.look(&login)
                }
            };
        }
    }

    /// Waits for whatever comes first. A look that is given up is asked again: it changes nothing.
    async fn next_event(&mut self, revision: u64) -> Event {
        let path = format!("{}?wait_s={WAIT_S}&after={revision}", fill(LOGIN, &self.id));
        let wants_lines = self.dialogue.wants_lines();
        let ends = self.ends;
        tokio::select! {
            biased;
            _ = self.interrupt.recv() => Event::Interrupted,
            () = async { if let Some(ends) = ends { sleep_until(ends).await } }, if ends.is_some() => Event::Late,
            line = self.lines.next(), if wants_lines => Event::Line(line),
            looked = self.call.daemon.get_within::<LoginBody>(&path, LOOK) => {
                Event::Looked(looked.map(|answer| Box::new(answer.body)))
            }
        }
    }

    /// Carries out acts, and returns those that follow from a refusal.
    async fn perform(&mut self, acts: Vec<Act>, login: &mut LoginBody) -> Result<Vec<Act>, Stop> {
        let mut more = Vec::new();
        for act in acts {
            match act {
                Act::Say(text) => report::say(&text),
                Act::Note(text) => report::note(&text),
                Act::Ask(text) => {
                    self.lines.forget();
                    report::ask(&text);
                }
                Act::Open(url) => browser::open(&url, &self.call.environment, self.withheld.as_deref()),
                Act::Paste(url) => {
                    let sent = LoginCallback { url: Some(url) };
                    more.extend(self.hand_in(LOGIN_CALLBACK, &sent, login).await?);
                }
                Act::Choose(project) => {
                    more.extend(self.hand_in(LOGIN_PROJECT, &LoginChoice { project }, login).await?);
                }
                // The daemon's own end of it needs no cancelling.
                Act::Fail(failure) if login.state.is_final() => return Err(Stop::Ended(failure)),
                Act::Fail(failure) => return Err(Stop::GaveUp(failure)),
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
    ) -> Result<Vec<Act>, Stop> {
        let Err(failure) = self.call.daemon.raw(Method::POST, &fill(route, &self.id), Some(answer)).await else {
            return Ok(Vec::new());
        };
        let looked = self.call.daemon.get_within::<LoginBody>(&fill(LOGIN, &self.id), LOOK).await;
        *login = looked.map_err(out_of_reach)?.body;
        Ok(self.dialogue.refused(&failure, login))
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
fn out_of_reach(failure: Failure) -> Stop {
    Stop::Ended(match failure.kind {
        FailureKind::LoginNotFound => {
            let detail = "mpd does not know the login any more: it was cancelled, or mpd was restarted";
            Failure::new(FailureKind::LoginFailed, detail).next("mp login", "begin another one")
        }
        _ => failure,
    })
}

fn line(login: &LoginBody, result: &LoginResult) -> String {
    let id = result.project.as_ref().map(ToString::to_string);
    let project = result.project_name.clone().or(id).unwrap_or_else(|| "(no project)".to_owned());
    let email = result.user_email.as_deref().unwrap_or("(unknown user)");
    let account = login.account.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("Logged in as {email} → {account} · {project}")
}

/// Returns the user of a login, or null.
pub(super) fn user(result: &LoginResult) -> Value {
    let is_known = result.user_id.is_some() || result.user_email.is_some();
    if is_known { json!({"id": result.user_id, "email": result.user_email}) } else { Value::Null }
}

/// What both commands tell. A time has microseconds, as the Python tool writes it.
fn common(login: &LoginBody, result: &LoginResult) -> [(&'static str, Value); 5] {
    [
        ("account_name", json!(login.account)),
        ("user", user(result)),
        ("expires_at", json!(result.expires_at.map(|end| format!("{end:.6}")))),
        ("tokens_path", json!(result.tokens_path)),
        ("client_path", json!(result.client_path)),
    ]
}

fn record_again(login: &LoginBody, result: &LoginResult) -> Value {
    common(login, result).into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn record(login: &LoginBody, result: &LoginResult) -> Value {
    let project = result.project.as_ref().map(|id| json!({"id": id, "name": result.project_name}));
    let own = [("type", json!(login.r#type)), ("region", json!(login.region)), ("project", json!(project))];
    common(login, result).into_iter().chain(own).map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(result: &Value) -> (LoginBody, LoginResult) {
        let body = json!({"id": "l1", "state": "done", "revision": 4, "type": "oauth_browser", "account": "br",
            "region": "us", "result": result});
        let login: LoginBody = serde_json::from_value(body).expect("a login");
        let result = login.result.clone().expect("a result");
        (login, result)
    }

    #[test]
    fn a_login_tells_who_where_and_what() {
        let (login, result) =
            done(&json!({"user_id": 42, "user_email": "ada@example.com", "project": "7", "project_name": "AI Demo"}));
        assert_eq!(line(&login, &result), "Logged in as ada@example.com → br · AI Demo");
        let (login, result) = done(&json!({"project": "7"}));
        assert_eq!(line(&login, &result), "Logged in as (unknown user) → br · 7");
        let (login, result) = done(&json!({}));
        assert_eq!(line(&login, &result), "Logged in as (unknown user) → br · (no project)");
    }

    #[test]
    fn the_records_are_those_of_the_python_tool_and_a_little_more() {
        let (login, result) = done(&json!({"user_id": 42, "user_email": "ada@example.com",
            "expires_at": "2026-11-23T04:38:01.5Z", "tokens_path": "/r/t.json", "client_path": "/r/c.json"}));
        let expected = json!({"account_name": "br", "user": {"id": 42, "email": "ada@example.com"},
            "expires_at": "2026-11-23T04:38:01.500000Z", "tokens_path": "/r/t.json", "client_path": "/r/c.json"});
        assert_eq!(record_again(&login, &result).to_string(), expected.to_string());
        assert_eq!(record(&login, &result)["project"], Value::Null);
        let (login, result) = done(&json!({"project": "7"}));
        assert_eq!(record(&login, &result)["project"], json!({"id": "7", "name": null}));
        assert_eq!(record_again(&login, &result)["user"], Value::Null);
    }

    #[test]
    fn a_login_that_is_gone_says_what_to_do() {
        let gone = out_of_reach(Failure::new(FailureKind::LoginNotFound, "no such login")).into_failure();
        assert_eq!((gone.kind, gone.next[0].command.as_str()), (FailureKind::LoginFailed, "mp login"));
    }
}
