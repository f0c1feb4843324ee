//! Runs one row of the catalog: [`call`] is what an operation may use, [`dispatch`] chooses the code, [`workflow`] is that of rows that
//! need their own.

pub(crate) mod call;
pub(crate) mod dispatch;
pub(crate) mod outgoing;
pub(crate) mod question;
pub(crate) mod services;
pub(crate) mod storage;
mod workflow;
mod workspace;
