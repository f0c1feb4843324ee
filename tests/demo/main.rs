//! `cargo run --release --example demo`: builds the programs in the fastest way, and runs the story in `story.rs`.

fn main() -> std::process::ExitCode {
    match mp_demo::start() {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("error: {problem}");
            std::process::ExitCode::FAILURE
        }
    }
}
