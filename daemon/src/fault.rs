//! Faults on request, for tests of what a crash or a full disk leaves behind: `MPD_FAULTS=tokens.json:synced=kill`.
//!
//! Only a daemon whose requests go to a stand-in for Mixpanel reads the variable; every other one ignores it.

use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;
use std::sync::OnceLock;

static PLAN: OnceLock<Vec<Fault>> = OnceLock::new();

/// What happens where.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fault {
    file: String,
    point: String,
    action: Action,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Action {
    /// The process dies as by SIGKILL.
    Kill,
    /// The disk is full for as long as this file exists.
    FullWhile(PathBuf),
}

/// Takes the plan of this process: entries `FILE:POINT=kill` and `FILE:POINT=full-while:PATH`, separated by commas.
///
/// # Errors
/// Names an entry that is not one.
pub fn plan(text: &str) -> Result<(), String> {
    let faults: Result<Vec<Fault>, String> = text.split(',').filter(|entry| !entry.is_empty()).map(parse).collect();
    // The first plan counts, as the first start does.
    let _ = PLAN.set(faults?);
    Ok(())
}

fn parse(entry: &str) -> Result<Fault, String> {
    let wrong = || format!("MPD_FAULTS: {entry:?} is not FILE:POINT=kill or FILE:POINT=full-while:PATH");
    let (place, action) = entry.split_once('=').ok_or_else(wrong)?;
    let (file, point) = place.split_once(':').ok_or_else(wrong)?;
    let action = match action.split_once(':') {
        None if action == "kill" => Action::Kill,
        Some(("full-while", path)) => Action::FullWhile(path.into()),
        _ => return Err(wrong()),
    };
    Ok(Fault { file: file.to_owned(), point: point.to_owned(), action })
}

/// Says that the work on a file has come to this point: what is planned for it happens now.
///
/// # Errors
/// When the plan has the disk full here.
pub fn point(file: &OsStr, point: &str) -> io::Result<()> {
    let Some(plan) = PLAN.get() else { return Ok(()) };
    for fault in plan.iter().filter(|fault| fault.point == point && file == OsStr::new(&fault.file)) {
        match &fault.action {
            Action::Kill => {
                let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
            }
            Action::FullWhile(path) if path.exists() => return Err(rustix::io::Errno::NOSPC.into()),
            Action::FullWhile(_) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_read_strictly() {
        let fault = parse("tokens.json:synced=kill").expect("a fault");
        assert_eq!(
            (fault.file.as_str(), fault.point.as_str(), &fault.action),
            ("tokens.json", "synced", &Action::Kill)
        );
        let full = parse("tokens.json:written=full-while:/tmp/x:y").expect("a fault");
        assert_eq!(full.action, Action::FullWhile("/tmp/x:y".into()));
        for wrong in ["", "kill", "f=kill", "f:p=die", "f:p=kill:now"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn without_a_plan_nothing_happens() {
        assert!(point(OsStr::new("tokens.json"), "written").is_ok());
    }
}
