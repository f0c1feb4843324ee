//! The program `mp-lsp`.

fn main() -> std::process::ExitCode {
    mp_lsp::main()
}
