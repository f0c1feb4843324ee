//! The catalog: every operation of Mixpanel that the daemon can run, as plain rows. The socket route, the command tree and the
//! reference are made from them; code is written only for what a row cannot say.

mod bind;
mod call;
mod ops;
mod param;
mod reply;
mod rows;
#[cfg(test)]
mod rules;

pub use bind::{Bound, bind};
pub use call::{Arrange, Call, Effect, Host, Method, Scope, Workflow};
pub use param::{Kind, Param, Place};
pub use reply::{Reply, Shape};
pub use rows::{OperationCall, OperationRow, OperationsBody, ParamRow};

/// An operation.
#[derive(Debug)]
pub struct Operation {
    /// Stable for ever: scripts use it.
    pub id: &'static str,
    /// The words of its command.
    pub command: &'static [&'static str],
    /// One imperative line.
    pub summary: &'static str,
    /// What it does to the data; declared, never guessed from the method.
    pub effect: Effect,
    /// Which part of a session it needs.
    pub scope: Scope,
    /// What it takes.
    pub params: &'static [Param],
    /// The request.
    pub call: Call,
    /// What is made of the answer.
    pub reply: Reply,
}

/// The rows, one list per noun.
const NOUNS: &[&[Operation]] = &[ops::dashboards::ROWS, ops::export::ROWS];

/// Returns all operations.
pub fn all() -> impl Iterator<Item = &'static Operation> {
    NOUNS.iter().copied().flatten()
}

/// Returns the operation of an id.
pub fn find(id: &str) -> Option<&'static Operation> {
    all().find(|operation| operation.id == id)
}
