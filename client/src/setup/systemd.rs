//! The user's own manager of systemd, asked by `systemctl --user`.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::around::Around;
use super::files::{Comment, Wanted};
use super::unit::{Absent, NAME, Spec, Unfit};
use crate::place::uid;

/// Where the units of packages are, beside those that the manager names.
const PACKAGED: [&str; 3] = ["lib/systemd/user", "share/systemd/user", "local/lib/systemd/user"];

/// systemd, as one user has it.
pub(crate) struct Systemd {
    /// `systemctl`.
    tool: Option<PathBuf>,
    /// The user's runtime directory, where the variables of this process do not name it: those of cron, `su` and `sudo` do not.
    runtime: Option<PathBuf>,
    /// Where the user's units are.
    folder: PathBuf,
    /// Where others' units are.
    others: Vec<PathBuf>,
    home: PathBuf,
}

impl Systemd {
    /// Finds it, and whether it can be talked to.
    pub(crate) fn find(around: &Around) -> (Self, Option<Absent>) {
        let usual = || PathBuf::from(format!("/run/user/{}", uid()));
        let is_ours = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|found| found.uid() == uid());
        let runtime = match around.environment.os("XDG_RUNTIME_DIR") {
            Some(_) => None,
            None => Some(usual()).filter(is_ours),
        };
        let mut systemd = Self {
            tool: around.program("systemctl"),
            runtime,
            folder: around.settings().join("systemd/user"),
            others: around.prefixes.iter().flat_map(|prefix| PACKAGED.map(|folder| prefix.join(folder))).collect(),
            home: around.home.clone(),
        };
        if systemd.tool.is_none() {
            return (systemd, Some(not_installed(around)));
        }
        match systemd.run(&["show", "--property=UnitPath", "--value"]) {
            Ok(said) => {
                systemd.learn(&said, &around.home.join(".config/systemd/user"));
                (systemd, None)
            }
            Err(said) => (systemd, Some(unreachable(around, &said))),
        }
    }

    /// Learns where the manager looks for units: it was started without the variables of a shell.
    fn learn(&mut self, unit_path: &str, usual: &Path) {
        let folders: Vec<PathBuf> = unit_path.split_whitespace().map(PathBuf::from).collect();
        if !folders.is_empty() && !folders.contains(&self.folder) {
            usual.clone_into(&mut self.folder);
        }
        let is_others = |folder: &PathBuf| *folder != self.folder && !folder.starts_with("/run");
        let others: Vec<PathBuf> = folders.into_iter().filter(is_others).collect();
        self.others.extend(others);
    }

    /// Runs `systemctl --user`. Returns what it says, or why it fails.
    fn run(&self, words: &[&str]) -> Result<String, String> {
        let tool = self.tool.as_ref().ok_or("systemctl is not installed")?;
        let mut command = Command::new(tool);
        command.arg("--user").args(words).stdin(Stdio::null()).env("LC_ALL", "C").current_dir("/");
        command.envs(self.runtime.iter().map(|path| ("XDG_RUNTIME_DIR", path)));
        let done = command.output().map_err(|error| format!("{} does not run: {error}", tool.display()))?;
        if done.status.success() {
            return Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned());
        }
        let said = String::from_utf8_lossy(&done.stderr).trim().replace('\n', "; ");
        let said = if said.is_empty() { done.status.to_string() } else { said };
        Err(format!("systemctl --user {}: {said}", words.join(" ")))
    }

    /// Returns the unit files.
    ///
    /// # Errors
    /// When a path cannot be named in one.
    pub(crate) fn files(&self, spec: &Spec) -> Result<Vec<Wanted>, Unfit> {
        let wanted = |ending: &str, text| {
            let path = self.folder.join(format!("{}.{ending}", spec.name));
            Wanted { path, text, comment: Comment::HASH }
        };
        Ok(vec![wanted("socket", spec.socket_unit()?), wanted("service", spec.service_unit()?)])
    }

    /// Returns the service unit of a package that starts the same program at the same socket, if there is one.
    pub(crate) fn provided(&self, spec: &Spec) -> Option<PathBuf> {
        let program = spec.program.to_str()?;
        let names = |folder: &PathBuf, ending: &str, wanted: &str| {
            let text = std::fs::read_to_string(folder.join(format!("{NAME}.{ending}"))).ok()?;
            let text = text.replace("%h", self.home.to_str()?);
            text.lines().find(|line| line.contains(wanted)).map(drop)
        };
        let socket = format!("ListenStream={}", spec.socket.display());
        let is_same = |folder: &&PathBuf| {
            names(folder, "socket", &socket).is_some() && names(folder, "service", program).is_some()
        };
        self.others
            .iter()
            .find(is_same)
            .map(|folder| folder.join(format!("{NAME}.service")))
            .filter(|_| spec.name == NAME)
    }

    /// Returns whether the socket is listened at, now and after the next login.
    pub(crate) fn is_up(&self, spec: &Spec) -> bool {
        let socket = format!("{}.socket", spec.name);
        self.run(&["is-enabled", &socket]).is_ok() && self.run(&["is-active", &socket]).is_ok()
    }

    /// Has the manager listen, now and after each login. What ran by other units ends first.
    ///
    /// # Errors
    /// With what `systemctl` says.
    pub(crate) fn up(&self, spec: &Spec, is_changed: bool) -> Result<(), String> {
        let (socket, service) = (format!("{}.socket", spec.name), format!("{}.service", spec.name));
        if is_changed {
            self.run(&["daemon-reload"])?;
            // What is not there cannot be stopped, and need not be.
            let _ = self.run(&["stop", &socket, &service]);
            let _ = self.run(&["reset-failed", &socket, &service]);
        }
        self.run(&["enable", "--now", &socket]).map(drop)
    }

    /// Has the manager not listen any more.
    ///
    /// # Errors
    /// With what `systemctl` says.
    pub(crate) fn down(&self, spec: &Spec) -> Result<(), String> {
        let (socket, service) = (format!("{}.socket", spec.name), format!("{}.service", spec.name));
        self.run(&["disable", "--now", &socket, &service]).map(drop)
    }

    /// Lets the manager know that its files have gone.
    pub(crate) fn forget(&self, spec: &Spec) {
        let (socket, service) = (format!("{}.socket", spec.name), format!("{}.service", spec.name));
        let _ = self.run(&["daemon-reload"]);
        let _ = self.run(&["reset-failed", &socket, &service]);
    }

    /// Removes the links that `enable` has made, where no manager can be asked to.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn unlink(&self, spec: &Spec) -> io::Result<()> {
        for (target, ending) in [("sockets", "socket"), ("default", "service")] {
            let link = self.folder.join(format!("{target}.target.wants/{}.{ending}", spec.name));
            if link.is_symlink() {
                std::fs::remove_file(link)?;
            }
        }
        Ok(())
    }

    /// Returns the folder in which `systemctl edit` keeps what a user has added to the service.
    pub(crate) fn additions(&self, spec: &Spec) -> Option<PathBuf> {
        Some(self.folder.join(format!("{}.service.d", spec.name))).filter(|folder| folder.is_dir())
    }
}

fn is_wsl() -> bool {
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    kernel.to_lowercase().contains("microsoft")
}

fn not_installed(around: &Around) -> Absent {
    let why = match around.system {
        "linux" => "systemd is not installed here".to_owned(),
        other => format!("mp knows no service manager of {other}"),
    };
    Absent { why, next: None }
}

fn unreachable(around: &Around, said: &str) -> Absent {
    let (why, next) = if is_wsl() {
        (
            "systemd is turned off in this WSL",
            Some("put systemd=true under [boot] of /etc/wsl.conf, and run wsl --shutdown"),
        )
    } else if !Path::new("/run/systemd/system").exists() {
        ("systemd does not run here, as in most containers", None)
    } else {
        let user = around.environment.get("USER").is_some();
        let linger = if user { "loginctl enable-linger \"$USER\"" } else { "loginctl enable-linger" };
        ("no manager of this user runs, which systemd starts with a login session", Some(linger))
    };
    Absent { why: format!("{why} ({said})"), next: next.map(str::to_owned) }
}
