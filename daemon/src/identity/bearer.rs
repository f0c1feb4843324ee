//! A bearer token, and the one that a caller brings in a variable.

use jiff::Timestamp;
use mp_proto::context::Context;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::secret::Secret;

use crate::config::Account;

/// A bearer and its end, if anybody knows it.
#[derive(Debug)]
pub struct Bearer {
    /// The token.
    pub token: Secret,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// Returns the bearer that a caller brings in a variable. The client cannot know which variable the config names, so the first
/// answer asks for it.
///
/// # Errors
/// When the caller must bring the variable, or has not set it.
pub(crate) fn from_caller(account: &Account, variable: &str, caller: &Context) -> Result<Bearer, Failure> {
    if let Some(token) = caller.env.secret(variable) {
        return Ok(Bearer { token, expires_at: None });
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
