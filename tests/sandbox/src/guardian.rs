//! Ends what is left of a home when the tests themselves were killed, and no guard of theirs could do it.
//!
//! A daemon belongs to nobody and lives on by design, so somebody outside must hear of the end. A shell waits at a pipe that only this
//! process holds open: the system closes it, however this process ends. The daemons know nothing of it.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Mutex, OnceLock};

/// Reads homes, one a line, until nobody can write any more. Then it looks for our programs in them, until there are none: a client
/// that is just ending may have started one more daemon. Only what names such a home in its command line or environment is ended.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
homes=$(cat)
[ -n "$homes" ] || exit 0
holders() {
    echo "$homes" | while read -r home; do
        pid=
        read -r pid 2>/dev/null <"$home/.mp/run/mpd.lock" && echo "$pid"
    done
}
for round in 1 2 3 4 5 6 7 8 9 10; do
    found=
    for process in /proc/[0-9]*; do
        name=
        read -r name 2>/dev/null <"$process/comm"
        case "$name" in mp | mpd) ;; *) continue ;; esac
        pid=${process#/proc/}
        if cat "$process/cmdline" "$process/environ" 2>/dev/null | grep -qaF -- "$homes" || holders | grep -qx "$pid"; then
            kill -KILL "$pid" && found=yes
        fi
    done
    [ -n "$found" ] || exit 0
    sleep 1
done
"#;

/// Tells the guardian of a home. Without a shell there is none, which only a run that is killed would miss.
pub(crate) fn watch_over(home: &Path) {
    static GUARDIAN: OnceLock<Option<Mutex<ChildStdin>>> = OnceLock::new();
    let guardian = GUARDIAN.get_or_init(|| start().map(Mutex::new));
    if let Some(Ok(mut pipe)) = guardian.as_ref().map(Mutex::lock) {
        let _ = writeln!(pipe, "{}", home.display());
    }
}

fn start() -> Option<ChildStdin> {
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(SCRIPT).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    // What is sent to the group of the tests must not reach it.
    command.process_group(0).current_dir("/").spawn().ok()?.stdin
}
