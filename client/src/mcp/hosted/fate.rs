//! What becomes of a request that had no answer: whether it is sent again and after which pause, or what the client is told. Pure, but for
//! the time.
//!
//! The rule is that of the daemon's own calls: what has certainly not been carried out is sent again while somebody waits, and so is what
//! only reads. Of everything else nobody knows, and the client is told so.

use std::time::Duration;

use mp_proto::failure::{Failure, FailureKind, Next};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::message::FAILED;

/// So long a request waits for a way to the far side. Hosts give a call a minute or more.
const OUTAGE: Duration = Duration::from_secs(45);

/// So long it waits for what the far side's limit allows.
const LIMIT: Duration = Duration::from_secs(60);

/// Pauses between two tries: the first, and the longest. They double.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// After a refusal that does not say when.
const UNTOLD: Duration = Duration::from_secs(5);

/// What the far side allows.
const HOURLY: &str = "it takes 600 requests an hour of a user, whichever tool sends them";

/// What an error says that a login mends.
const GOES_ON: &str = "this server goes on with the next call";

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The daemon says why: there is none, it is leaving, or it could not ask the far side.
    Failure(Failure),
    /// The connection ended in the middle, or what came was no answer.
    Broken(String),
    /// The far side, or what stands before it, had a fault.
    Fault { status: u16, after: Option<u64> },
    /// Its limit was reached.
    Limited { after: Option<u64> },
    /// It does not know the session any more.
    Lost,
    /// It does not take the token, though that was renewed.
    Refused,
    /// The token may not do this.
    Scope { said: String },
    /// It said something else, which is final.
    Said(String),
}

/// An error for the client.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Told {
    pub(super) message: String,
    pub(super) data: Value,
}

/// What to do.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// Send it again after a pause; why, for whoever waits.
    Again(Duration, String),
    /// Begin another session, and send it again.
    Renew,
    /// Tell the client.
    Tell(Box<Told>),
}

/// A request that goes on being sent.
#[derive(Debug)]
pub(super) struct Patience {
    begun: Instant,
    is_read: bool,
    mend: String,
    tries: u32,
    /// How often the far side did not take the token, and did not know the session.
    refused: u32,
    lost: u32,
    /// How long its limit was waited for.
    limited: Duration,
}

impl Patience {
    /// Returns that of a request. The command is what a person has to run where the credential is not good enough.
    pub(super) fn new(is_read: bool, mend: &str) -> Self {
        let (mend, limited) = (mend.to_owned(), Duration::ZERO);
        Self { begun: Instant::now(), is_read, mend, tries: 0, refused: 0, lost: 0, limited }
    }

    /// Decides what to do about a trouble.
    pub(super) fn decide(&mut self, trouble: Trouble) -> Step {
        match trouble {
            Trouble::Failure(failure) if is_passing(&failure) => match self.is_read || is_unsent(&failure) {
                true => self.again(failure.detail.clone(), || of_failure(&failure)),
                false => Step::Tell(unknown(&failure.detail)),
            },
            Trouble::Failure(failure) => tell(of_failure(&failure)),
            Trouble::Broken(why) if self.is_read => self.again(why.clone(), || plain(&why, "broken")),
            Trouble::Broken(why) => Step::Tell(unknown(&why)),
            Trouble::Fault { status, after } => self.fault(status, after),
            Trouble::Limited { after } => self.limited(after),
            Trouble::Lost => self.lost(),
            Trouble::Refused => self.refused(),
            Trouble::Scope { said } => tell(self.scope(&said)),
            Trouble::Said(said) => tell(plain(&said, "refused")),
        }
    }

    /// Sends it again after a pause, unless somebody has waited long enough.
    fn again(&mut self, why: String, told: impl FnOnce() -> Told) -> Step {
        let pause = PAUSES.1.min(PAUSES.0 * 2_u32.saturating_pow(self.tries.min(16)));
        self.tries += 1;
        match self.begun.elapsed() + pause < OUTAGE + self.limited {
            true => Step::Again(pause, why),
            false => tell(told()),
        }
    }

    fn fault(&mut self, status: u16, after: Option<u64>) -> Step {
        let why = format!("Mixpanel's hosted MCP server had a fault ({status})");
        let pause = Duration::from_secs(after.unwrap_or(0));
        if !self.is_read {
            return Step::Tell(unknown(&why));
        }
        match self.again(why.clone(), || plain(&why, FailureKind::UpstreamFault.code())) {
            Step::Again(own, why) if self.begun.elapsed() + pause < OUTAGE => Step::Again(own.max(pause), why),
            Step::Again(..) => tell(plain(&why, FailureKind::UpstreamFault.code())),
            other => other,
        }
    }

    fn limited(&mut self, after: Option<u64>) -> Step {
        let pause = after.map_or(UNTOLD, Duration::from_secs).max(PAUSES.0);
        let why = format!("Mixpanel's hosted MCP server has refused more requests (429): {HOURLY}");
        if self.limited + pause <= LIMIT {
            self.limited += pause;
            return Step::Again(pause, why);
        }
        let seconds = pause.as_secs().max(1);
        let data = json!({"code": FailureKind::RateLimited.code(), "retryAfterSeconds": seconds});
        tell(Told { message: format!("{why}. Try again in {seconds} s"), data })
    }

    fn lost(&mut self) -> Step {
        self.lost += 1;
        match self.lost {
            1 | 2 => Step::Renew,
            _ => tell(plain("Mixpanel's hosted MCP server forgets each session that it begins", "session_lost")),
        }
    }

    fn refused(&mut self) -> Step {
        self.refused += 1;
        // A message that was too long for the daemon to keep could not be sent again by it.
        if self.refused == 1 {
            return Step::Again(PAUSES.0, "the token was refused, and renewed".to_owned());
        }
        let command = &self.mend;
        let message = format!(
            "Mixpanel's hosted MCP server does not accept the login of this machine (401). Ask the user to run `{command}`; \
             {GOES_ON}"
        );
        tell(Told {
            message,
            data: data(
                FailureKind::CredentialRefused.code(),
                &[Next::new(command, "give it a credential that is good")],
            ),
        })
    }

    fn scope(&self, said: &str) -> Told {
        let command = &self.mend;
        let message = format!(
            "the login of this machine may not do this: {said}. A login has the scopes that Mixpanel had when it was made: ask the \
             user to run `{command}` for a new one, with wider scopes; {GOES_ON}"
        );
        Told { message, data: data("insufficient_scope", &[Next::new(command, "log in again, with wider scopes")]) }
    }
}

/// Returns whether a failure may be another one a moment later.
fn is_passing(failure: &Failure) -> bool {
    use FailureKind as Kind;
    matches!(
        failure.kind,
        Kind::Unreachable
            | Kind::Stopping
            | Kind::TooManyConnections
            | Kind::TokenUnavailable
            | Kind::UpstreamUnreachable
            | Kind::UpstreamFault
            | Kind::BodyTimeout
            | Kind::Timeout
    )
}

/// Returns whether nothing of a request has certainly reached the far side.
fn is_unsent(failure: &Failure) -> bool {
    use FailureKind as Kind;
    failure.unsent || matches!(failure.kind, Kind::Stopping | Kind::TooManyConnections | Kind::TokenUnavailable)
}

fn tell(told: Told) -> Step {
    Step::Tell(Box::new(told))
}

fn plain(message: &str, code: &str) -> Told {
    Told { message: message.to_owned(), data: data(code, &[]) }
}

/// Returns what is told where the far side has forgotten the session.
pub(super) fn forgotten(why: &str) -> Told {
    plain(&format!("Mixpanel's hosted MCP server has forgotten the session, and {why}"), "session_lost")
}

fn unknown(why: &str) -> Box<Told> {
    let message = format!(
        "{why}. The request was on its way: it may or may not have been carried out. Look before you repeat it"
    );
    Box::new(plain(&message, "fate_unknown"))
}

/// Returns a failure of the daemon as an agent can use it: with what a person has to run.
pub(super) fn of_failure(failure: &Failure) -> Told {
    let next: Vec<String> = failure.next.iter().map(|next| format!("`{}` ({})", next.command, next.label)).collect();
    let message = match next.as_slice() {
        [] => failure.detail.clone(),
        next => format!("{}. Ask the user to run {}; {GOES_ON}", failure.detail, next.join(" or ")),
    };
    Told { message, data: data(failure.kind.code(), &failure.next) }
}

fn data(code: &str, next: &[Next]) -> Value {
    let mut data = json!({"code": code});
    if !next.is_empty() {
        data["next"] = serde_json::to_value(next).unwrap_or_default();
    }
    data
}

impl Told {
    /// Returns it as the error that answers a request.
    pub(super) fn answer(self, id: &str) -> bytes::Bytes {
        super::message::error(id, FAILED, &self.message, Some(self.data))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(kind: FailureKind, unsent: bool) -> Trouble {
        Trouble::Failure(Failure { unsent, ..Failure::new(kind, "it is so") })
    }

    fn code(step: Step) -> String {
        match step {
            Step::Tell(told) => told.data["code"].as_str().expect("a code").to_owned(),
            Step::Again(..) => "again".to_owned(),
            Step::Renew => "renew".to_owned(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_certainly_not_carried_out_is_sent_again_and_all_else_only_if_it_reads() {
        use FailureKind as Kind;
        type Case = (fn() -> Trouble, &'static str, &'static str);
        let cases: [Case; 9] = [
            (|| failure(Kind::Unreachable, true), "again", "again"),
            (|| failure(Kind::Unreachable, false), "fate_unknown", "again"),
            (|| failure(Kind::UpstreamUnreachable, true), "again", "again"),
            (|| failure(Kind::UpstreamUnreachable, false), "fate_unknown", "again"),
            (|| failure(Kind::Stopping, false), "again", "again"),
            (|| failure(Kind::LoginRequired, false), "login_required", "login_required"),
            (|| Trouble::Broken("it broke".to_owned()), "fate_unknown", "again"),
            (|| Trouble::Fault { status: 502, after: None }, "fate_unknown", "again"),
            (|| Trouble::Lost, "renew", "renew"),
        ];
        for (trouble, write, read) in cases {
            for (is_read, expected) in [(false, write), (true, read)] {
                let step = Patience::new(is_read, "mp login").decide(trouble());
                assert_eq!(code(step), expected, "{:?}, {is_read}", trouble());
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_and_nobody_waits_for_ever() {
        let mut patience = Patience::new(true, "mp login");
        let mut pauses = Vec::new();
        while let Step::Again(pause, _) = patience.decide(failure(FailureKind::Unreachable, true)) {
            tokio::time::sleep(pause).await;
            pauses.push(pause.as_millis());
        }
        assert_eq!(pauses[..7], [50, 100, 200, 400, 800, 1600, 2000]);
        assert!((20..30).contains(&pauses.len()), "{}", pauses.len());
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_is_waited_for_as_told_and_within_bounds() {
        let mut patience = Patience::new(false, "mp login");
        let seconds = |step| match step {
            Step::Again(pause, _) => pause.as_secs(),
            step => panic!("{step:?}"),
        };
        assert_eq!(seconds(patience.decide(Trouble::Limited { after: Some(20) })), 20);
        assert_eq!(seconds(patience.decide(Trouble::Limited { after: None })), 5);
        let Step::Tell(told) = patience.decide(Trouble::Limited { after: Some(1800) }) else { panic!("it waits") };
        assert!(told.message.contains("600 requests an hour") && told.message.contains("1800 s"), "{}", told.message);
        assert_eq!(told.data["retryAfterSeconds"], 1800);
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_that_is_not_taken_is_tried_once_more_and_then_a_person_is_asked() {
        let mut patience = Patience::new(false, "mp account login team");
        assert_eq!(code(patience.decide(Trouble::Refused)), "again");
        let Step::Tell(told) = patience.decide(Trouble::Refused) else { panic!("it goes on") };
        assert!(told.message.contains("mp account login team") && told.message.contains("goes on"), "{}", told.message);
        let step =
            Patience::new(false, "mp login").decide(Trouble::Scope { said: "Missing scope: metrics".to_owned() });
        let Step::Tell(told) = step else { panic!("it goes on") };
        assert!(
            told.message.contains("Missing scope: metrics") && told.message.contains("`mp login`"),
            "{}",
            told.message
        );
        for _ in 0..2 {
            assert_eq!(patience.decide(Trouble::Lost), Step::Renew);
        }
        assert_eq!(code(patience.decide(Trouble::Lost)), "session_lost");
    }
}
