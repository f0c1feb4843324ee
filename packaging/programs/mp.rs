//! The program `mp`.

fn main() -> std::process::ExitCode {
    mp_client::main()
}
