//! The stage: finding the programs, running a call so that the reader sees it, and checking what was told.

use std::path::Path;

use mp_sandbox::home::{Home, Programs};

/// Whether everything was as told.
pub(crate) type Told = Result<(), String>;

/// Finds `mp` and `mpd` beside this example.
pub(crate) fn find_programs() -> Result<Programs, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let dir = own.parent().and_then(Path::parent).ok_or("this example lies in no target directory")?;
    let programs = Programs { mp: dir.join("mp"), mpd: dir.join("mpd") };
    if programs.mp.exists() && programs.mpd.exists() {
        Ok(programs)
    } else {
        Err(format!("mp and mpd are not in {}: `cargo run --release --example demo` builds them", dir.display()))
    }
}

pub(crate) fn headline(number: u32, text: &str) {
    println!("\n{number}. {text}\n");
}

pub(crate) fn say(text: &str) {
    for line in text.trim_end().lines() {
        println!("   | {line}");
    }
}

/// Runs a call with a variable or without, shows it, and returns its output.
pub(crate) fn show(home: &Home, words: &[&str], variable: Option<(&str, &str)>) -> Result<String, String> {
    let prefix = variable.map(|(name, value)| format!("{name}={value} ")).unwrap_or_default();
    let quoted: Vec<String> =
        words.iter().map(|word| if word.contains(' ') { format!("'{word}'") } else { (*word).to_owned() }).collect();
    println!("   $ {prefix}mp {}", quoted.join(" "));
    let call = match variable {
        Some((name, value)) => home.mp(words).env(name, value),
        None => home.mp(words),
    };
    let done = call.run();
    if done.code != 0 {
        return Err(format!("mp {words:?} exited with {}: {}", done.code, done.stderr));
    }
    say(&done.stdout);
    Ok(done.stdout)
}

pub(crate) fn told(holds: bool, text: &str) -> Told {
    if holds {
        println!("   ok: {text}");
        Ok(())
    } else {
        Err(text.to_owned())
    }
}
