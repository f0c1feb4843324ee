//! What a bridge file holds, and why one cannot be used.

use std::collections::BTreeMap;
use std::path::PathBuf;

use mp_proto::failure::{Failure, FailureKind, Problem, chain};
use mp_proto::ids::{ProjectId, WorkspaceId};
use mp_proto::secret::Secret;
use mp_proto::wire::{BridgeAccount, BridgeStatus};

use crate::config::account::Account;
use crate::files::read::ReadError;
use crate::identity::tokens::Tokens;

/// The only version there is.
pub(super) const VERSION: u32 = 2;

/// A bridge file, read.
#[derive(Debug)]
pub struct Bridge {
    /// Where it is.
    pub path: PathBuf,
    /// The account it carries.
    pub account: Account,
    /// Its tokens, for a browser account.
    pub tokens: Option<Tokens>,
    /// The project it pins.
    pub project: Option<ProjectId>,
    /// The workspace it pins.
    pub workspace: Option<WorkspaceId>,
    /// The headers it adds.
    pub headers: BTreeMap<String, Secret>,
}

/// Why a bridge file cannot be used. Its values are never quoted.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    /// Not safe to read, or unreadable.
    #[error("the bridge file cannot be used")]
    Read(#[from] ReadError),
    /// Not what the file should hold.
    #[error("{} is not a valid bridge file", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// All that is wrong.
        problems: Vec<Problem>,
    },
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

impl Bridge {
    /// Returns what may be shown of it. Header values are shown, as the Python tool does; they are what the file's owner set.
    pub fn status(&self) -> BridgeStatus {
        BridgeStatus {
            path: self.path.display().to_string(),
            version: VERSION,
            account: BridgeAccount {
                name: self.account.name.clone(),
                r#type: self.account.account_type(),
                region: self.account.region,
            },
            project: self.project.clone(),
            workspace: self.workspace,
            headers: self.headers.iter().map(|(name, value)| (name.clone(), value.expose().to_owned())).collect(),
        }
    }
}
