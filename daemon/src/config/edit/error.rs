//! Why a change of the config was refused.

use std::path::Path;

use mp_proto::failure::{Failure, FailureKind, Problem};

use crate::config::problem::{ConfigProblem, unusable};
use crate::config::steps;

/// Why a change was refused. No variant holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The file, or a block that the change needs, has problems.
    #[error("the config has problems: {}", join(problems))]
    Config {
        /// The problems.
        problems: Vec<ConfigProblem>,
    },
    /// The change itself is wrong.
    #[error("{}", problems.iter().map(|problem| problem.detail.as_str()).collect::<Vec<_>>().join("; "))]
    Arguments {
        /// Some of it is wrong whatever the file holds, such as an unknown region or a missing secret.
        usage: bool,
        /// All that is wrong with it.
        problems: Vec<Problem>,
    },
    /// There is no such account.
    #[error("account '{}' is not configured", name.escape_debug())]
    AccountNotFound {
        /// Its name.
        name: String,
        /// Those that exist.
        known: Vec<String>,
    },
    /// There is an account of that name.
    #[error("account '{name}' already exists")]
    AccountExists {
        /// Its name.
        name: String,
    },
    /// Targets use the account.
    #[error("account '{}' is used by {}", name.escape_debug(), targets.join(", "))]
    AccountInUse {
        /// Its name.
        name: String,
        /// The targets.
        targets: Vec<String>,
    },
    /// There is no such target.
    #[error("target '{}' is not configured", name.escape_debug())]
    TargetNotFound {
        /// Its name.
        name: String,
        /// Those that exist.
        known: Vec<String>,
    },
    /// There is a target of that name.
    #[error("target '{name}' already exists")]
    TargetExists {
        /// Its name.
        name: String,
    },
    /// The change is about the active account, and there is none.
    #[error("no account is active")]
    NeedsAccount,
}

impl EditError {
    /// Returns the failure that a caller gets. It needs the path of the file, which the pure edit does not know.
    pub fn into_failure(self, path: &Path) -> Failure {
        let detail = self.to_string();
        match self {
            Self::Config { problems } => {
                let problems: Vec<&ConfigProblem> = problems.iter().collect();
                unusable(path, &problems).unwrap_or_else(|| Failure::new(FailureKind::ConfigInvalid, detail))
            }
            Self::Arguments { usage, problems } => {
                let kind = if usage { FailureKind::InvalidArgument } else { FailureKind::InvalidValue };
                match problems.as_slice() {
                    [_] => Failure::new(kind, detail),
                    _ => Failure::new(kind, "the change was refused").errors(problems),
                }
            }
            Self::AccountNotFound { name, .. } => Failure::new(FailureKind::AccountNotFound, detail)
                .account(name)
                .next("mp account list", "see the accounts"),
            Self::AccountExists { name } => Failure::new(FailureKind::AccountExists, detail)
                .next(format!("mp account update {name}"), "change it")
                .account(name),
            Self::AccountInUse { name, .. } => Failure::new(FailureKind::AccountInUse, detail)
                .next(format!("mp account remove {name} --force"), "remove it all the same")
                .account(name),
            Self::TargetNotFound { .. } => {
                Failure::new(FailureKind::TargetNotFound, detail).next("mp target list", "see the targets")
            }
            Self::TargetExists { .. } => {
                Failure::new(FailureKind::TargetExists, detail).next("mp target list", "see the targets")
            }
            // 4 and not 1, as the Python tool has it for this one: the account that the change is about was not found.
            Self::NeedsAccount => {
                let mut failure = Failure::new(FailureKind::AccountNotFound, detail);
                failure.next = steps::add_account();
                failure
            }
        }
    }
}

fn join(problems: &[ConfigProblem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
