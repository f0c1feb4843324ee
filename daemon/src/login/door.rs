//! What a browser program is handed to open. The arguments of programs can be read by every user of the machine, and the authorize URL
//! holds the `state`; so it is an address that leads there, and is of use to nobody else.
//!
//! Where the system tells whose program connects, that is a random path at the login's listener, which answers this user's programs
//! alone. It is the better way: browsers that are packed in a sandbox of their own cannot read hidden or temporary files. Elsewhere it
//! is a page in a file that only this user can read.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use oauth2::CsrfToken;
use url::Url;

use super::page;
use super::redirect::same;

/// How the path begins at the listener.
const HEAD: &str = "/open/";

/// What leads a browser to the authorize URL of one login, until it is dropped.
#[derive(Debug)]
pub(super) struct Door {
    url: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// The last part of a path at the listener.
    Path(String),
    /// A page, which goes away with this.
    File(PathBuf),
}

impl Door {
    /// Returns a path at a listener, whose address this is.
    pub(super) fn at(listener: &str) -> Self {
        let key = CsrfToken::new_random().secret().clone();
        Self { url: format!("{listener}{HEAD}{key}"), kind: Kind::Path(key) }
    }

    /// Writes a page into a directory, which is made if need be.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(super) fn in_file(dir: &Path, authorize_url: &str) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).create(dir)?;
        let path = dir.join(format!("login-{}.html", CsrfToken::new_random().secret()));
        let no_url = || io::Error::other("its path is not absolute");
        let url = Url::from_file_path(&path).map_err(|()| no_url())?.into();
        let mut file = File::options().write(true).create_new(true).mode(0o600).open(&path)?;
        // From here on it is removed, whatever happens.
        let door = Self { url, kind: Kind::File(path) };
        file.write_all(page::forward(authorize_url).as_bytes())?;
        Ok(door)
    }

    /// Returns what is handed over.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Returns whether a path at the listener is this one.
    pub(super) fn is_at(&self, path: &str) -> bool {
        match (&self.kind, path.strip_prefix(HEAD)) {
            (Kind::Path(key), Some(given)) => same(given, key),
            _ => false,
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        if let Kind::File(path) = &self.kind {
            // One that stays leads to a login that has ended.
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const AUTHORIZE: &str = "https://mixpanel.com/oauth/authorize/?client_id=c&state=S1&x=\"<";

    #[test]
    fn a_path_is_random_and_says_nothing() {
        let (one, other) = (Door::at("http://localhost:19284"), Door::at("http://localhost:19284"));
        let path = one.url().strip_prefix("http://localhost:19284").expect("it is at the listener");
        assert!(one.is_at(path) && !other.is_at(path));
        for wrong in ["/open/", "/open", "/", &path[1..], &path[..path.len() - 1], "/callback"] {
            assert!(!one.is_at(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_page_is_private_leads_on_and_goes_away() {
        let dir = tempfile::tempdir().expect("a directory");
        let below = dir.path().join("a run/x");
        let door = Door::in_file(&below, AUTHORIZE).expect("written");
        assert!(door.url().starts_with("file:///") && door.url().contains("/a%20run/"), "{}", door.url());
        assert!(!door.url().contains("S1") && !door.is_at("/open/"));
        let path = Url::parse(door.url()).expect("a URL").to_file_path().expect("a path");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        let page = fs::read_to_string(&path).expect("readable");
        assert!(
            page.contains("url=https://mixpanel.com/oauth/authorize/?client_id=c&amp;state=S1&amp;x=&quot;&lt;"),
            "{page}"
        );
        drop(door);
        assert!(!path.exists());
    }
}
