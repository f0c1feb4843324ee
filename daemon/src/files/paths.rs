//! Where the files of one storage root are. Pure: nothing here touches the disk.

use mp_proto::failure::{Failure, FailureKind};
use std::path::{Path, PathBuf};

use mp_proto::ids::{AccountName, Region};

/// The config in the storage root, as the Python tool calls it.
pub(super) const CONFIG: &str = "config.toml";

/// The paths of one storage root, and the home below which symbolic links are refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    root: PathBuf,
    home: PathBuf,
    /// Looked at by nearly every call, so it is joined once.
    default_bridge: PathBuf,
}

impl Paths {
    /// Returns the paths below a storage root. Both must be absolute, or they would follow the daemon's own directory.
    pub fn new(root: PathBuf, home: PathBuf) -> Self {
        let default_bridge = home.join(".claude").join("mixpanel").join("auth.json");
        Self { root, home, default_bridge }
    }

    /// Returns the storage root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the home directory.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Returns the config file.
    pub fn config(&self) -> PathBuf {
        self.root.join(CONFIG)
    }

    /// Returns the directory that holds one directory per account.
    pub fn accounts_dir(&self) -> PathBuf {
        self.root.join("accounts")
    }

    /// Returns the directory of an account. An [`AccountName`] has no slash and no dot, so it cannot lead elsewhere.
    pub fn account_dir(&self, account: &AccountName) -> PathBuf {
        self.accounts_dir().join(account.as_str())
    }

    /// Returns the tokens of a browser account.
    pub fn tokens(&self, account: &AccountName) -> PathBuf {
        self.account_dir(account).join("tokens.json")
    }

    /// Returns the cached `/me` of an account.
    pub fn me(&self, account: &AccountName) -> PathBuf {
        self.account_dir(account).join("me.json")
    }

    /// Returns the client registration of a region, which all its accounts share.
    pub fn oauth_client(&self, region: Region) -> PathBuf {
        self.root.join("oauth").join(format!("client_{region}.json"))
    }

    /// Returns the directory of secrets that are encrypted by systemd.
    pub fn secrets_dir(&self) -> PathBuf {
        self.root.join("secrets")
    }

    /// Returns the list of bridge files in working directories that the user has allowed.
    pub fn allowed_bridges(&self) -> PathBuf {
        self.root.join("allowed_bridges.json")
    }

    /// Returns the bridge file that is looked for when the caller names none.
    pub fn default_bridge(&self) -> &Path {
        &self.default_bridge
    }
}

/// Returns a path as the caller means it that gave it under this name.
///
/// # Errors
/// When it is relative and the caller did not tell its directory.
pub fn absolute(given: &str, cwd: Option<&str>, name: &str) -> Result<PathBuf, Failure> {
    let given = Path::new(given);
    match cwd.map(Path::new) {
        _ if given.is_absolute() => Ok(given.to_owned()),
        Some(cwd) if cwd.is_absolute() => Ok(cwd.join(given)),
        _ => {
            let detail = format!("{name} is relative, and the context names no absolute directory in `cwd`");
            Err(Failure::new(FailureKind::InvalidArgument, detail))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_is_that_of_the_python_tool() {
        let paths = Paths::new("/h/.mp".into(), "/h".into());
        let ada = AccountName::parse("ada").unwrap();
        assert_eq!(paths.config(), Path::new("/h/.mp/config.toml"));
        assert_eq!(paths.tokens(&ada), Path::new("/h/.mp/accounts/ada/tokens.json"));
        assert_eq!(paths.me(&ada), Path::new("/h/.mp/accounts/ada/me.json"));
        assert_eq!(paths.oauth_client(Region::In), Path::new("/h/.mp/oauth/client_in.json"));
        assert_eq!(paths.default_bridge(), Path::new("/h/.claude/mixpanel/auth.json"));
    }
}
