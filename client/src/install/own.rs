//! The path of this program for a file that others keep: it has to be right tomorrow, too.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::caller::Environment;

/// Returns the path by which hosts shall start this program: an absolute one, for those that are started from a desktop have another
/// search path than a shell. Of all names that it has, one that an upgrade keeps.
pub(crate) fn path(own: &Path, environment: &Environment) -> PathBuf {
    let mut names: Vec<PathBuf> = environment
        .os("PATH")
        .map(std::env::split_paths)
        .into_iter()
        .flatten()
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join("mp"))
        .chain(of_version(own))
        .filter(|name| is_same(name, own))
        .collect();
    names.push(own.to_owned());
    let lasting = names.iter().find(|name| passing(name).is_none());
    lasting.unwrap_or(&names[0]).clone()
}

/// Returns why a path will be another one soon, if it will.
pub(crate) fn passing(path: &Path) -> Option<&'static str> {
    let text = format!("{}/", path.display());
    let has = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    if has(&["/Cellar/", "/nix/store/", "/mise/installs/", "/.asdf/installs/"]) {
        return Some("belongs to one version, and an upgrade takes it away");
    }
    let temporary = ["/private/var/folders/", "/var/folders/", "/private/tmp/", "/tmp/", "/var/tmp/", "/dev/shm/"];
    if temporary.iter().any(|part| text.starts_with(part)) || text.contains("/_npx/") || text.contains("/.cache/uv/") {
        return Some("is in a folder for temporary files");
    }
    if has(&["/target/debug/", "/target/demo/", "/target/dist/", "/target/release/"]) {
        return Some("is in a build folder");
    }
    None
}

/// What a package manager links to a program of one version.
fn of_version(own: &Path) -> Vec<PathBuf> {
    let text = own.to_string_lossy();
    let Some((prefix, rest)) = text.split_once("/Cellar/") else { return Vec::new() };
    let formula = rest.split('/').next().unwrap_or_default();
    vec![PathBuf::from(format!("{prefix}/bin/mp")), PathBuf::from(format!("{prefix}/opt/{formula}/bin/mp"))]
}

/// Returns whether two paths lead to one file.
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    match (fs::metadata(one), fs::metadata(other)) {
        (Ok(one), Ok(other)) => (one.dev(), one.ino()) == (other.dev(), other.ino()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn of_all_names_one_that_lasts_is_taken() {
        let dir = tempfile::tempdir().expect("a directory");
        let root = dir.path();
        let own = root.join("Cellar/mp/1.2.3/bin/mp");
        for folder in ["Cellar/mp/1.2.3/bin", "opt/mp/bin", "bin", "other"] {
            fs::create_dir_all(root.join(folder)).expect("writable");
        }
        fs::write(&own, "").expect("writable");
        fs::write(root.join("other/mp"), "").expect("writable");
        let search = format!("relative:{0}/other:{0}/bin", root.display());
        let found = || path(&own, &Environment::of(&[("PATH", &search)]));
        assert_eq!(found(), own, "there is no other name");
        symlink(&own, root.join("opt/mp/bin/mp")).expect("writable");
        symlink("../Cellar/mp/1.2.3/bin/mp", root.join("bin/mp")).expect("writable");
        // All of it is in a temporary folder, so the first name is as good as another.
        assert_eq!(found(), root.join("bin/mp"));
    }

    #[test]
    fn what_passes_is_known() {
        for (path, passes) in [
            ("/opt/homebrew/bin/mp", false),
            ("/opt/homebrew/Cellar/mp/1.2.3/bin/mp", true),
            ("/nix/store/abc-mp/bin/mp", true),
            ("/tmp/x/mp", true),
            ("/home/ada/tmp/mp", false),
            ("/home/ada/src/mp/target/debug/mp", true),
            ("/home/ada/.cargo/bin/mp", false),
        ] {
            assert_eq!(passing(Path::new(path)).is_some(), passes, "{path}");
        }
    }
}
