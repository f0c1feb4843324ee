//! Who wins: account, project and workspace of a call, each with the layer that decided and where exactly. Pure.
//!
//! Precedence on each axis: environment, flag, target, bridge, config. A project or workspace that a bridge or the config pins
//! belongs to its own account: a call that chooses another account does not inherit it. The pinned workspace of `[active]` also
//! belongs to the project it was pinned in, for a workspace is part of one project.

mod account;
mod choice;
mod decision;
mod error;
mod headers;
mod layer;
mod model;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use account::{ChosenAccount, account_flag, account_of, has_no_account};
pub use decision::resolve;
pub use error::ResolveError;
pub use model::{Axis, ENV_OAUTH_TOKEN, ENV_SERVICE_ACCOUNT, Header, Origin, Resolved, ResolvedAccount};
