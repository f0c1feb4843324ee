//! The language server of tracking code, and `mp lint`.

pub mod code;
pub mod help;
pub mod judge;
pub mod knowledge;
pub mod project;
pub mod rule;
pub mod scan;
pub mod text;

/// Runs the program `mp-lsp`.
#[doc(hidden)]
pub fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
