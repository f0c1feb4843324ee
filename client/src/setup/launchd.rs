//! launchd, the service manager of macOS, asked by `launchctl`.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::around::Around;
use super::files::{Comment, Wanted};
use super::unit::{Absent, Spec, Unfit};
use crate::place::uid;

/// Longest time that a job takes to leave: the daemon finishes calls for 10 s.
const LEAVE: Duration = Duration::from_secs(15);

/// How long launchd may refuse a job, because of the one before of that name.
const REFUSED: Duration = Duration::from_secs(3);

/// Between two questions.
const PAUSE: Duration = Duration::from_millis(100);

/// launchd, as one user has it.
pub(crate) struct Launchd {
    tool: Option<PathBuf>,
    folder: PathBuf,
    /// Of a login at the screen, or of a user who is there by ssh alone.
    domain: String,
}

impl Launchd {
    /// Finds it.
    pub(crate) fn find(around: &Around) -> (Self, Option<Absent>) {
        let tool = around.program("launchctl");
        let absent = tool.is_none().then(|| Absent { why: "launchctl was not found".to_owned(), next: None });
        let folder = around.home.join("Library/LaunchAgents");
        let mut launchd = Self { tool, folder, domain: format!("gui/{}", uid()) };
        if launchd.run(&["print", &launchd.domain]).is_err() {
            launchd.domain = format!("user/{}", uid());
        }
        (launchd, absent)
    }

    fn run(&self, words: &[&str]) -> Result<String, String> {
        let tool = self.tool.as_ref().ok_or("launchctl was not found")?;
        let done = Command::new(tool).args(words).stdin(Stdio::null()).current_dir("/").output();
        let done = done.map_err(|error| format!("{} does not run: {error}", tool.display()))?;
        if done.status.success() {
            return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&done.stderr).trim().replace('\n', "; ");
        Err(format!("launchctl {}: {said} ({})", words.join(" "), done.status))
    }

    fn target(&self, spec: &Spec) -> String {
        format!("{}/{}", self.domain, spec.name)
    }

    fn file(&self, spec: &Spec) -> PathBuf {
        self.folder.join(format!("{}.plist", spec.name))
    }

    /// Returns the property list.
    ///
    /// # Errors
    /// When a path cannot be named in it.
    pub(crate) fn files(&self, spec: &Spec) -> Result<Vec<Wanted>, Unfit> {
        Ok(vec![Wanted { path: self.file(spec), text: spec.property_list()?, comment: Comment::XML }])
    }

    /// Returns whether the job is loaded.
    pub(crate) fn is_up(&self, spec: &Spec) -> bool {
        self.run(&["print", &self.target(spec)]).is_ok()
    }

    /// Has the job run, now and after each login.
    ///
    /// # Errors
    /// With what `launchctl` says.
    pub(crate) async fn up(&self, spec: &Spec, is_changed: bool) -> Result<(), String> {
        let target = self.target(spec);
        // launchd opens the log, and makes no folder for it.
        let folder = spec.log.parent().unwrap_or(Path::new("/"));
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|error| format!("{} could not be made: {error}", folder.display()))?;
        if self.is_up(spec) {
            if !is_changed {
                return Ok(());
            }
            self.run(&["bootout", &target])?;
            self.has_left(spec).await;
        }
        // A job that was disabled once is refused until it is enabled.
        self.run(&["enable", &target])?;
        self.bootstrap(spec).await
    }

    /// Waits until a job that was told to go is not there any more: `bootout` comes back before.
    async fn has_left(&self, spec: &Spec) {
        let deadline = Instant::now() + LEAVE;
        while self.is_up(spec) && Instant::now() < deadline {
            sleep(PAUSE).await;
        }
    }

    /// Loads the job. launchd may refuse it for a moment with nothing but EIO, while it still clears away the one before.
    async fn bootstrap(&self, spec: &Spec) -> Result<(), String> {
        let deadline = Instant::now() + REFUSED;
        let file = self.file(spec);
        loop {
            match self.run(&["bootstrap", &self.domain, &file.to_string_lossy()]) {
                Err(said) if said.contains("failed: 5: ") && Instant::now() < deadline => sleep(PAUSE).await,
                done => return done.map(drop),
            }
        }
    }

    /// Ends the job.
    ///
    /// # Errors
    /// With what `launchctl` says.
    pub(crate) fn down(&self, spec: &Spec) -> Result<(), String> {
        if self.is_up(spec) { self.run(&["bootout", &self.target(spec)]).map(drop) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Environment;
    use std::os::unix::fs::PermissionsExt;

    /// A strict stand-in: it knows the words of a man page, refuses all others, and fails as the real one does. What was told to go is
    /// still there at the next look, and in the way of the next job for one attempt more.
    const LAUNCHCTL: &str = r#"#!/bin/sh
dir=$(dirname "$0")
echo "$*" >>"$dir/calls"
[ -e "$dir/gui" ] || case "$2" in gui/*) echo "Could not find domain" >&2; exit 125 ;; esac
case "$1 $#" in
"print 2") case "$2" in */*/*) [ ! -e "$dir/leaving" ] || { rm "$dir/leaving"; exit 0; }
    [ -e "$dir/loaded" ] || { echo "Could not find service" >&2; exit 113; } ;; esac ;;
"enable 2") case "$2" in */*/*) ;; *) exit 64 ;; esac ;;
"bootstrap 3") [ -f "$3" ] || { echo "No such file" >&2; exit 2; }
    [ ! -e "$dir/loaded" ] && [ ! -e "$dir/leaving" ] || { echo "Bootstrap failed: 5: Input/output error" >&2; exit 5; }
    [ ! -e "$dir/cleared" ] || { rm "$dir/cleared"; echo "Bootstrap failed: 5: Input/output error" >&2; exit 5; }
    touch "$dir/loaded" ;;
"bootout 2") [ -e "$dir/loaded" ] || { echo "Boot-out failed: 3: No such process" >&2; exit 3; }
    rm "$dir/loaded"; touch "$dir/leaving" "$dir/cleared" ;;
*) echo "Unrecognized subcommand: $*" >&2; exit 64 ;;
esac
"#;

    fn spec(root: &Path) -> Spec {
        Spec {
            name: "mixpanel-mpd".to_owned(),
            program: "/usr/local/libexec/mixpanel/mpd".into(),
            root: root.join(".mp"),
            socket: root.join(".mp/run/mpd.sock"),
            log: root.join(".mp/run/mpd.log"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_job_is_loaded_once_and_anew_when_its_list_has_changed() {
        let dir = tempfile::tempdir().expect("a directory");
        let home = dir.path().join("home");
        std::fs::create_dir(&home).expect("writable");
        std::fs::write(dir.path().join("launchctl"), LAUNCHCTL).expect("writable");
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(dir.path().join("launchctl"), mode).expect("ours");
        let path = format!("{}:/usr/bin:/bin", dir.path().display());
        let environment = Environment::of(&[("PATH", &path)]);
        let around = Around { home: home.clone(), environment, prefixes: Vec::new(), system: "macos" };
        for (domain, has_screen) in [("user", false), ("gui", true)] {
            if has_screen {
                std::fs::write(dir.path().join("gui"), "").expect("writable");
            }
            let (launchd, absent) = Launchd::find(&around);
            assert!(absent.is_none() && launchd.domain.starts_with(domain), "{}", launchd.domain);
            let spec = spec(&home);
            let files = launchd.files(&spec).expect("paths that it can name");
            files[0].put(false).expect("writable");
            assert!(!launchd.is_up(&spec));
            launchd.up(&spec, true).await.expect("loaded");
            assert!(launchd.is_up(&spec) && home.join(".mp/run").is_dir());
            launchd.up(&spec, false).await.expect("nothing to do");
            launchd.up(&spec, true).await.expect("loaded anew");
            launchd.down(&spec).expect("it is loaded");
            launchd.has_left(&spec).await;
            launchd.down(&spec).expect("it is not");
        }
        let calls = std::fs::read_to_string(dir.path().join("calls")).expect("it was called");
        assert_eq!(calls.lines().filter(|call| call.starts_with("bootstrap")).count(), 7, "{calls}");
    }
}
