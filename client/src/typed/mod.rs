//! The operations of the catalog as methods of [`crate::Workspace`], made from its rows: arguments are checked by the compiler, answers are
//! types that keep what they do not know.

mod call;
mod generated;
mod record;

pub use call::Answered;
pub use generated::*;
pub use record::{Asked, Field, Params, Record};
