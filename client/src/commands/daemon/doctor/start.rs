//! What a start needs of this shell: the right program, in an environment that it takes, and limits that are high enough.

use std::time::{Duration, Instant};

use mp_proto::version::BUILD;
use rustix::process::{Resource, getrlimit};

use super::findings::{Findings, Verdict};
use crate::place::Place;
use crate::{program, spawn};

/// How long the program may take to look at its environment.
const PATIENCE: Duration = Duration::from_secs(10);

/// As few files as the daemon itself finds too few, and as small.
const FEW_FILES: u64 = 512;
const SMALL_FILE: u64 = 64 * 1024 * 1024;

/// Looks at the limits that a daemon which is started here would have.
pub(super) fn limits(findings: &mut Findings) {
    let hard = |resource| getrlimit(resource).maximum;
    if let Some(files) = hard(Resource::Nofile).filter(|files| *files < FEW_FILES) {
        let what = format!("a daemon that is started from this shell may open only {files} files (ulimit -Hn)");
        findings.add(Verdict::Warn, what, "start it from a shell with a higher limit");
    }
    if let Some(size) = hard(Resource::Fsize).filter(|size| *size < SMALL_FILE) {
        let what = format!("a daemon that is started from this shell may write no more than {size} bytes (ulimit -Hf)");
        findings.add(Verdict::Warn, what, "start it from a shell without that limit");
    }
}

/// Has the program that a start would run look at everything that it would look at then.
pub(super) fn starting(place: &Place, findings: &mut Findings) {
    let program = match program::find(place.program.as_deref(), &place.environment) {
        Ok(program) => program,
        Err(error) => {
            return findings.add(Verdict::Fail, error.to_string(), "install mpd beside mp, or name it by MPD_BIN");
        }
    };
    let shown = program.display().to_string();
    let deadline = Instant::now() + PATIENCE;
    match spawn::said_by(&program, place, &["--version"], deadline) {
        Ok(Some(line)) if line == format!("mpd version {BUILD}") => {}
        Ok(_) => {
            findings.add(Verdict::Warn, format!("{shown} is another build than mp"), "install both of one release");
        }
        Err(error) => return findings.add(Verdict::Fail, error.to_string(), format!("ls -l {shown}")),
    }
    match spawn::said_by(&program, place, &["--check"], deadline) {
        Ok(Some(line)) if line == "ready" => findings.add(Verdict::Ok, format!("{shown} can be started"), ""),
        Ok(Some(line)) => {
            let reason = line.strip_prefix("error: ").unwrap_or(&line).to_owned();
            findings.add(
                Verdict::Fail,
                format!("the daemon would not start: {reason}"),
                "correct that, then mp daemon start",
            );
        }
        Ok(None) => findings.add(Verdict::Fail, format!("{shown} says nothing"), "mp daemon logs"),
        Err(error) => findings.add(Verdict::Fail, error.to_string(), format!("ls -l {shown}")),
    }
}
