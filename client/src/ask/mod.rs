//! `mp ask`: ad-hoc queries, from flags to what is shown. Flags are rows ([`flag`], [`form`]); [`read`] makes the arguments of a query of
//! them, with filters in a language of their own ([`expression`]); [`run`] asks the daemon; [`shown`] and [`chart`] show the answer.
//!
//! Whether arguments make sense together is for the daemon to say, for all its callers: [`told`] puts what it says in terms of flags.

mod chart;
mod expression;
mod figures;
pub(crate) mod flag;
pub(crate) mod form;
mod read;
mod rows;
mod run;
mod shown;
#[cfg(test)]
mod tests;
mod told;
mod values;

pub(crate) use read::tests as tests_of;
pub(crate) use run::run;
