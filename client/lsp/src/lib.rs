//! The language server of tracking code, and `mp lint`.

pub mod code;
mod command;
pub mod help;
pub mod judge;
pub mod knowledge;
pub mod lint;
pub mod project;
pub mod rule;
pub mod scan;
mod server;
pub mod text;
pub mod toml_files;

/// Runs the program `mp-lsp`.
#[doc(hidden)]
pub fn main() -> std::process::ExitCode {
    command::main(std::env::args_os())
}
