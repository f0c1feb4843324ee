//! A bearer token, and the one that a caller brings in a variable.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use jiff::Timestamp;
use mp_proto::context::Context;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::secret::{Revealing, Secret};

use crate::config::Account;

/// A bearer and its end, if anybody knows it.
#[derive(Debug)]
pub struct Bearer {
    /// The token.
    pub token: Secret,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// The answer that reveals it.
    pub answer: TokenAnswer,
}

/// The answer that reveals a token. It is made once for each token, and goes with it.
#[derive(Debug, Clone, Default)]
pub struct TokenAnswer(Arc<OnceLock<Arc<Revealing>>>);

/// What [`Bytes`] wants to own.
struct Shared(Arc<Revealing>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        self.0.as_ref().as_ref()
    }
}

impl TokenAnswer {
    /// Returns it; made by `make`, unless it was before.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn get(&self, make: impl FnOnce() -> Result<Vec<u8>, Failure>) -> Result<Bytes, Failure> {
        let known = match self.0.get() {
            Some(known) => known,
            None => {
                let made = Arc::new(Revealing::new(make()?));
                self.0.get_or_init(|| made)
            }
        };
        Ok(Bytes::from_owner(Shared(Arc::clone(known))))
    }
}

/// Returns the bearer that a caller brings in a variable. The client cannot know which variable the config names, so the first
/// answer asks for it.
///
/// # Errors
/// When the caller must bring the variable, or has not set it.
pub(crate) fn from_caller(account: &Account, variable: &str, caller: &Context) -> Result<Bearer, Failure> {
    if let Some(token) = caller.env.secret(variable) {
        return Ok(Bearer { token, expires_at: None, answer: TokenAnswer::default() });
    }
    let name = account.name.as_str();
    // A client that was asked and whose variable is unset says so by an empty value.
    if caller.env.raw(variable).is_some() {
        let detail = format!("account '{name}' takes its token from {variable}, which is not set or is empty here");
        return Err(Failure::new(FailureKind::TokenMissing, detail)
            .account(name)
            .next(format!("export {variable}=…"), "set it to a bearer token"));
    }
    let detail = format!("account '{name}' takes its token from the caller's variable {variable}; repeat with it");
    let mut failure = Failure::new(FailureKind::ContextRequired, detail).account(name);
    failure.env = vec![variable.to_owned()];
    Err(failure)
}
