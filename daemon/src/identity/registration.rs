//! `oauth/client_{region}.json`: the OAuth client that this storage root is registered as, in the format of the Python tool.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use jiff::Timestamp;
use mp_proto::ids::Region;
use serde::{Deserialize, Serialize};
use tracing::warn;

use crate::files::paths::Paths;
use crate::files::read::{ReadError, read_credential};
use crate::files::replace::{ReplaceError, replace};

/// What is asked for at registration. Mixpanel grants by this list; the authorization request itself names no scope.
pub const SCOPE: &str = "projects analysis events insights segmentation retention data:read funnels flows data_definitions \
                         dashboard_reports bookmarks";

/// A registered public client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// Its id; public clients have no secret.
    pub client_id: String,
    /// Where it is registered.
    pub region: Region,
    /// The one address that codes are sent to.
    pub redirect_uri: String,
    /// What it may ask for.
    pub scope: String,
    /// When it was made, RFC 3339 with `Z`.
    pub created_at: String,
}

impl Registration {
    /// Returns a registration made now.
    pub fn new(client_id: String, region: Region, redirect_uri: String, now: Timestamp) -> Self {
        let created_at = super::tokens::iso(now, "Z");
        Self { client_id, region, redirect_uri, scope: SCOPE.to_owned(), created_at }
    }

    /// Reads the registration of a region. A damaged file is as good as none: it costs one more registration, and nobody their login.
    /// It holds no secret, so a mode that is too loose is corrected, as the Python tool does.
    pub fn read(paths: &Paths, region: Region) -> Option<Self> {
        let path = paths.oauth_client(region);
        let bytes = match read_credential(&path, paths.home()) {
            Err(ReadError::Mode { .. }) => {
                tighten(&path);
                read_credential(&path, paths.home())
            }
            read => read,
        };
        let problem = match bytes {
            Ok(None) => return None,
            Ok(Some((bytes, _))) => match serde_json::from_slice::<Self>(&bytes) {
                Ok(found) if found.region == region => return Some(found),
                Ok(found) => format!("it is for region {}", found.region),
                Err(error) => format!("not as expected at line {}, column {}", error.line(), error.column()),
            },
            Err(error) => error.to_string(),
        };
        warn!(path = %path.display(), problem, "a client registration was not used");
        None
    }

    /// Stores the registration for its region.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn store(&self, paths: &Paths) -> Result<(), ReplaceError> {
        let text = serde_json::to_string_pretty(self).expect("texts always serialise");
        replace(paths, &paths.oauth_client(self.region), text.as_bytes()).map(drop)
    }
}

fn tighten(path: &Path) {
    // What cannot be tightened is refused by the second read, with its reason.
    let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_that_of_the_python_tool_and_survives_being_read() {
        let home = tempfile::tempdir().expect("a directory");
        let paths = Paths::new(home.path().join(".mp"), home.path().to_owned());
        assert_eq!(Registration::read(&paths, Region::Us), None);
        let now = "2026-11-22T18:38:01.416558Z".parse().expect("a time");
        let made = Registration::new("cid-1".into(), Region::Us, "http://localhost:19284/callback".into(), now);
        made.store(&paths).expect("written");
        let text = std::fs::read_to_string(paths.oauth_client(Region::Us)).expect("there");
        let expected = format!(
            "{{\n  \"client_id\": \"cid-1\",\n  \"region\": \"us\",\n  \"redirect_uri\": \"http://localhost:19284/callback\",\n  \
             \"scope\": \"{SCOPE}\",\n  \"created_at\": \"2026-11-22T18:38:01.416558Z\"\n}}"
        );
        assert_eq!(text, expected);
        assert_eq!(Registration::read(&paths, Region::Us), Some(made));
    }

    #[test]
    fn a_loose_file_is_tightened_and_a_damaged_one_is_none() {
        let home = tempfile::tempdir().expect("a directory");
        let paths = Paths::new(home.path().join(".mp"), home.path().to_owned());
        let now = Timestamp::UNIX_EPOCH;
        Registration::new("c".into(), Region::Eu, "u".into(), now).store(&paths).expect("written");
        let path = paths.oauth_client(Region::Eu);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("ours");
        assert!(Registration::read(&paths, Region::Eu).is_some());
        assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, "{\"client_id\": 5}").expect("ours");
        assert_eq!(Registration::read(&paths, Region::Eu), None);
    }
}
