//! Why a context cannot be resolved.

use mp_proto::failure::{Failure, FailureKind, Problem};
use mp_proto::wire::Source;

/// Why a context cannot be resolved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// Flags or variables break their rule; all of them.
    #[error("{}", problems.iter().map(|problem| problem.detail.as_str()).collect::<Vec<_>>().join("; "))]
    Values {
        /// Which, and why.
        problems: Vec<Problem>,
    },
    /// A target came together with what it decides.
    #[error("--target is mutually exclusive with --account/--project/--workspace.")]
    TargetNotAlone,
    /// A name that leads nowhere.
    #[error("account '{name}' is not configured ({})", by.at)]
    NoSuchAccount {
        /// The name.
        name: String,
        /// Who chose it.
        by: Source,
    },
    /// A target that does not exist.
    #[error("target '{name}' is not configured ({})", by.at)]
    NoSuchTarget {
        /// The name.
        name: String,
        /// Who chose it.
        by: Source,
    },
    /// The chosen account, target or `[active]` table is wrong in the file.
    #[error("{what} cannot be used as it stands")]
    Block {
        /// What was chosen.
        what: String,
        /// What is wrong with it, and after that with the rest of the file.
        problems: Vec<Problem>,
    },
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
