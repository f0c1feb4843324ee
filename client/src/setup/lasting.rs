//! The name of the daemon's program for a file that stays: it has to be right after the next upgrade, too.

use std::path::{Path, PathBuf};

use crate::install::{is_same, passing};
use crate::program::PLACES;

/// Returns the name by which a service manager shall start a program: of all that it has, one that an upgrade keeps; and why that will
/// not last either, if it is so.
///
/// A program is found behind all links. Homebrew, Nix and the like keep each version in a folder of its own, and links that lead to the
/// present one: beside where `mp` is found on the search path, or in `opt` of Homebrew.
pub(crate) fn lasting(program: &Path, search_path: &[PathBuf]) -> (PathBuf, Option<&'static str>) {
    among(program, search_path, passing)
}

/// As [`lasting`]; `passing` says why a name will not last.
fn among(
    program: &Path,
    search_path: &[PathBuf],
    passing: fn(&Path) -> Option<&'static str>,
) -> (PathBuf, Option<&'static str>) {
    let beside = search_path.iter().flat_map(|folder| PLACES.iter().map(|place| plain(&folder.join(place))));
    let of_version = of_version(program).filter(|name| is_same(name, program));
    let mut names: Vec<PathBuf> = of_version.iter().cloned().chain(beside).collect();
    names.retain(|name| is_same(name, program));
    names.insert(0, program.to_owned());
    // Where none lasts, the link of a version still does for longer than its folder.
    let least = of_version.unwrap_or_else(|| program.to_owned());
    let name = names.into_iter().find(|name| passing(name).is_none()).unwrap_or(least);
    let why = passing(&name);
    (name, why)
}

/// What Homebrew links to a file of one version: `<prefix>/Cellar/<formula>/<version>/<file>` is `<prefix>/opt/<formula>/<file>`.
fn of_version(program: &Path) -> Option<PathBuf> {
    let text = program.to_str()?;
    let (prefix, rest) = text.split_once("/Cellar/")?;
    let (formula, rest) = rest.split_once('/')?;
    let (_, file) = rest.split_once('/')?;
    Some(PathBuf::from(format!("{prefix}/opt/{formula}/{file}")))
}

/// Returns a path without `..`, as its text says: whether it leads to the same file is looked at afterwards.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        if part == std::path::Component::ParentDir {
            plain.pop();
        } else {
            plain.push(part);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    #[test]
    fn of_all_names_one_that_an_upgrade_keeps_is_taken() {
        let dir = tempfile::tempdir().expect("a directory");
        let root = dir.path().canonicalize().expect("there");
        let program = root.join("Cellar/mp/1.2/libexec/mixpanel/mpd");
        fs::create_dir_all(program.parent().expect("a folder")).expect("writable");
        fs::write(&program, "").expect("writable");
        // That all of it is in a folder for temporary files is not what this is about.
        let of_version = |name: &Path| passing(name).filter(|why| why.contains("one version"));
        let of = |path: &[PathBuf]| among(&program, path, of_version);
        let (name, why) = of(&[]);
        assert!(name == program && why.is_some_and(|why| why.contains("one version")), "{name:?} {why:?}");
        fs::create_dir(root.join("bin")).expect("writable");
        fs::create_dir(root.join("libexec")).expect("writable");
        symlink("../Cellar/mp/1.2/libexec/mixpanel", root.join("libexec/mixpanel")).expect("writable");
        assert_eq!(of(&[root.join("other"), root.join("bin")]), (root.join("libexec/mixpanel/mpd"), None));
        fs::create_dir(root.join("opt")).expect("writable");
        symlink("../Cellar/mp/1.2", root.join("opt/mp")).expect("writable");
        assert_eq!(of(&[root.join("bin")]), (root.join("opt/mp/libexec/mixpanel/mpd"), None));
        // Another program of that name is none of its names.
        fs::create_dir_all(root.join("x/bin")).expect("writable");
        fs::write(root.join("x/bin/mpd"), "").expect("writable");
        fs::remove_file(root.join("opt/mp")).expect("ours");
        assert_eq!(of(&[root.join("x/bin")]).0, program);
    }

    #[test]
    fn a_name_that_lasts_is_left_as_it_is() {
        assert_eq!(
            lasting(Path::new("/usr/libexec/mixpanel/mpd"), &[]),
            (PathBuf::from("/usr/libexec/mixpanel/mpd"), None)
        );
        assert!(lasting(Path::new("/home/ada/mp/target/demo/mpd"), &[]).1.is_some(), "a build folder does not last");
    }
}
