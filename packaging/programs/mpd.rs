//! The program `mpd`.

fn main() -> std::process::ExitCode {
    mp_daemon::main()
}
