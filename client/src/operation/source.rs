//! Where values come from that are not typed: files and standard input.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::sync::Arc;

use crate::transport::Content;

/// Largest text that is read for an argument: the daemon takes no larger call.
const MAX_TEXT: u64 = 4 * 1024 * 1024;

/// Standard input, which can be read once.
pub(crate) struct Stdin {
    left: Option<Box<dyn Read>>,
    /// Whether somebody would have to type it.
    is_typed: bool,
}

impl Stdin {
    /// Returns that of this process.
    pub(crate) fn of_this_process() -> Self {
        Self { left: Some(Box::new(io::stdin())), is_typed: io::stdin().is_terminal() }
    }

    /// Returns one that holds a text.
    #[cfg(test)]
    pub(crate) fn holding(text: &'static str) -> Self {
        Self { left: Some(Box::new(text.as_bytes())), is_typed: false }
    }

    /// Whether something comes from it without anybody being asked to type it.
    pub(super) const fn is_piped(&self) -> bool {
        !self.is_typed
    }

    fn take(&mut self) -> Result<Box<dyn Read>, String> {
        self.left.take().ok_or_else(|| "cannot come from standard input: another argument does".to_owned())
    }

    /// Returns all of it as a text.
    ///
    /// # Errors
    /// When it was read before, or is no text.
    pub(super) fn text(&mut self) -> Result<String, String> {
        let text = limited(self.take()?, "standard input")?;
        if text.trim().is_empty() {
            return Err("must be given, and standard input is empty".to_owned());
        }
        Ok(text)
    }
}

fn limited(from: impl Read, name: &str) -> Result<String, String> {
    let mut bytes = Vec::new();
    let read = from.take(MAX_TEXT + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("could not be read from {name}: {error}"))?;
    if bytes.len() as u64 > MAX_TEXT {
        return Err(format!("must not be larger than {} MB; {name} is", MAX_TEXT / 1024 / 1024));
    }
    String::from_utf8(bytes)
        .map_err(|error| format!("must be UTF-8; {name} is not after byte {}", error.utf8_error().valid_up_to()))
}

/// Returns the text in a file, or on standard input when the path is `-`.
///
/// # Errors
/// When it cannot be read, or is no text.
pub(crate) fn text(path: &str, stdin: &mut Stdin) -> Result<String, String> {
    if path == "-" {
        return stdin.text();
    }
    limited(open(path)?, path)
}

fn open(path: &str) -> Result<File, String> {
    let is_folder = || Path::new(path).is_dir();
    File::open(path)
        .map_err(|error| format!("could not be read from {path}: {error}"))
        .and_then(|file| if is_folder() { Err(format!("names a folder: {path}")) } else { Ok(file) })
}

/// Returns the bytes of a file, or of standard input when the path is `-`. What has no length, such as a pipe, goes into an unnamed file
/// first: the one it is sent to wants to know how much comes.
///
/// # Errors
/// When it cannot be read or kept.
pub(super) fn upload(path: &str, stdin: &mut Stdin) -> Result<Content, String> {
    let file = if path == "-" {
        kept(&mut stdin.take()?, "standard input")?
    } else {
        let mut file = open(path)?;
        if file.metadata().is_ok_and(|there| there.is_file()) { file } else { kept(&mut file, path)? }
    };
    let length = file.metadata().map_err(|error| format!("could not be read from {path}: {error}"))?.len();
    Ok(Content::File(Arc::new(file), length))
}

fn kept(from: &mut impl Read, name: &str) -> Result<File, String> {
    let mut copy = || {
        let mut file = tempfile::tempfile()?;
        io::copy(from, &mut file).map(|_| file)
    };
    copy().map_err(|error| format!("could not be read from {name}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_text_comes_from_a_file_or_once_from_standard_input() {
        let folder = tempfile::tempdir().expect("a directory");
        let path = folder.path().join("f").display().to_string();
        fs::write(&path, "{}").expect("writable");
        let mut stdin = Stdin::holding("typed");
        assert_eq!(text(&path, &mut stdin), Ok("{}".to_owned()));
        assert_eq!(text("-", &mut stdin), Ok("typed".to_owned()));
        assert!(text("-", &mut stdin).is_err_and(|why| why.contains("another argument")));
        assert!(text("-", &mut Stdin::holding(" \n")).is_err_and(|why| why.contains("is empty")));
        let missing = text(&format!("{path}-not"), &mut stdin);
        assert!(missing.is_err_and(|why| why.contains("could not be read from")));
        let of_folder = text(&folder.path().display().to_string(), &mut stdin);
        assert!(of_folder.is_err_and(|why| why.contains("names a folder")));
        fs::write(&path, b"ab\xff").expect("writable");
        assert_eq!(text(&path, &mut stdin), Err(format!("must be UTF-8; {path} is not after byte 2")));
    }

    #[test]
    fn what_has_no_length_is_kept_until_it_has_one() {
        let content = upload("-", &mut Stdin::holding("a,b\n")).expect("readable");
        assert!(matches!(content, Content::File(_, 4)));
    }
}
