//! `mp lint`: all of the code at once.

pub mod files;
mod report;
mod run;
mod sarif;

pub use report::{Named, Report, Row};
pub use run::{Order, judged, run};
