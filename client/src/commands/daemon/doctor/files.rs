//! Directories and files: whose they are, and whether what a start does in them works. What is tried is taken away again.

use std::fs::Metadata;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use mp_proto::location::run_dir;
use mp_proto::ownership;
use rustix::process::{Resource, getrlimit};

use super::findings::{Findings, Verdict};
use crate::caller::Environment;
use crate::connect::ConnectError;
use crate::place::{Place, uid};

/// Less room than this is filled by one day of logs.
const LITTLE_ROOM: u64 = 1024 * 1024;

/// What is written to see whether it can be: about a file of tokens.
const PROBE: usize = 4096;

/// Where everything else could be.
const ELSEWHERE: &str = "name a directory of your own by MP_STORAGE_DIR";

/// Looks whose the directories are.
pub(super) fn directories(root: &Path, findings: &mut Findings) {
    if let Err(error) =
        ownership::check(root, uid(), |path| std::fs::symlink_metadata(path), |path| std::fs::metadata(path))
    {
        // It says what to do.
        findings.add(Verdict::Fail, error.to_string(), "");
        return;
    }
    for directory in [root.to_owned(), run_dir(root)] {
        let shown = directory.display();
        match std::fs::symlink_metadata(&directory) {
            Err(_) => findings.add(Verdict::Ok, format!("{shown} is not there yet"), ""),
            Ok(found) if found.is_symlink() => {
                let hint = "name the real directory by MP_STORAGE_DIR";
                findings.add(Verdict::Fail, format!("{shown} is a symbolic link"), hint);
            }
            Ok(found) if !found.is_dir() => {
                findings.add(Verdict::Fail, format!("{shown} is no directory"), ELSEWHERE);
            }
            Ok(found) if found.uid() != uid() => {
                let what = format!("{shown} belongs to uid {}", found.uid());
                findings.add(Verdict::Fail, what, owner_hint(uid(), found.uid(), &directory));
            }
            Ok(found) if found.mode() & 0o077 != 0 => {
                let what = format!("{shown} has mode {:04o}", found.mode() & 0o7777);
                findings.add(Verdict::Warn, what, mode_hint(&found, &directory));
            }
            Ok(_) => findings.add(Verdict::Ok, format!("{shown} is private"), ""),
        }
    }
}

/// What helps where somebody else owns a path. Never to give a user's files to root, or root's run to a user: that would lock the user
/// out.
fn owner_hint(me: u32, owner: u32, path: &Path) -> String {
    match (me, owner) {
        (0, owner) => {
            format!("run mp as uid {owner}, without sudo; accounts of root itself need a MP_STORAGE_DIR of its own")
        }
        (me, 0) => format!("left by a run as root: sudo chown -R {me} {}", path.display()),
        _ => ELSEWHERE.to_owned(),
    }
}

/// A directory that is shared by all users must stay so.
fn mode_hint(found: &Metadata, path: &Path) -> String {
    if found.mode() & 0o1000 == 0 { format!("chmod 700 {}", path.display()) } else { ELSEWHERE.to_owned() }
}

/// What helps where a socket must not be used.
pub(super) fn hint_for(error: &ConnectError) -> String {
    let ConnectError::Unsafe { path, .. } = error else { return "mp daemon logs".to_owned() };
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() || found.uid() != uid() => owner_hint(uid(), found.uid(), path),
        Ok(found) if found.is_dir() && found.mode() & 0o077 != 0 => mode_hint(&found, path),
        _ => "name another socket by --socket or MPD_SOCKET".to_owned(),
    }
}

/// Files that hold credentials are refused by whoever reads them unless they are private.
pub(super) fn credentials(root: &Path, findings: &mut Findings) {
    let mut files = vec![root.join("config.toml")];
    let accounts = std::fs::read_dir(root.join("accounts")).into_iter().flatten().flatten();
    files.extend(accounts.flat_map(|account| ["tokens.json", "me.json"].map(|name| account.path().join(name))));
    files.sort();
    let before = findings.all().len();
    let mut seen = 0;
    for file in files {
        let Ok(found) = std::fs::symlink_metadata(&file) else { continue };
        seen += 1;
        let shown = file.display();
        if !found.is_file() {
            findings.add(Verdict::Fail, format!("{shown} is no regular file"), "put a regular file in its place");
        } else if found.uid() != uid() {
            let what = format!("{shown} belongs to uid {}", found.uid());
            findings.add(Verdict::Fail, what, owner_hint(uid(), found.uid(), &file));
        } else if found.mode() & 0o077 != 0 {
            let what = format!("{shown} has mode {:04o}", found.mode() & 0o7777);
            findings.add(Verdict::Warn, what, format!("chmod 600 {shown}"));
        }
    }
    if seen > 0 && findings.all().len() == before {
        findings.add(Verdict::Ok, format!("{seen} credential files are private"), "");
    }
}

/// The Python tool keeps its config in `~/.mp` whatever `MP_STORAGE_DIR` says; somebody may wonder where the accounts went.
pub(super) fn other_config(root: &Path, environment: &Environment, findings: &mut Findings) {
    let Some(home) = environment.get("HOME") else { return };
    let usual = PathBuf::from(home).join(".mp").join("config.toml");
    let own = root.join("config.toml");
    if usual != own && usual.exists() && !own.exists() {
        let what = format!("{} exists, but the storage root is {}", usual.display(), root.display());
        findings.add(Verdict::Warn, what, format!("MP_CONFIG_PATH={} uses it", usual.display()));
    }
}

/// Tries to write and lock a file where locks and tokens are, and to make a socket where it belongs.
pub(super) fn writing(place: &Place, findings: &mut Findings) {
    let nearest = |run: &'_ Path| run.ancestors().find(|path| path.is_dir()).map(Path::to_owned);
    let is_usable = |run: &&PathBuf| nearest(run).is_some_and(|there| try_file(&there, there == **run).is_ok());
    // As a start does: where the home cannot hold them, they are elsewhere.
    let run = place.runs.iter().find(is_usable).unwrap_or(&place.runs[0]);
    let Some(there) = nearest(run) else { return };
    let shown = there.display();
    match try_file(&there, there == *run) {
        Ok(()) => findings.add(Verdict::Ok, format!("{shown} can be written to"), ""),
        Err(error) => {
            findings.add(
                Verdict::Fail,
                format!("nothing can be written in {shown}: {error}"),
                room_hint(&error, &there),
            );
        }
    }
    if let Some(directory) = place.socket.parent().filter(|directory| directory.is_dir())
        && let Err(error) = try_socket(directory)
    {
        let what = format!("no socket can be made in {}: {error}", directory.display());
        findings.add(Verdict::Fail, what, "name another place by MPD_SOCKET, or another directory by MP_STORAGE_DIR");
    }
    opening(run, findings);
    room(&there, findings);
}

/// A run as another user leaves files behind that a start cannot open.
fn opening(run: &Path, findings: &mut Findings) {
    for path in ["spawn.lock", "mpd.lock", "mpd.log"].map(|name| run.join(name)) {
        let opened = std::fs::OpenOptions::new().append(true).open(&path);
        match (opened, std::fs::symlink_metadata(&path)) {
            (Err(error), Ok(found)) if error.kind() != io::ErrorKind::NotFound => {
                let hint = match found.uid() == uid() {
                    true => format!("remove {}", path.display()),
                    false => owner_hint(uid(), found.uid(), run),
                };
                findings.add(Verdict::Fail, format!("{} cannot be opened: {error}", path.display()), hint);
            }
            _ => {}
        }
    }
}

/// Where the directory is still missing, a start makes it: then a directory is tried.
#[expect(clippy::disallowed_methods, reason = "a file of its own, which nobody waits for")]
fn try_file(directory: &Path, is_ours: bool) -> io::Result<()> {
    let mut probe = tempfile::Builder::new();
    let probe = probe.prefix(".mp-doctor");
    if !is_ours {
        return probe.tempdir_in(directory).and_then(tempfile::TempDir::close);
    }
    let mut file = probe.tempfile_in(directory)?;
    // A write beyond the limit of this shell would end this program.
    let most = getrlimit(Resource::Fsize).current.unwrap_or(u64::MAX);
    let bytes = vec![0; PROBE.min(usize::try_from(most).unwrap_or(PROBE))];
    file.write_all(&bytes)?;
    file.as_file().sync_all()?;
    match file.as_file().try_lock() {
        Ok(()) => file.close(),
        Err(error) => Err(io::Error::other(format!("it cannot be locked: {error}"))),
    }
}

fn try_socket(directory: &Path) -> io::Result<()> {
    let path = directory.join(format!(".d{}", std::process::id()));
    let bound = UnixListener::bind(&path).map(drop);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => bound.and(Err(error)),
        _ => bound,
    }
}

fn room_hint(error: &io::Error, directory: &Path) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room on this disk".to_owned(),
        io::ErrorKind::PermissionDenied => format!("ls -ld {}", directory.display()),
        io::ErrorKind::FileTooLarge => "raise ulimit -f".to_owned(),
        _ => ELSEWHERE.to_owned(),
    }
}

fn room(directory: &Path, findings: &mut Findings) {
    let Ok(disk) = rustix::fs::statvfs(directory) else { return };
    let shown = directory.display();
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if free < LITTLE_ROOM {
        let what = format!("the disk of {shown} has {} KiB left; new tokens need room", free / 1024);
        findings.add(Verdict::Warn, what, "make room on this disk");
    } else if disk.f_files > 0 && disk.f_favail == 0 {
        findings.add(Verdict::Warn, format!("the disk of {shown} takes no more files"), "remove some files there");
    } else {
        findings.add(Verdict::Ok, format!("the disk of {shown} has {} MiB left", free / 1024 / 1024), "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn found(check: impl FnOnce(&mut Findings)) -> Vec<(Verdict, String, String)> {
        let mut findings = Findings::default();
        check(&mut findings);
        findings.all().to_vec()
    }

    fn chmod(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("changed");
    }

    #[test]
    fn a_credential_file_that_others_can_read_is_found() {
        let dir = tempfile::tempdir().expect("a directory");
        let account = dir.path().join("accounts/acme");
        std::fs::create_dir_all(&account).expect("made");
        let write = |path: &Path, mode| {
            std::fs::write(path, "{}").expect("written");
            chmod(path, mode);
        };
        let check = || found(|findings| credentials(dir.path(), findings));
        assert!(check().is_empty(), "nothing there is nothing wrong");
        write(&account.join("tokens.json"), 0o600);
        assert!(matches!(check().as_slice(), [(Verdict::Ok, ..)]));
        write(&account.join("me.json"), 0o644);
        assert!(matches!(check().as_slice(), [(Verdict::Warn, _, hint)] if hint.starts_with("chmod 600 ")));
        write(&account.join("me.json"), 0o600);
        symlink(account.join("me.json"), dir.path().join("config.toml")).expect("linked");
        assert!(matches!(check().as_slice(), [(Verdict::Fail, what, _)] if what.contains("no regular file")));
    }

    #[test]
    fn no_hint_locks_anybody_out() {
        let path = Path::new("/home/ada/.mp");
        let as_root = owner_hint(0, 1000, path);
        assert!(as_root.contains("without sudo") && !as_root.contains("chown"), "{as_root}");
        assert_eq!(owner_hint(1000, 0, path), "left by a run as root: sudo chown -R 1000 /home/ada/.mp");
        assert_eq!(owner_hint(1000, 1001, path), ELSEWHERE);
        let dir = tempfile::tempdir().expect("a directory");
        let hint = |mode| {
            chmod(dir.path(), mode);
            mode_hint(&std::fs::symlink_metadata(dir.path()).expect("there"), dir.path())
        };
        assert!(hint(0o755).starts_with("chmod 700 "));
        assert_eq!(hint(0o1777), ELSEWHERE, "others keep their files there");
    }

    #[test]
    fn what_was_tried_leaves_nothing_behind() {
        let dir = tempfile::tempdir().expect("a directory");
        let root = dir.path().join("root");
        let place = Place::below(Some(&root), None, true, &Environment::default()).expect("a place");
        let check = || found(|findings| writing(&place, findings));
        assert!(check().iter().all(|(verdict, ..)| *verdict != Verdict::Fail), "{:?}", check());
        assert!(!root.exists(), "a start makes it");
        std::fs::create_dir_all(run_dir(&root)).expect("made");
        assert!(check().iter().all(|(verdict, ..)| *verdict != Verdict::Fail), "{:?}", check());
        assert_eq!(std::fs::read_dir(run_dir(&root)).expect("there").count(), 0);
    }
}
