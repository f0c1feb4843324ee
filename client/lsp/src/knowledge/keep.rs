//! What was learnt, on disk: for the next start, and for those who are offline. It holds names and descriptions of a project, no login;
//! still it is for its user alone, in the directory for caches, and goes when the account goes.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use mp_client::Switch;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::facts::Facts;
use super::source::Owner;

/// What the format is called: another one is not read.
const FORMAT: u32 = 1;

/// Largest file that is read.
const MAX: u64 = 256 * 1024 * 1024;

/// For how long what nobody uses is kept.
const OLDEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// What is in a file.
#[derive(Debug, Serialize, Deserialize)]
pub struct Kept {
    format: u32,
    /// The storage root whose daemon has said it.
    root: String,
    /// Whose it is.
    pub owner: Owner,
    /// When it was asked for, in seconds since 1970.
    pub at: u64,
    /// What was said.
    pub facts: Facts,
}

/// Where it is kept.
#[derive(Debug, Clone)]
pub struct Shelf {
    dir: PathBuf,
    root: String,
}

impl Shelf {
    /// Finds the place that the environment of this process means.
    pub fn of_this_process() -> Option<Self> {
        Self::find(|name| std::env::var(name).ok())
    }

    /// Finds the place by a function that knows variables; none where there is no home.
    pub fn find(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let set = |name: &str| variable(name).filter(|value| value.starts_with('/'));
        let home = set("HOME");
        let caches = set("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| {
            let home = Path::new(home.as_deref()?);
            Some(if cfg!(target_os = "macos") { home.join("Library/Caches") } else { home.join(".cache") })
        })?;
        let root = set("MP_STORAGE_DIR")
            .or_else(|| set("MP_OAUTH_STORAGE_DIR"))
            .or_else(|| Some(format!("{}/.mp", home.as_deref()?)))?;
        Some(Self { dir: caches.join("mixpanel-mp").join("lsp"), root })
    }

    /// Returns the file for a choice: what it leads to may change, and then the file is another's.
    fn file(&self, choice: &Switch) -> PathBuf {
        let key = format!("{}\n{choice:?}", self.root);
        let digest = Sha256::digest(key.as_bytes());
        let name: String = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        self.dir.join(format!("{name}.json"))
    }

    /// Reads what was kept for a choice.
    pub fn read(&self, choice: &Switch) -> Option<Kept> {
        let path = self.file(choice);
        let file = fs::File::open(&path).ok()?;
        let found = file.metadata().ok()?;
        if !found.is_file() || found.len() > MAX {
            return None;
        }
        let kept: Kept = serde_json::from_reader(std::io::BufReader::new(file)).ok()?;
        (kept.format == FORMAT && kept.root == self.root).then_some(kept)
    }

    /// Writes what was learnt for a choice. Nothing depends on it, so whoever cannot write goes on without.
    pub fn write(&self, choice: &Switch, owner: &Owner, facts: &Facts, at: u64) -> std::io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.dir)?;
        fs::set_permissions(&self.dir, fs::Permissions::from_mode(0o700))?;
        let kept = KeptRef { format: FORMAT, root: &self.root, owner, at, facts };
        let mut file = tempfile::NamedTempFile::new_in(&self.dir)?;
        let mut writer = std::io::BufWriter::new(file.as_file_mut());
        serde_json::to_writer(&mut writer, &kept)?;
        writer.flush()?;
        drop(writer);
        file.persist(self.file(choice)).map(drop).map_err(|error| error.error)
    }

    /// Removes what belongs to accounts that are not there any more, and what is old.
    pub fn tidy(&self, accounts: &[String], now: SystemTime) {
        self.remove(|head, age| head.root == self.root && !accounts.contains(&head.owner.account) || age > OLDEST, now);
    }

    /// Removes what belongs to an account.
    pub fn forget(&self, account: &str) {
        self.remove(|head, _| head.root == self.root && head.owner.account == account, SystemTime::now());
    }

    fn remove(&self, is_wanted: impl Fn(&Head, Duration) -> bool, now: SystemTime) {
        for entry in fs::read_dir(&self.dir).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.extension().is_none_or(|end| end != "json") {
                continue;
            }
            let age =
                entry.metadata().and_then(|found| found.modified()).ok().and_then(|at| now.duration_since(at).ok());
            let head =
                fs::File::open(&path).ok().and_then(|file| serde_json::from_reader(std::io::BufReader::new(file)).ok());
            // What cannot be read is of no use to anybody.
            if head.is_none_or(|head: Head| is_wanted(&head, age.unwrap_or_default())) {
                let _ = fs::remove_file(&path);
            }
        }
    }
}

#[derive(Serialize)]
struct KeptRef<'a> {
    format: u32,
    root: &'a str,
    owner: &'a Owner,
    at: u64,
    facts: &'a Facts,
}

/// Whose a file is.
#[derive(Deserialize)]
struct Head {
    root: String,
    owner: Owner,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_private_comes_back_and_goes_with_its_account() {
        let dir = tempfile::tempdir().expect("a directory");
        let home = dir.path().display().to_string();
        let shelf = Shelf::find(|name| (name == "HOME").then(|| home.clone())).expect("a home");
        let choice = Switch { project: Some("7".into()), ..Switch::default() };
        let owner = Owner { account: "ada".into(), project: "7".into(), ..Owner::default() };
        let facts = Facts { names: Some(vec!["A".into()]), ..Facts::default() };
        shelf.write(&choice, &owner, &facts, 5).expect("written");
        let kept = shelf.read(&choice).expect("kept");
        assert_eq!((kept.owner, kept.at, kept.facts.names), (owner, 5, Some(vec!["A".to_owned()])));
        assert!(shelf.read(&Switch::default()).is_none(), "another choice may lead elsewhere");
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&shelf.dir), mode(&shelf.file(&choice))), (0o700, 0o600));
        shelf.tidy(&["ada".into()], SystemTime::now());
        assert!(shelf.read(&choice).is_some());
        shelf.tidy(&["bob".into()], SystemTime::now());
        assert!(shelf.read(&choice).is_none());
        shelf.write(&choice, &kept_owner(), &facts, 5).expect("written");
        fs::write(shelf.file(&choice), "{\"format\":1,").expect("damaged");
        assert!(shelf.read(&choice).is_none());
        shelf.forget("ada");
        assert!(!shelf.file(&choice).exists());
    }

    fn kept_owner() -> Owner {
        Owner { account: "ada".into(), ..Owner::default() }
    }
}
