//! Where errors become failures: here, and only here, an error gets its kind and its hints.

use std::path::Path;

use mp_proto::context::ContextError;
use mp_proto::failure::{Failure, FailureKind, Next, Problem};

use crate::bridge::BridgeError;
use crate::config::edit::EditError;
use crate::config::legacy::legacy_recovery;
use crate::config::snapshot::{Snapshot, State};
use crate::config::{ConfigProblem, Scope};
use crate::files::read::ReadError;
use crate::files::replace::ReplaceError;
use crate::resolve::ResolveError;
use crate::session::endpoint::EndpointError;
use crate::session::forget::ForgetError;
use crate::session::login::callback::NoListener;
use crate::session::login::register::RegisterError;
use crate::session::login::returned::NotOurs;
use crate::session::store::TokensError;
use crate::telemetry::TelemetryError;

/// A context that cannot be read. Both types are the protocol crate's, so this is no `From`.
pub fn of_context(error: &ContextError) -> Failure {
    Failure::new(FailureKind::InvalidContext, error.to_string())
}

impl From<TelemetryError> for Failure {
    fn from(error: TelemetryError) -> Self {
        let kind = match error {
            TelemetryError::Filter { .. } => FailureKind::InvalidArgument,
            TelemetryError::Open { .. } | TelemetryError::Twice => FailureKind::Internal,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<ForgetError> for Failure {
    fn from(error: ForgetError) -> Self {
        Self::new(FailureKind::Storage, chain(&error))
    }
}

impl From<NoListener> for Failure {
    fn from(error: NoListener) -> Self {
        Self::new(FailureKind::LoginFailed, chain(&error))
            .next("mp login --no-browser", "log in by pasting the address from any browser")
    }
}

impl From<RegisterError> for Failure {
    fn from(error: RegisterError) -> Self {
        let mut failure = match &error {
            RegisterError::Store(_) => Self::new(FailureKind::Storage, chain(&error)),
            _ => Self::new(FailureKind::LoginFailed, chain(&error)),
        };
        if let RegisterError::Status { retry_after_s, .. } = error {
            failure.retry_after_s = retry_after_s;
        }
        failure
    }
}

/// The code of a login could not be turned into tokens. It cannot be used again.
pub fn exchange_failed(error: &EndpointError) -> Failure {
    let mut failure = Failure::new(FailureKind::LoginFailed, format!("the code could not be exchanged: {error}"));
    if let EndpointError::Weather { retry_after: Some(pause), .. } = error {
        failure.retry_after_s = Some(pause.as_secs());
    }
    failure
}

impl From<NotOurs> for Failure {
    fn from(error: NotOurs) -> Self {
        let kind = match error {
            NotOurs::Incomplete => FailureKind::InvalidArgument,
            NotOurs::WrongState => FailureKind::LoginFailed,
        };
        Self::new(kind, format!("that is not the end of this login: {error}"))
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        let kind = match error {
            ReadError::Unstable { .. } | ReadError::Io { .. } => FailureKind::Storage,
            _ => FailureKind::UnsafeFile,
        };
        let failure = Self::new(kind, chain(&error));
        match error.hint() {
            Some(command) => failure.next(command, "let only its owner read it"),
            None => failure,
        }
    }
}

impl From<ReplaceError> for Failure {
    fn from(error: ReplaceError) -> Self {
        let kind = match error {
            ReplaceError::Symlink { .. } | ReplaceError::NotRegular { .. } => FailureKind::UnsafeFile,
            _ => FailureKind::Storage,
        };
        Self::new(kind, chain(&error))
    }
}

impl From<TokensError> for Failure {
    fn from(error: TokensError) -> Self {
        match error {
            TokensError::Read(read) => {
                let hint = read.hint();
                let failure = Self::new(FailureKind::LoginRequired, chain(&read));
                match hint {
                    Some(command) => failure.next(command, "let only its owner read it"),
                    None => failure,
                }
            }
            TokensError::Damaged { .. } => Self::new(FailureKind::LoginRequired, error.to_string()),
        }
    }
}

impl From<BridgeError> for Failure {
    fn from(error: BridgeError) -> Self {
        let detail = chain(&error);
        match error {
            BridgeError::Read(read) => {
                let failure = Self::new(FailureKind::BridgeInvalid, detail);
                match read.hint() {
                    Some(command) => failure.next(command, "let only its owner read it"),
                    None => failure,
                }
            }
            BridgeError::Invalid { problems, .. } => Self::new(FailureKind::BridgeInvalid, detail).errors(problems),
        }
    }
}

impl From<ResolveError> for Failure {
    fn from(error: ResolveError) -> Self {
        let detail = error.to_string();
        match error {
            ResolveError::Values { problems } if problems.len() == 1 => Self::new(FailureKind::InvalidValue, detail),
            ResolveError::Values { problems } => {
                Self::new(FailureKind::InvalidValue, "flags or variables are wrong").errors(problems)
            }
            ResolveError::TargetNotAlone => Self::new(FailureKind::InvalidArgument, detail),
            ResolveError::NoSuchAccount { name, .. } => Self::new(FailureKind::AccountNotFound, detail)
                .account(name)
                .next("mp account list", "see the accounts"),
            ResolveError::NoSuchTarget { .. } => {
                Self::new(FailureKind::TargetNotFound, detail).next("mp target list", "see the targets")
            }
            ResolveError::Block { problems, .. } => Self::new(FailureKind::ConfigInvalid, detail).errors(problems),
        }
    }
}

/// A change that was refused. It needs the path of the file, which the pure edit does not know.
pub fn refused(error: EditError, path: &Path) -> Failure {
    let detail = error.to_string();
    match error {
        EditError::Config { problems } => {
            let problems: Vec<&ConfigProblem> = problems.iter().collect();
            unusable(path, &problems).unwrap_or_else(|| Failure::new(FailureKind::ConfigInvalid, detail))
        }
        EditError::Arguments { usage, problems } => {
            let kind = if usage { FailureKind::InvalidArgument } else { FailureKind::InvalidValue };
            match problems.as_slice() {
                [_] => Failure::new(kind, detail),
                _ => Failure::new(kind, "the change was refused").errors(problems),
            }
        }
        EditError::AccountNotFound { name, .. } => {
            Failure::new(FailureKind::AccountNotFound, detail).account(name).next("mp account list", "see the accounts")
        }
        EditError::AccountExists { name } => Failure::new(FailureKind::AccountExists, detail)
            .next(format!("mp account update {name}"), "change it")
            .account(name),
        EditError::AccountInUse { name, .. } => Failure::new(FailureKind::AccountInUse, detail)
            .next(format!("mp account remove {name} --force"), "remove it all the same")
            .account(name),
        EditError::TargetNotFound { .. } => {
            Failure::new(FailureKind::TargetNotFound, detail).next("mp target list", "see the targets")
        }
        EditError::TargetExists { .. } => {
            Failure::new(FailureKind::TargetExists, detail).next("mp target list", "see the targets")
        }
        // 4 and not 1, as the Python tool has it for this one: the account that the change is about was not found.
        EditError::NeedsAccount => {
            let mut failure = Failure::new(FailureKind::AccountNotFound, detail);
            failure.next = add_account_steps();
            failure
        }
    }
}

/// An error and its causes in one line.
fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}

/// Returns why nothing of a config can be used, if that is so.
pub fn blocked(snapshot: &Snapshot) -> Option<Failure> {
    if let State::Unreadable { reason, hint } = &snapshot.state {
        let failure = Failure::new(FailureKind::UnsafeFile, reason.clone());
        return Some(match hint.clone() {
            Some(command) => failure.next(command, "let only its owner read it"),
            None => failure,
        });
    }
    unusable(&snapshot.path, &snapshot.config.blocking_problems())
}

/// Returns the failure that these problems of a config file are, if there are any. Legacy files get the way out.
pub fn unusable(path: &Path, problems: &[&ConfigProblem]) -> Option<Failure> {
    if problems.is_empty() {
        return None;
    }
    let errors: Vec<Problem> = problems.iter().map(|problem| problem.to_problem(path)).collect();
    if problems.iter().any(|problem| problem.scope == Scope::Legacy) {
        let detail = format!("{} was written by a release before 0.4 and cannot be read any more", path.display());
        let mut failure = Failure::new(FailureKind::ConfigLegacy, detail).errors(errors);
        failure.next = legacy_recovery(path);
        return Some(failure);
    }
    let detail = format!("{} cannot be used as it stands", path.display());
    Some(Failure::new(FailureKind::ConfigInvalid, detail).errors(errors))
}

/// Returns the failure of a listing: it shows all or says what is wrong, for a missing row would look like a missing account.
pub fn all_problems(snapshot: &Snapshot) -> Option<Failure> {
    unusable(&snapshot.path, &snapshot.config.problems.iter().collect::<Vec<_>>())
}

/// There is no such account.
pub fn account_not_found(name: &str, snapshot: &Snapshot) -> Failure {
    let detail = format!("account '{}' is not configured in {}", name.escape_debug(), snapshot.path.display());
    Failure::new(FailureKind::AccountNotFound, detail).account(name).next("mp account list", "see the accounts")
}

/// There is such an account, and its block is wrong.
pub fn unusable_account(name: &str, snapshot: &Snapshot, problems: &[&ConfigProblem]) -> Failure {
    let detail = format!("account '{name}' is not usable as it stands in {}", snapshot.path.display());
    Failure::new(FailureKind::ConfigInvalid, detail)
        .account(name)
        .errors(snapshot.config.tell(problems, &snapshot.path))
}

/// There is no such target.
pub fn target_not_found(name: &str, snapshot: &Snapshot) -> Failure {
    let detail = format!("target '{}' is not configured in {}", name.escape_debug(), snapshot.path.display());
    Failure::new(FailureKind::TargetNotFound, detail).next("mp target list", "see the targets")
}

/// No account is configured or chosen.
pub fn needs_account() -> Failure {
    let mut failure = Failure::new(FailureKind::NeedsAccount, "no account is configured");
    failure.next = add_account_steps();
    failure
}

/// The account that a session means is defined nowhere.
pub fn missing_account(name: &str, snapshot: &Snapshot) -> Failure {
    let detail =
        format!("the active account '{}' is not configured in {}", name.escape_debug(), snapshot.path.display());
    let mut failure = Failure::new(FailureKind::NeedsAccount, detail).account(name);
    failure.next = add_account_steps();
    failure
}

/// The account has no project, and none is chosen.
pub fn needs_project(account: &str) -> Failure {
    let detail = format!("account '{account}' has no default project, and none is chosen");
    let mut failure = Failure::new(FailureKind::NeedsProject, detail).account(account);
    failure.next = choose_project_steps();
    failure
}

/// What to run to have an account.
pub fn add_account_steps() -> Vec<Next> {
    vec![
        Next::new("mp login", "log in with the browser"),
        Next::new(
            "mp account add --type service_account --username USER --project ID",
            "or use a service account; its secret is asked for, its region found out",
        ),
        Next::new("mp account add --type oauth_token --token-env VARIABLE", "or a bearer token from a variable"),
        Next::new("mp account use NAME", "or choose one that is configured"),
    ]
}

/// What to run to have a project.
pub fn choose_project_steps() -> Vec<Next> {
    vec![
        Next::new("mp project list", "see the projects of the account"),
        Next::new("mp project use ID", "give the account a default project"),
    ]
}
