//! The token keeper.

use std::sync::Arc;

use jiff::Timestamp;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::{AccountName, Region};
use mp_proto::secret::Secret;

use crate::app::App;
use crate::bridge::Bridge;
use crate::session::store::Tokens;

/// Whose grant.
#[derive(Debug, Clone)]
pub enum Holder {
    /// A browser account of the config: its grant is `tokens.json`.
    Account(AccountName, Region),
    /// A browser account of a bridge file: its grant is refreshed in memory.
    Bridge(Arc<Bridge>),
}

/// An access token to use now.
#[derive(Debug, Clone)]
pub struct Fresh {
    /// The bearer.
    pub token: Secret,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Which of the grant's tokens it is; it grows.
    pub generation: u64,
}

/// The token keeper.
#[derive(Debug, Default)]
pub struct Keeper {}

impl Keeper {
    /// Returns a token that stays valid for so long; waits for a refresh if need be.
    ///
    /// # Errors
    /// When somebody has to log in, or the provider cannot be reached.
    pub async fn token(&self, _app: &Arc<App>, _holder: &Holder, _min_valid_s: u64) -> Result<Fresh, Failure> {
        Err(Failure::new(FailureKind::Internal, "not there yet"))
    }

    /// Tells that Mixpanel answered 401 to a token of this generation. Returns a newer one if there is or could be got one.
    ///
    /// # Errors
    /// As [`Self::token`].
    pub async fn rejected(
        &self,
        _app: &Arc<App>,
        _holder: &Holder,
        _generation: u64,
    ) -> Result<Option<Fresh>, Failure> {
        Err(Failure::new(FailureKind::Internal, "not there yet"))
    }

    /// Stores the grant of a login that has come to its end, on disk when this returns.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn log_in(
        &self,
        _app: &Arc<App>,
        _account: &AccountName,
        _region: Region,
        _tokens: Tokens,
    ) -> Result<(), Failure> {
        Err(Failure::new(FailureKind::Internal, "not there yet"))
    }
}
