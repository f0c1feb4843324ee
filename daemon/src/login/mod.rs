//! Logins as shared objects: any tool can start one, watch it, finish it by paste, choose its project, or cancel it.
//!
//! A login lives in a task of the daemon, not in a call: whoever started it may go, and it still comes to its end. [`attempt`] is what
//! callers see of one, [`flow`] what happens in it, [`grant`] the part of it that is in the browser, [`plan`] what was asked for,
//! [`logins`] all of them.

pub mod addition;
mod answer;
pub mod attempt;
mod callback;
mod choice;
mod door;
mod flow;
mod grant;
pub mod logins;
pub mod naming;
mod page;
mod peer;
pub mod plan;
mod probe;
mod publication;
pub mod redirect;
mod registration;
mod services;
#[cfg(test)]
mod tests;
mod wait;
