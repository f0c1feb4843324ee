//! Files that `mp setup` writes, and that stay their user's: each tells in a line of its own what was written, so that an edited one is
//! known, and left alone. There is no record beside them that could be lost, or be wrong.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::step::State;

/// What the line of its own begins with, behind the sign of a comment.
const MARK: &str = "Written by mp setup, which leaves it alone once it is edited:";

/// Nothing of ours is larger, by far.
const MAX: u64 = 1024 * 1024;

/// How a line is a comment in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Comment(pub(crate) &'static str, pub(crate) &'static str);

impl Comment {
    /// Of shells, and of units.
    pub(crate) const HASH: Self = Self("# ", "");
    /// Of manual pages.
    pub(crate) const ROFF: Self = Self(".\\\" ", "");
    /// Of property lists.
    pub(crate) const XML: Self = Self("<!-- ", " -->");
}

/// A file as it should be.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// Where.
    pub(crate) path: PathBuf,
    /// What is in it, besides the line of its own.
    pub(crate) text: String,
    /// How that line is a comment in it.
    pub(crate) comment: Comment,
}

/// What there is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing.
    Nothing,
    /// What `mp setup` has written, as it was written.
    Ours {
        /// Whether this program would write the same.
        is_current: bool,
        /// How many folders were made for it, from its own upward.
        folders: usize,
    },
    /// What `mp setup` has written, and somebody has edited.
    Edited,
    /// The same text, from elsewhere.
    Same,
    /// Something else.
    Other,
    /// A link, to whatever.
    Link,
}

impl Found {
    /// Says why it stays, if it does.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Edited => "it was edited since mp setup has written it",
            Self::Other => "mp setup has not written it",
            Self::Link => "it is a link, which mp setup has not made",
            Self::Same | Self::Nothing | Self::Ours { .. } => "",
        }
    }
}

impl Wanted {
    /// Looks what is there.
    ///
    /// # Errors
    /// When that cannot be told.
    pub(crate) fn found(&self) -> io::Result<Found> {
        let there = match fs::symlink_metadata(&self.path) {
            Ok(there) => there,
            Err(error) if is_missing(&error) => return Ok(Found::Nothing),
            Err(error) => return Err(error),
        };
        if there.is_symlink() {
            return Ok(Found::Link);
        }
        if !there.is_file() || there.len() > MAX {
            return Ok(Found::Other);
        }
        let mut bytes = Vec::new();
        File::open(&self.path)?.take(MAX).read_to_end(&mut bytes)?;
        let Ok(text) = String::from_utf8(bytes) else { return Ok(Found::Other) };
        Ok(match unmarked(&text) {
            None if text == self.text => Found::Same,
            None => Found::Other,
            Some(written) if written.hash != hash(&written.text) => Found::Edited,
            Some(written) => Found::Ours { is_current: written.text == self.text, folders: written.folders },
        })
    }

    /// Puts it there, unless something is there that stays.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn put(&self, is_dry: bool) -> io::Result<(State, &'static str)> {
        let found = self.found()?;
        let state = match found {
            Found::Nothing => State::Added,
            Found::Ours { is_current: false, .. } => State::Updated,
            Found::Ours { .. } | Found::Same => State::Unchanged,
            Found::Edited | Found::Other | Found::Link => State::Kept,
        };
        if !is_dry && state.is_change() {
            self.write(found)?;
        }
        Ok((state, found.reason()))
    }

    fn write(&self, found: Found) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        let folders = match found {
            Found::Ours { folders, .. } => folders,
            _ => folder.ancestors().take_while(|folder| !folder.exists()).count(),
        };
        // Nobody else's to write, whatever the umask: zsh asks at every start whether to trust completions in a folder that others can.
        DirBuilder::new().recursive(true).mode(0o755).create(folder)?;
        let mut new = tempfile::Builder::new();
        // Less what the umask takes.
        let mut file = new.prefix(".mp-setup-").permissions(Permissions::from_mode(0o644)).tempfile_in(folder)?;
        file.write_all(marked(&self.text, self.comment, folders).as_bytes())?;
        let put = if found == Found::Nothing { file.persist_noclobber(&self.path) } else { file.persist(&self.path) };
        put.map(drop).map_err(|error| error.error)
    }

    /// Takes it away, if it is ours and as it was written. The folders that were made for it are added to `made`.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn take(&self, is_dry: bool, made: &mut BTreeSet<PathBuf>) -> io::Result<(State, &'static str)> {
        let found = self.found()?;
        Ok(match found {
            Found::Nothing => (State::Absent, ""),
            Found::Ours { folders, .. } => {
                if !is_dry {
                    fs::remove_file(&self.path)?;
                }
                made.extend(self.path.ancestors().skip(1).take(folders).map(Path::to_owned));
                (State::Removed, "")
            }
            Found::Same => (State::Kept, "mp setup has not written it"),
            Found::Edited | Found::Other | Found::Link => (State::Kept, found.reason()),
        })
    }
}

/// Removes folders that were made for files, the innermost first, where nothing else is in them by now.
pub(crate) fn remove_folders(made: &BTreeSet<PathBuf>) {
    for folder in made.iter().rev() {
        // One that has something in it stays.
        let _ = fs::remove_dir(folder);
    }
}

/// Returns whether an error says that nothing is there.
pub(crate) fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Returns whether a file was written by `mp setup`, be it edited or not.
pub(crate) fn is_marked(path: &Path) -> bool {
    let is_file = fs::symlink_metadata(path).is_ok_and(|there| there.is_file() && there.len() <= MAX);
    is_file && fs::read_to_string(path).is_ok_and(|text| unmarked(&text).is_some())
}

/// A text that was written, and what its line says of it.
struct Written {
    text: String,
    hash: String,
    folders: usize,
}

/// Puts the line behind the first one: that often has to be the first.
fn marked(text: &str, comment: Comment, folders: usize) -> String {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let Comment(open, close) = comment;
    format!("{first}\n{open}{MARK} {} {folders}{close}\n{rest}", hash(text))
}

fn unmarked(text: &str) -> Option<Written> {
    let at = text.find(MARK)?;
    let begin = text[..at].rfind('\n')? + 1;
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
    let mut words = text[at + MARK.len()..end].split_whitespace();
    let hash = words.next()?.to_owned();
    let folders = words.next()?.parse().ok()?;
    Some(Written { text: format!("{}{}", &text[..begin], &text[end..]), hash, folders })
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn wanted(path: PathBuf, text: &str) -> Wanted {
        Wanted { path, text: text.to_owned(), comment: Comment::HASH }
    }

    #[test]
    fn what_was_written_is_known_again_and_goes_without_a_trace() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = wanted(dir.path().join("a/b/mp"), "first\nsecond\n");
        assert_eq!(file.put(true).expect("nothing is done").0, State::Added);
        assert_eq!(fs::read_dir(dir.path()).expect("there").count(), 0);
        assert_eq!(file.put(false).expect("writable").0, State::Added);
        assert_eq!(file.put(false).expect("there").0, State::Unchanged);
        assert_eq!(fs::metadata(&file.path).expect("there").permissions().mode() & 0o600, 0o600);
        let newer = wanted(file.path.clone(), "first\nthird\n");
        assert_eq!(newer.found().expect("readable"), Found::Ours { is_current: false, folders: 2 });
        assert_eq!(newer.put(false).expect("ours").0, State::Updated);
        // One of another release is removed, too.
        let mut made = BTreeSet::new();
        assert_eq!(file.take(true, &mut made).expect("ours").0, State::Removed);
        assert!(file.path.exists());
        assert_eq!(file.take(false, &mut made).expect("ours").0, State::Removed);
        remove_folders(&made);
        assert_eq!(fs::read_dir(dir.path()).expect("there").count(), 0, "the folders were made for it");
        assert_eq!(file.take(false, &mut made).expect("gone").0, State::Absent);
    }

    #[test]
    fn what_somebody_else_has_a_hand_in_stays() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = wanted(dir.path().join("mp"), "text\n");
        let stays = |why: &str| {
            let before = fs::read(&file.path).ok();
            let kept = (State::Kept, why);
            assert_eq!(file.put(false).expect("readable"), kept);
            assert_eq!(file.take(false, &mut BTreeSet::new()).expect("readable"), kept);
            assert_eq!(fs::read(&file.path).ok(), before);
        };
        file.put(false).expect("writable");
        let text = fs::read_to_string(&file.path).expect("there");
        for edited in [format!("{text}more\n"), text.replace("text", "texts"), text.replace('\n', "\r\n")] {
            fs::write(&file.path, edited).expect("writable");
            stays("it was edited since mp setup has written it");
        }
        for other in
            [&b""[..], b"x\n", b"\xff\xfe", b"text\n# Written by mp setup, which leaves it alone once it is edited: "]
        {
            fs::write(&file.path, other).expect("writable");
            stays("mp setup has not written it");
        }
        fs::write(&file.path, "text\n").expect("writable");
        assert_eq!(file.put(false).expect("the same"), (State::Unchanged, ""));
        assert_eq!(file.take(false, &mut BTreeSet::new()).expect("the same").0, State::Kept);
        fs::remove_file(&file.path).expect("ours");
        symlink("nowhere", &file.path).expect("writable");
        stays("it is a link, which mp setup has not made");
        fs::remove_file(&file.path).expect("ours");
        fs::create_dir(&file.path).expect("writable");
        assert_eq!(file.put(false).expect("a folder").0, State::Kept);
    }

    #[test]
    fn a_folder_in_which_somebody_has_put_something_stays() {
        let dir = tempfile::tempdir().expect("a directory");
        let (one, two) = (wanted(dir.path().join("a/b/1"), "1\n"), wanted(dir.path().join("a/b/2"), "2\n"));
        one.put(false).expect("writable");
        two.put(false).expect("writable");
        fs::write(dir.path().join("a/mine"), "").expect("writable");
        let mut made = BTreeSet::new();
        for file in [&two, &one] {
            file.take(false, &mut made).expect("ours");
        }
        remove_folders(&made);
        assert!(!dir.path().join("a/b").exists() && dir.path().join("a/mine").exists());
    }

    #[test]
    fn a_mark_is_a_comment_behind_the_first_line() {
        let text = marked("<?xml?>\n<plist/>\n", Comment::XML, 0);
        let lines: Vec<&str> = text.lines().collect();
        assert!(
            lines[0] == "<?xml?>" && lines[1].starts_with("<!-- Written") && lines[1].ends_with(" 0 -->"),
            "{text}"
        );
        assert_eq!(unmarked(&text).map(|written| written.text).as_deref(), Some("<?xml?>\n<plist/>\n"));
    }
}
