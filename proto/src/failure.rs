//! What can go wrong, as every side sees it: one table from kind to HTTP status and exit code, and the RFC 9457 body.

mod kind;

use serde::{Deserialize, Serialize};

pub use kind::FailureKind;

/// A command that would help, and what it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Next {
    /// What to run, ready to paste.
    pub command: String,
    /// What it does, in a few words.
    pub label: String,
}

impl Next {
    /// Returns a next step.
    pub fn new(command: impl Into<String>, label: impl Into<String>) -> Self {
        Self { command: command.into(), label: label.into() }
    }
}

/// One of several problems of the same input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Where: `file:line:column`, a flag, a variable, or the name of a field.
    pub at: String,
    /// The stable word for what is wrong, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What is wrong and what was expected.
    pub detail: String,
    /// What may have been meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<String>,
}

impl Problem {
    /// Returns a problem.
    pub fn new(at: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { at: at.into(), code: None, detail: detail.into(), suggestions: Vec::new() }
    }

    /// Names what is wrong, for programs.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Tells what may have been meant.
    #[must_use]
    pub fn suggestions(mut self, suggestions: Vec<String>) -> Self {
        self.suggestions = suggestions;
        self
    }
}

/// Gathers what is wrong with one input, so that all of it is told at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Adds a problem.
    pub fn add(&mut self, at: impl Into<String>, detail: impl Into<String>) {
        self.0.push(Problem::new(at, detail));
    }

    /// Adds what another part of the input was found to have.
    pub fn extend(&mut self, others: impl IntoIterator<Item = Problem>) {
        self.0.extend(others);
    }

    /// Takes what was made of a part, and notes its problem if nothing could be made of it.
    pub fn take<T>(&mut self, at: &str, made: Result<T, impl std::fmt::Display>) -> Option<T> {
        made.map_err(|error| self.add(at, error.to_string())).ok()
    }

    /// Returns whether nothing was wrong so far.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether something is wrong with a part already.
    pub fn has(&self, at: &str) -> bool {
        self.0.iter().any(|problem| problem.at == at)
    }

    /// Returns the problems.
    pub fn into_vec(self) -> Vec<Problem> {
        self.0
    }

    /// Returns what was made of the input if nothing was wrong with it, else the problems.
    ///
    /// # Errors
    /// All problems, of which there is one at least where `made` is none.
    pub fn check<T>(self, made: Option<T>) -> Result<T, Vec<Problem>> {
        match made {
            Some(made) if self.0.is_empty() => Ok(made),
            _ => Err(self.0),
        }
    }

    /// Returns the failure that they are, if there is one; `together` says what several of them come to.
    ///
    /// # Errors
    /// When something is wrong. A single problem is the whole text; several are listed.
    pub fn fail(self, kind: FailureKind, together: &str) -> Result<(), Failure> {
        match self.0.as_slice() {
            [] => Ok(()),
            [one] => Err(Failure::new(kind, format!("{}: {}", one.at, one.detail))),
            _ => Err(Failure::new(kind, together).errors(self.0)),
        }
    }
}

/// Returns an error and its causes in one line. A cause that the error before it repeats is not said twice.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let said = next.to_string();
        if !text.ends_with(&said) {
            text = format!("{text}: {said}");
        }
        cause = next.source();
    }
    text
}

/// What Mixpanel itself said, where a failure is its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Upstream {
    /// Its HTTP status.
    pub status: u16,
    /// The id under which Mixpanel's log knows the request, if it told one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// A failure: the `application/problem+json` body of the socket API (RFC 9457), less what its kind implies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Decides status, code and exit code.
    pub kind: FailureKind,
    /// What happened this time, for a person.
    pub detail: String,
    /// The account it is about.
    pub account: Option<String>,
    /// Seconds after which a repetition may succeed.
    pub retry_after_s: Option<u64>,
    /// What to run.
    pub next: Vec<Next>,
    /// All problems of the input, when there is more to say than `detail`.
    pub errors: Vec<Problem>,
    /// The variables that a repetition must bring, for [`FailureKind::ContextRequired`].
    pub env: Vec<String>,
    /// What Mixpanel said, where this is its answer.
    pub upstream: Option<Upstream>,
    /// Whether nothing of the request has reached Mixpanel, where that is known: then it can be repeated, whatever it does.
    pub unsent: bool,
}

impl Failure {
    /// Returns a failure with nothing but its detail.
    pub fn new(kind: FailureKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            account: None,
            retry_after_s: None,
            next: Vec::new(),
            errors: Vec::new(),
            env: Vec::new(),
            upstream: None,
            unsent: false,
        }
    }

    /// Returns the HTTP status of the answer: Mixpanel's own where this is Mixpanel's answer.
    pub fn status(&self) -> u16 {
        self.upstream.as_ref().map_or(self.kind.status(), |upstream| upstream.status)
    }

    /// Adds a command that would help.
    #[must_use]
    pub fn next(mut self, command: impl Into<String>, label: impl Into<String>) -> Self {
        self.next.push(Next::new(command, label));
        self
    }

    /// Names the account that the failure is about.
    #[must_use]
    pub fn account(mut self, name: impl Into<String>) -> Self {
        self.account = Some(name.into());
        self
    }

    /// Adds the single problems.
    #[must_use]
    pub fn errors(mut self, errors: Vec<Problem>) -> Self {
        self.errors = errors;
        self
    }

    /// Returns the problem+json body.
    pub fn to_body(&self) -> ProblemBody {
        ProblemBody {
            r#type: format!("urn:mp:problem:{}", self.kind.code()),
            title: self.kind.title().to_owned(),
            status: self.status(),
            detail: self.detail.clone(),
            code: self.kind.code().to_owned(),
            account: self.account.clone(),
            retry_after_s: self.retry_after_s,
            next: self.next.clone(),
            errors: self.errors.clone(),
            env: self.env.clone(),
            upstream: self.upstream.clone(),
            unsent: self.unsent,
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Failure {}

impl From<ProblemBody> for Failure {
    /// A code that this build does not know (a newer daemon's) keeps its text and counts as an internal error.
    fn from(body: ProblemBody) -> Self {
        Self {
            kind: FailureKind::from_code(&body.code).unwrap_or(FailureKind::Internal),
            detail: body.detail,
            account: body.account,
            retry_after_s: body.retry_after_s,
            next: body.next,
            errors: body.errors,
            env: body.env,
            upstream: body.upstream,
            unsent: body.unsent,
        }
    }
}

/// The body `application/problem+json` of RFC 9457, with the members of this API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProblemBody {
    /// `urn:mp:problem:<code>`.
    pub r#type: String,
    /// The kind, for people.
    pub title: String,
    /// The HTTP status, repeated.
    pub status: u16,
    /// What happened this time.
    pub detail: String,
    /// The kind, for programs.
    pub code: String,
    /// The account it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Seconds after which a repetition may succeed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u64>,
    /// What to run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<Next>,
    /// All problems of the input.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Problem>,
    /// The variables that a repetition must bring.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
    /// What Mixpanel said, where this is its answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<Upstream>,
    /// True where nothing of the request has reached Mixpanel, and that is known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unsent: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_are_told_together_and_one_alone_is_the_text() {
        let mut problems = Problems::default();
        assert_eq!(problems.take("--region", Ok::<_, Failure>(7)), Some(7));
        assert!(problems.is_empty() && problems.clone().fail(FailureKind::InvalidArgument, "many").is_ok());
        assert_eq!(problems.take::<u8>("--region", Err("is no region")), None);
        let one = problems.clone().fail(FailureKind::InvalidArgument, "many").expect_err("one");
        assert_eq!((one.detail.as_str(), one.errors.len()), ("--region: is no region", 0));
        problems.add("--name", "is missing");
        assert!(problems.has("--name") && !problems.has("--type"));
        let two = problems.clone().fail(FailureKind::InvalidValue, "many").expect_err("two");
        assert_eq!((two.kind, two.detail.as_str(), two.errors.len()), (FailureKind::InvalidValue, "many", 2));
        assert_eq!(problems.check(Some(1)).map_err(|all| all.len()), Err(2));
        assert_eq!(Problems::default().check(Some(1)), Ok(1));
    }

    #[test]
    fn a_chain_says_each_cause_once() {
        #[derive(Debug, thiserror::Error)]
        #[error("could not read /x")]
        struct Outer(#[source] Inner);
        #[derive(Debug, thiserror::Error)]
        #[error("denied")]
        struct Inner;
        #[derive(Debug, thiserror::Error)]
        #[error("it was {0}")]
        struct Same(#[source] Inner);
        assert_eq!(chain(&Outer(Inner)), "could not read /x: denied");
        assert_eq!(chain(&Same(Inner)), "it was denied");
    }

    #[test]
    fn a_failure_survives_its_body() {
        let failure = Failure::new(FailureKind::AccountNotFound, "account 'x' is not configured")
            .account("x")
            .next("mp account list", "see the accounts")
            .errors(vec![
                Problem::new("--account", "unknown"),
                Problem::new("mode", "is none").code("ASK_WORD").suggestions(vec!["line".to_owned()]),
            ]);
        let json = serde_json::to_string(&failure.to_body()).expect("serialises");
        let body: ProblemBody = serde_json::from_str(&json).expect("reads back");
        assert_eq!(Failure::from(body), failure);
    }

    #[test]
    fn a_code_of_a_newer_daemon_is_an_internal_error_with_its_text() {
        let mut body = Failure::new(FailureKind::Internal, "something new").to_body();
        body.code = "brand_new".to_owned();
        assert_eq!(Failure::from(body), Failure::new(FailureKind::Internal, "something new"));
    }
}
