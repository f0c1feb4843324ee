//! The start of the demo: has cargo build what it takes in the profile `demo`, which is ready in half of the time that a release takes, and
//! runs the story with it.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};

/// What is built: the two programs and the story, without what the story does not show (keyring, traces, language server).
const BUILD: [&str; 14] = [
    "build",
    "--locked",
    "--profile",
    "demo",
    "--no-default-features",
    "-p",
    "mixpanel-mp",
    "-p",
    "mp-sandbox",
    "--bin",
    "mp",
    "--bin",
    "mpd",
    "--example=story",
];

/// Builds the programs and the story, and runs it. Returns how it ended.
///
/// # Errors
/// When cargo cannot be run, or something cannot be built.
pub fn start() -> Result<ExitCode, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    // target/release/examples/demo
    let target = own.ancestors().nth(3).ok_or("this example lies in no target directory")?;
    println!(
        "Building mp and mpd without optimisation, which is ready sooner; `cargo install --path .` makes the ones to keep.\n"
    );
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let status = Command::new(&cargo)
        .args(BUILD)
        .arg("--target-dir")
        .arg(target)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .status()
        .map_err(|error| format!("{} could not be run: {error}", cargo.display()))?;
    if !status.success() {
        return Err("the programs could not be built".to_owned());
    }
    let story = target.join("demo/examples/story");
    let status =
        Command::new(&story).status().map_err(|error| format!("{} could not be run: {error}", story.display()))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
