//! Puts programs in place, by another process.
//!
//! A file that is open for writing cannot be run (`ETXTBSY`). What is open here is also open, for a moment, in each process that another
//! thread starts meanwhile. So a program that a test has just written could be busy although the test has closed it.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Writes a program with these permissions, in place of what is there.
///
/// # Panics
/// When the disk refuses.
pub fn write(path: &Path, text: &str, mode: u32) {
    let mut writer = Command::new("/bin/sh");
    writer.args(["-c", "cat >\"$1\" && chmod \"$2\" \"$1\"", "sh"]).arg(path).arg(format!("{mode:o}"));
    let mut child = writer.stdin(Stdio::piped()).spawn().expect("a shell is everywhere");
    let mut pipe = child.stdin.take().expect("it was asked for");
    pipe.write_all(text.as_bytes()).expect("it is read");
    drop(pipe);
    assert!(child.wait().is_ok_and(|status| status.success()), "{} was not written", path.display());
}

/// Copies a program with its permissions.
///
/// # Panics
/// When the disk refuses.
pub fn copy(from: &Path, to: &Path) {
    let copied = Command::new("/bin/cp").arg("-p").args([from, to]).status();
    assert!(copied.is_ok_and(|status| status.success()), "{} was not copied to {}", from.display(), to.display());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_runs_while_others_are_started() {
        let folder = tempfile::tempdir().expect("a directory");
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let (script, copied) =
                    (folder.path().join(format!("{thread} 'a")), folder.path().join(format!("{thread}.copy")));
                scope.spawn(move || {
                    for _ in 0..20 {
                        write(&script, "#!/bin/sh\nexit 7\n", 0o700);
                        copy(&script, &copied);
                        for program in [&script, &copied] {
                            let status = Command::new(program).status().expect("it is not busy");
                            assert_eq!(status.code(), Some(7));
                        }
                    }
                });
            }
        });
    }
}
