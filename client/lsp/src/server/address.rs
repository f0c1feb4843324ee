//! Addresses of documents, and the files that they name.

use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, percent_encode};

/// What stands for something else in a path of an address.
const SPECIAL: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'|')
    .add(b'^')
    .add(b'[')
    .add(b']')
    .add(b'\\')
    .add(b';');

/// Returns the file that an address names; none if it names something else.
pub(crate) fn path_of(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let bytes: Vec<u8> = percent_decode_str(path).collect();
    (bytes.first() == Some(&b'/')).then(|| PathBuf::from(std::ffi::OsString::from_vec(bytes)))
}

/// Returns the address of a file.
pub(crate) fn of_path(path: &Path) -> String {
    format!("file://{}", percent_encode(path.as_os_str().as_bytes(), SPECIAL))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_addresses_and_the_way_back() {
        for path in ["/a/b.ts", "/a b/ü#1?.py", "/x%20y", "/[id]/page.tsx"] {
            assert_eq!(path_of(&of_path(Path::new(path))), Some(PathBuf::from(path)));
        }
        assert_eq!(path_of("file:///a%3A/b"), Some(PathBuf::from("/a:/b")));
        for other in ["untitled:Untitled-1", "file://host/x", "vscode-notebook-cell:/x#y"] {
            assert_eq!(path_of(other), None, "{other}");
        }
    }
}
