//! `accounts/NAME/me.json`: names behind ids. It only decorates: a damaged or unsafe file is as good as none.

use parking_lot::Mutex;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use mp_proto::ids::AccountName;

use crate::clock::Clock;
use crate::files::cache::Cache;
use crate::files::paths::Paths;
use crate::files::read::{MAX_SIZE, ReadError};
use crate::files::replace::{ReplaceError, replace};
use crate::me::user::Me;

/// Names only decorate an answer, so the file of one account is looked at this often at most, however many calls there are.
const LOOK: Duration = Duration::from_millis(20);

/// Cached answers that were read.
#[derive(Debug, Default)]
pub(super) struct MeCache {
    read: Cache<Me>,
    last: Mutex<Option<Look>>,
}

/// The last look at a file.
#[derive(Debug)]
struct Look {
    account: AccountName,
    at: Instant,
    found: Option<Arc<Me>>,
}

enum Unusable {
    Unsafe,
    Damaged,
}

impl From<ReadError> for Unusable {
    fn from(_: ReadError) -> Self {
        Self::Unsafe
    }
}

impl MeCache {
    /// Returns the cached answer of an account, if there is a good one that has not expired.
    pub(super) fn load(&self, paths: &Paths, account: &AccountName, clock: &dyn Clock) -> Option<Arc<Me>> {
        let mut last = self.last.lock();
        match &*last {
            Some(look) if look.account == *account && look.at.elapsed() < LOOK => look.found.clone(),
            _ => {
                let found = self.read(&paths.me(account), paths.home(), clock.now());
                *last = Some(Look { account: account.clone(), at: Instant::now(), found: found.clone() });
                found
            }
        }
    }

    /// Returns the cached answer of an account, however old: who somebody is does not expire.
    pub(super) fn remembered(&self, paths: &Paths, account: &AccountName, clock: &dyn Clock) -> Option<Arc<Me>> {
        self.read_any(&paths.me(account), paths.home(), clock.now())
    }

    /// Lets the next look see the file, however soon it comes.
    pub(crate) fn look_again(&self) {
        *self.last.lock() = None;
    }

    fn read(&self, path: &Path, home: &Path, now: Timestamp) -> Option<Arc<Me>> {
        self.read_any(path, home, now).filter(|me| me.is_fresh(now))
    }

    fn read_any(&self, path: &Path, home: &Path, now: Timestamp) -> Option<Arc<Me>> {
        let read = self.read.load(path, home, || now.into(), |bytes| Me::parse(bytes).ok_or(Unusable::Damaged));
        match read {
            Ok(me) => me,
            Err(Unusable::Unsafe) => {
                tracing::debug!(path = %path.display(), "a cached /me was not safe to read");
                None
            }
            Err(Unusable::Damaged) => {
                tracing::debug!(path = %path.display(), "a cached /me was damaged");
                None
            }
        }
    }
}

impl Me {
    /// Writes the answer as the cached one of an account, unless it is so big that no reader would take it back. Returns whether there is
    /// a file now.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn write(&self, paths: &Paths, account: &AccountName, now: Timestamp) -> Result<bool, ReplaceError> {
        let text = self.to_text(now);
        if text.len() as u64 > MAX_SIZE {
            tracing::warn!(%account, bytes = text.len(), "a /me was too big to be stored");
            return Ok(false);
        }
        replace(paths, &paths.me(account), text.as_bytes()).map(|_| true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mp_proto::ids::{ProjectId, WorkspaceId};
    use std::os::unix::fs::PermissionsExt;

    const FILE: &str = r#"{"user_id": 42, "user_email": "ada@example.com",
        "organizations": {"100": {"id": 100, "name": "Acme"}},
        "projects": {"7": {"name": "AI Demo", "organization_id": 100}, "8": {"name": "Orphan", "organization_id": 5}},
        "workspaces": {"70": {"id": 70, "name": "Default", "project_id": 7}}, "cached_at": 1000.5}"#;

    fn load(text: &str, now_s: i64) -> Option<Arc<Me>> {
        let home = tempfile::tempdir().expect("a directory");
        let path = home.path().join("me.json");
        std::fs::write(&path, text).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("private");
        MeCache::default().read(&path, home.path(), Timestamp::from_second(now_s).expect("a time"))
    }

    #[test]
    fn names_are_found_behind_ids() {
        let me = load(FILE, 1000).expect("good");
        let project = |id| ProjectId::parse(id).expect("digits");
        assert_eq!((me.user_id, me.user_email.as_deref()), (Some(42), Some("ada@example.com")));
        assert_eq!(me.project_name(&project("7")).as_deref(), Some("AI Demo"));
        assert_eq!(me.organization_name(&project("7")).as_deref(), Some("Acme"));
        assert_eq!(me.organization_name(&project("8")), None);
        assert_eq!(me.workspace_name(WorkspaceId::new(70).expect("positive")).as_deref(), Some("Default"));
        assert_eq!(me.project_name(&project("9")), None);
    }

    #[test]
    fn a_day_is_its_life_and_a_missing_time_has_none() {
        assert!(load(FILE, 1000 + 86_400).is_some());
        assert!(load(FILE, 1002 + 86_400).is_none());
        assert!(load(FILE, 500).is_some(), "a time in the future is valid");
        assert!(load(&FILE.replace("1000.5", "\"x\""), 9_999_999).is_some());
    }

    #[test]
    fn what_is_damaged_is_as_good_as_none() {
        for damaged in ["", "{", "[]", "null"] {
            assert!(load(damaged, 1000).is_none(), "{damaged}");
        }
        assert!(load("{\"projects\": null}", 1000).is_some());
    }
}
