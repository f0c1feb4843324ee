//! A fake Mixpanel to try things against by hand or from a script: prints what belongs into `MPD_UPSTREAM`, and runs until its standard
//! input ends. Logins are asked about on a page with Allow and Deny, or with `--allow` allowed at once.
//!
//! It exits with 1 when a client has done something that a faultless client does not do, and says what.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use mp_sandbox::upstream::{Consent, Upstream};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let consent = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Consent::Page,
        ["--allow"] => Consent::Allow,
        _ => {
            eprintln!("usage: sandbox [--allow]");
            return ExitCode::from(3);
        }
    };
    let upstream = Upstream::start();
    upstream.set_consent(consent);
    println!("{}", upstream.url());
    // Whoever reads the line from a pipe waits for it. Both may fail only when nobody is there any more, which is the end, too.
    let _ = io::stdout().flush();
    let _ = io::stdin().read_to_end(&mut Vec::new());
    let problems = upstream.problems();
    for problem in &problems {
        eprintln!("{problem}");
    }
    if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
