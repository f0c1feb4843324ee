//! `systemd-creds --user`: secrets in files of the storage root that are encrypted with a key of this machine, for this user alone. For
//! machines without a desktop; the program must be of systemd 256 or later.

use std::io::{ErrorKind, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use mp_proto::ids::AccountName;
use mp_proto::secret::Secret;

use super::key::{Key, Kind};
use super::safe::Safe;
use super::trouble::Trouble;
use crate::files::paths::Paths;
use crate::files::read::read_credential;
use crate::files::replace::replace;

const PROGRAM: &str = "systemd-creds";

/// The first release that encrypts for a user.
const NEEDED: u32 = 256;

/// How long a run may take: it asks a service of the system, which may have to ask a TPM.
const RUN: Duration = Duration::from_secs(5);

const EXTENSION: &str = "cred";

/// Encrypted files of a storage root.
pub(super) struct SystemdCreds {
    paths: Paths,
    is_checked: bool,
}

impl SystemdCreds {
    /// Returns the place of a storage root's secrets.
    pub(super) fn new(paths: Paths) -> Self {
        Self { paths, is_checked: false }
    }

    fn file(&self, key: &Key) -> std::path::PathBuf {
        self.paths.secrets_dir().join(format!("{}.{}.{EXTENSION}", key.account, key.kind.word()))
    }

    fn run(&mut self, verb: &str, key: &Key, input: &[u8]) -> Result<Vec<u8>, Trouble> {
        self.check()?;
        let name = format!("--name=mixpanel-mp.{}.{}", key.account, key.kind.word());
        // Nothing secret is among the words: those of a process are for everybody to see.
        output_of(Command::new(PROGRAM).args(["--user", &name, verb, "-", "-"]), input)
    }
}

fn failed(error: &dyn std::fmt::Display) -> Trouble {
    Trouble::Other(error.to_string())
}

impl Safe for SystemdCreds {
    fn get(&mut self, key: &Key) -> Result<Option<Secret>, Trouble> {
        let found = read_credential(&self.file(key), self.paths.home()).map_err(|error| failed(&error))?;
        let Some((sealed, _)) = found else { return Ok(None) };
        let text = String::from_utf8(self.run("decrypt", key, &sealed)?);
        text.map(|text| Some(Secret::new(text))).map_err(|_| Trouble::Altered)
    }

    fn put(&mut self, key: &Key, secret: &Secret) -> Result<(), Trouble> {
        let sealed = self.run("encrypt", key, secret.expose().as_bytes())?;
        replace(&self.paths, &self.file(key), &sealed).map(drop).map_err(|error| failed(&error))
    }

    fn remove(&mut self, key: &Key) -> Result<bool, Trouble> {
        match std::fs::remove_file(self.file(key)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(failed(&error)),
        }
    }

    fn keys(&mut self) -> Result<Vec<Key>, Trouble> {
        let entries = match std::fs::read_dir(self.paths.secrets_dir()) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(&error)),
        };
        let key = |name: &str| {
            let (account, kind) = name.strip_suffix(EXTENSION)?.strip_suffix('.')?.rsplit_once('.')?;
            Some(Key { account: AccountName::parse(account).ok()?, kind: Kind::of_word(kind)? })
        };
        Ok(entries.flatten().filter_map(|entry| key(entry.file_name().to_str()?)).collect())
    }

    fn check(&mut self) -> Result<(), Trouble> {
        if self.is_checked {
            return Ok(());
        }
        let told = output_of(Command::new(PROGRAM).arg("--version"), b"")?;
        let told = String::from_utf8_lossy(&told);
        let version =
            told.split_whitespace().nth(1).and_then(|word| word.split(['.', '~']).next()?.parse::<u32>().ok());
        match version {
            Some(version) if version >= NEEDED => {
                self.is_checked = true;
                Ok(())
            }
            Some(version) => Err(Trouble::Absent(format!(
                "{PROGRAM} is of systemd {version}, which cannot encrypt for a user: {NEEDED} can"
            ))),
            None => Err(Trouble::Absent(format!("{PROGRAM} does not tell its version"))),
        }
    }

    fn ask_user(&mut self) -> Result<(), Trouble> {
        self.check()
    }
}

/// Runs a program to its end, and returns what it has written.
fn output_of(command: &mut Command, input: &[u8]) -> Result<Vec<u8>, Trouble> {
    let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = started.map_err(|error| match error.kind() {
        ErrorKind::NotFound => Trouble::Absent(format!("{PROGRAM} is not installed")),
        _ => Trouble::Other(format!("{PROGRAM} could not be run: {error}")),
    })?;
    let (done, end) = channel::<()>();
    let pid = rustix::process::Pid::from_child(&child);
    let watcher = std::thread::spawn(move || {
        let is_late = end.recv_timeout(RUN) == Err(std::sync::mpsc::RecvTimeoutError::Timeout);
        if is_late {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
        is_late
    });
    let read = exchange(&mut child, input);
    // It is reaped only after nobody ends it any more, so its number is not another's.
    drop(done);
    let is_late = watcher.join().unwrap_or(false);
    let status = child.wait().map_err(|error| Trouble::Other(format!("{PROGRAM} could not be waited for: {error}")))?;
    match read {
        _ if is_late => Err(Trouble::Silent(RUN)),
        Ok((output, _)) if status.success() => Ok(output),
        Ok((_, told)) => Err(Trouble::Other(format!("{PROGRAM} says: {}", said(&told, status)))),
        Err(error) => Err(Trouble::Other(format!("{PROGRAM} could not be talked to: {error}"))),
    }
}

/// Writes all, then reads all: what goes in fits into a pipe, or is read by the program before it writes.
fn exchange(child: &mut Child, input: &[u8]) -> std::io::Result<(Vec<u8>, Vec<u8>)> {
    if let Some(mut pipe) = child.stdin.take() {
        match pipe.write_all(input) {
            // It ended early, and says why.
            Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(error),
            _ => {}
        }
    }
    let (mut output, mut told) = (Vec::new(), Vec::new());
    if let Some(mut pipe) = child.stdout.take() {
        pipe.read_to_end(&mut output)?;
    }
    if let Some(mut pipe) = child.stderr.take() {
        pipe.read_to_end(&mut told)?;
    }
    Ok((output, told))
}

fn said(told: &[u8], status: std::process::ExitStatus) -> String {
    let told = String::from_utf8_lossy(told);
    match told.lines().last().map(str::trim).filter(|line| !line.is_empty()) {
        Some(line) => line.chars().take(200).collect(),
        None => format!("nothing ({status})"),
    }
}
