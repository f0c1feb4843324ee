//! A token to use now, and where the outcome of a refresh is waited for.

use jiff::Timestamp;
use mp_proto::failure::Failure;
use mp_proto::secret::Secret;
use tokio::sync::watch;

use crate::identity::bearer::TokenAnswer;

/// An access token to use now.
#[derive(Debug, Clone)]
pub struct Fresh {
    /// The bearer.
    pub token: Secret,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Which of the grant's tokens it is; it grows.
    pub generation: u64,
    /// The answer that reveals it.
    pub answer: TokenAnswer,
}

/// How a refresh ended.
pub(super) type Outcome = Result<Fresh, Box<Failure>>;

/// Where the outcome of a refresh is waited for.
pub(super) type Landing = watch::Receiver<Option<Outcome>>;
