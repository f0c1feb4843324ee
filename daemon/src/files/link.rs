//! Where a linked config file really is. People keep their settings elsewhere and link to them (stow, home-manager), so the config alone
//! may be a link: to a file of the user's own that nobody else can put another one in the place of. Files with tokens may not.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{FileType, Stat, lstat, readlink};
use rustix::io::Errno;

use super::read::{ReadError, Signature};
use super::walk::{self, WalkError};

/// How many links lead to a file at most; Linux has the same limit.
const MAX_LINKS: usize = 40;

/// Returns where a file is: its own path, unless it is a link to a file that is the user's own and safe.
///
/// # Errors
/// When it is a link to nothing, to a file of somebody else, or by a way that others can change.
pub fn locate<'a>(path: &'a Path, home: &Path) -> Result<Cow<'a, Path>, ReadError> {
    if !is_link(path) {
        return Ok(Cow::Borrowed(path));
    }
    // The way to the link itself is that to any file with credentials.
    match walk::open_dir(path.parent().unwrap_or(Path::new("/")), home) {
        Ok(_) => {}
        Err(WalkError::Symlink(path)) => return Err(ReadError::Symlink { path }),
        Err(WalkError::Open(path, errno)) => return Err(ReadError::Io { path, source: errno.into() }),
    }
    let uid = rustix::process::geteuid().as_raw();
    let resolved = resolve(path, uid);
    resolved.map(Cow::Owned).map_err(|reason| ReadError::UnsafeLink { path: path.to_owned(), reason })
}

/// Returns the signature of what a path leads to, or of the link where that leads nowhere; none when there is nothing.
///
/// # Errors
/// When the system cannot tell, such as for a directory that may not be searched.
pub fn signature(path: &Path) -> io::Result<Option<Signature>> {
    match lstat(path) {
        // Whatever is wrong with its end shows when that is read.
        Ok(link) if kind(&link) == FileType::Symlink => {
            Ok(Some(Signature::from_stat(&rustix::fs::stat(path).unwrap_or(link))))
        }
        Ok(stat) => Ok(Some(Signature::from_stat(&stat))),
        Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Returns whether a path is a symbolic link.
fn is_link(path: &Path) -> bool {
    lstat(path).is_ok_and(|stat| kind(&stat) == FileType::Symlink)
}

fn kind(stat: &Stat) -> FileType {
    FileType::from_raw_mode(stat.st_mode)
}

/// Follows a path component by component, and returns it without links, or what is wrong with it.
fn resolve(path: &Path, uid: u32) -> Result<PathBuf, String> {
    let mut at = PathBuf::from("/");
    let mut rest: VecDeque<OsString> = names(path).collect();
    let mut links = 0;
    while let Some(name) = rest.pop_front() {
        if name == ".." {
            at.pop();
            continue;
        }
        let next = at.join(&name);
        let stat = lstat(&next).map_err(|errno| missing(&next, errno))?;
        match kind(&stat) {
            FileType::Symlink => {
                owned(&next, &stat, [uid, 0])?;
                links += 1;
                if links > MAX_LINKS {
                    return Err(format!("more than {MAX_LINKS} links lead on from there"));
                }
                let target = readlink(&next, Vec::new()).map_err(|errno| missing(&next, errno))?;
                let target = PathBuf::from(OsString::from_vec(target.into_bytes()));
                if target.is_absolute() {
                    at = PathBuf::from("/");
                }
                for name in names(&target).collect::<Vec<_>>().into_iter().rev() {
                    rest.push_front(name);
                }
            }
            FileType::Directory => {
                owned(&next, &stat, [uid, 0])?;
                closed(&next, &stat)?;
                at = next;
            }
            _ if rest.is_empty() => {
                owned(&next, &stat, [uid, uid])?;
                return Ok(next);
            }
            _ => return Err(missing(&next, Errno::NOTDIR)),
        }
    }
    Err(format!("{} is a directory", at.display()))
}

fn names(path: &Path) -> impl Iterator<Item = OsString> {
    path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
    })
}

fn missing(path: &Path, errno: Errno) -> String {
    match errno {
        Errno::NOENT => format!("{} is not there", path.display()),
        errno => format!("{}: {}", path.display(), mp_proto::failure::chain(&io::Error::from(errno))),
    }
}

fn owned(path: &Path, stat: &Stat, owners: [u32; 2]) -> Result<(), String> {
    if owners.contains(&stat.st_uid) {
        return Ok(());
    }
    Err(format!("{} belongs to user {}; expected user {}", path.display(), stat.st_uid, owners[0]))
}

/// Whoever can write to a directory can put another file in the place of one in it, unless the sticky bit is set.
fn closed(path: &Path, stat: &Stat) -> Result<(), String> {
    let mode = stat.st_mode & 0o7777;
    if mode & 0o022 == 0 || mode & 0o1000 != 0 {
        return Ok(());
    }
    Err(format!("{} can be written by others (mode {mode:04o}); `chmod go-w` it", path.display()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    struct World {
        dir: tempfile::TempDir,
    }

    impl World {
        /// A home with a config that is a link of this text.
        fn linking_to(target: &str) -> Self {
            let dir = tempfile::tempdir().unwrap();
            let world = Self { dir };
            for folder in ["home", "home/.mp", "home/dotfiles", "home/dotfiles/mp", "shared"] {
                fs::create_dir(world.at(folder)).unwrap();
                world.chmod(folder, 0o700);
            }
            for file in ["home/dotfiles/mp/config.toml", "shared/config.toml"] {
                fs::write(world.at(file), "x").unwrap();
                world.chmod(file, 0o600);
            }
            symlink(target, world.config()).unwrap();
            world
        }

        fn at(&self, path: &str) -> PathBuf {
            // Where the temporary directory is behind a link itself, as on macOS.
            self.dir.path().canonicalize().unwrap().join(path)
        }

        fn config(&self) -> PathBuf {
            self.at("home/.mp/config.toml")
        }

        fn chmod(&self, path: &str, mode: u32) {
            fs::set_permissions(self.at(path), fs::Permissions::from_mode(mode)).unwrap();
        }

        fn located(&self) -> Result<PathBuf, String> {
            let config = self.config();
            locate(&config, &self.at("home")).map(Cow::into_owned).map_err(|error| error.to_string())
        }
    }

    const TARGET: &str = "home/dotfiles/mp/config.toml";

    #[test]
    fn a_link_to_a_file_of_the_users_own_is_followed_to_its_end() {
        let world = World::linking_to("../dotfiles/mp/config.toml");
        assert_eq!(world.located(), Ok(world.at(TARGET)));
        // As home-manager does it: by a link in between.
        symlink(world.at("home/dotfiles/mp/config.toml"), world.at("shared/store")).unwrap();
        fs::remove_file(world.config()).unwrap();
        symlink(world.at("shared/store"), world.config()).unwrap();
        assert_eq!(world.located(), Ok(world.at(TARGET)));
        symlink(world.at("home/dotfiles"), world.at("home/d")).unwrap();
        fs::remove_file(world.config()).unwrap();
        symlink("../d/./mp/../mp/config.toml", world.config()).unwrap();
        assert_eq!(world.located(), Ok(world.at(TARGET)));
        fs::remove_file(world.config()).unwrap();
        assert_eq!(world.located(), Ok(world.config()), "what is missing is no link");
        fs::write(world.config(), "x").unwrap();
        assert_eq!(world.located(), Ok(world.config()));
    }

    #[track_caller]
    fn check_refused(world: &World, why: &str) {
        let error = world.located().expect_err("it is not safe");
        assert!(error.contains(why) && error.contains("config.toml"), "{why}: {error}");
    }

    #[test]
    fn a_link_that_leads_nowhere_says_where() {
        let world = World::linking_to("../dotfiles/none.toml");
        check_refused(&world, "/dotfiles/none.toml is not there");
        for (target, why) in
            [("config.toml", "more than 40 links"), ("../dotfiles", "is a directory"), ("/", "is a directory")]
        {
            fs::remove_file(world.config()).unwrap();
            symlink(target, world.config()).unwrap();
            check_refused(&world, why);
        }
    }

    #[test]
    fn a_way_that_others_can_change_is_refused() {
        let world = World::linking_to("../../shared/config.toml");
        assert_eq!(world.located(), Ok(world.at("shared/config.toml")));
        for mode in [0o720, 0o702] {
            world.chmod("shared", mode);
            check_refused(&world, "/shared can be written by others");
        }
        world.chmod("shared", 0o1777);
        assert_eq!(world.located(), Ok(world.at("shared/config.toml")), "as in /tmp, each keeps what is his");
        // The way to the link may have no link, as ever.
        fs::rename(world.at("home/.mp"), world.at("home/real")).unwrap();
        symlink("real", world.at("home/.mp")).unwrap();
        let error = world.located().expect_err("the directory is a link");
        assert!(error.contains("/home/.mp is a symbolic link"), "{error}");
    }

    #[test]
    fn what_belongs_to_another_user_is_refused() {
        let stat = lstat("/").unwrap();
        let other = stat.st_uid + 1;
        assert!(owned(Path::new("/"), &stat, [other, other]).unwrap_err().contains("belongs to user"));
        assert!(owned(Path::new("/"), &stat, [other, stat.st_uid]).is_ok());
        // Root's own files are not a user's: root may have meant them for others.
        if !rustix::process::geteuid().is_root() {
            return check_refused(&World::linking_to("/etc/hostname"), "config.toml");
        }
        let world = World::linking_to("../dotfiles/mp/config.toml");
        std::os::unix::fs::chown(world.at(TARGET), Some(65_534), None).unwrap();
        check_refused(&world, "belongs to user 65534");
    }
}
