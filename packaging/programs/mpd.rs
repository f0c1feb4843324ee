//! The program `mpd`.

/// Faster than the allocator of the C library where many calls are answered at once, and it gives back what a crowd has taken.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    mp_daemon::main()
}
