//! Lines that are no events or profiles, on their way into a file of their own. The daemon marks them where it is asked to; here they are
//! taken out of what is written.
//!
//! Those of a part are kept until its turn is over: a part that is fetched again must not leave them twice.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use bytes::Bytes;
use memchr::memchr;
use mp_catalog::export::BAD_LINE;
use mp_proto::failure::{Failure, FailureKind};
use tempfile::SpooledTempFile;

use super::stop::Stop;

/// So much of a part is kept in memory; what is more goes into an unnamed file.
const IN_MEMORY: usize = 1024 * 1024;

/// The lines of all parts. All methods are called from one thread.
pub(super) struct Strays {
    /// Where they go, with its name.
    file: Option<(RefCell<File>, String)>,
    parts: RefCell<BTreeMap<usize, Part>>,
}

/// What has come of a part.
struct Part {
    spool: SpooledTempFile,
    /// Whether what came last is the beginning of a marked line.
    is_inside: bool,
    /// Whether what came last has ended with a line.
    is_at_line: bool,
}

impl Default for Part {
    fn default() -> Self {
        Self { spool: tempfile::spooled_tempfile(IN_MEMORY), is_inside: false, is_at_line: true }
    }
}

impl Strays {
    /// Opens the file that a command line names; none where it names none. What is in it stays.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn open(named: Option<String>) -> Result<Self, Failure> {
        let file = match named.filter(|word| !matches!(word.as_str(), "fail" | "skip")) {
            None => None,
            Some(name) => {
                // What people do goes into it, and that is nobody else's business.
                let opened = OpenOptions::new().append(true).create(true).mode(0o600).open(Path::new(&name));
                Some((RefCell::new(opened.map_err(|error| failed(&name, &error))?), name))
            }
        };
        Ok(Self { file, parts: RefCell::default() })
    }

    /// Returns the name of the file.
    pub(super) fn name(&self) -> Option<&str> {
        self.file.as_ref().map(|(_, name)| name.as_str())
    }

    /// Begins with a part, perhaps once more.
    pub(super) fn begin(&self, part: usize) {
        if self.file.is_some() {
            self.parts.borrow_mut().insert(part, Part::default());
        }
    }

    /// Takes marked lines out of what has come of a part.
    ///
    /// # Errors
    /// When they cannot be kept.
    pub(super) fn sift(&self, part: usize, batch: Vec<Bytes>) -> Result<Vec<Bytes>, Stop> {
        let Some((_, name)) = &self.file else { return Ok(batch) };
        let mut parts = self.parts.borrow_mut();
        let kept = parts.entry(part).or_default();
        let mut good = Vec::with_capacity(batch.len());
        for bytes in batch {
            kept.sift(bytes, &mut good).map_err(|error| Stop::Failed(failed(name, &error)))?;
        }
        Ok(good)
    }

    /// Writes those of the parts before this one, which are complete.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(super) fn write_before(&self, part: usize) -> Result<(), Stop> {
        let Some((file, name)) = &self.file else { return Ok(()) };
        let mut parts = self.parts.borrow_mut();
        let later = parts.split_off(&part);
        for (_, mut part) in std::mem::replace(&mut *parts, later) {
            let written = part.spool.rewind().and_then(|()| io::copy(&mut part.spool, &mut *file.borrow_mut()));
            written.map_err(|error| Stop::Failed(failed(name, &error)))?;
        }
        Ok(())
    }
}

impl Part {
    fn sift(&mut self, bytes: Bytes, good: &mut Vec<Bytes>) -> io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.is_inside {
                let end = memchr(b'\n', &rest).map(|at| at + 1);
                let line = rest.split_to(end.unwrap_or(rest.len()));
                self.spool.write_all(&line)?;
                self.is_inside = end.is_none();
                self.is_at_line = true;
                continue;
            }
            match self.next_mark(&rest) {
                Some(at) => {
                    push(good, rest.split_to(at));
                    drop(rest.split_to(1));
                    self.is_inside = true;
                }
                None => {
                    self.is_at_line = rest.last() == Some(&b'\n');
                    push(good, std::mem::take(&mut rest));
                }
            }
        }
        Ok(())
    }

    /// Returns where the next marked line begins. Elsewhere in a line the mark is a character of a raw text.
    fn next_mark(&self, bytes: &[u8]) -> Option<usize> {
        memchr::memchr_iter(BAD_LINE, bytes).find(|at| match at.checked_sub(1) {
            None => self.is_at_line,
            Some(before) => bytes[before] == b'\n',
        })
    }
}

fn push(good: &mut Vec<Bytes>, bytes: Bytes) {
    if !bytes.is_empty() {
        good.push(bytes);
    }
}

fn failed(name: &str, error: &io::Error) -> Failure {
    let detail = format!("bad lines could not be written into {name}: {error}");
    Failure::new(FailureKind::Storage, detail).next("mp export events --help", "see --on-bad-line")
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::BytesMut;

    fn read(path: &Path) -> String {
        std::fs::read_to_string(path).expect("text")
    }

    #[test]
    fn marked_lines_are_taken_out_wherever_they_are_cut_and_written_when_their_turn_is_over() {
        let text = "{\"a\":1}\n\u{1e}bad \u{1e} one\n{\"b\":\"\u{1e}\"}\n\u{1e}\n\u{1e}two\n";
        let (good, bad) = ("{\"a\":1}\n{\"b\":\"\u{1e}\"}\n", "bad \u{1e} one\n\ntwo\n");
        for size in 1..=text.len() {
            let dir = tempfile::tempdir().expect("a directory");
            let path = dir.path().join("bad");
            let strays = Strays::open(path.to_str().map(str::to_owned)).expect("a file");
            let batch = |text: &str| text.as_bytes().chunks(size).map(Bytes::copy_from_slice).collect::<Vec<_>>();
            strays.begin(1);
            strays.sift(1, batch("\u{1e}from a part that is fetched again\n")).expect("kept");
            for part in [0, 1] {
                strays.begin(part);
                let mut sifted = BytesMut::new();
                strays.sift(part, batch(text)).expect("kept").iter().for_each(|part| sifted.extend_from_slice(part));
                assert_eq!(sifted, good, "parts of {size}");
            }
            strays.write_before(0).expect("written");
            assert_eq!(read(&path), "");
            strays.write_before(1).expect("written");
            assert_eq!(read(&path), bad);
            strays.write_before(2).expect("written");
            assert_eq!(read(&path), bad.repeat(2));
        }
    }

    #[test]
    fn without_a_file_nothing_is_looked_at() {
        for word in [None, Some("fail"), Some("skip")] {
            let strays = Strays::open(word.map(str::to_owned)).expect("nothing to open");
            strays.begin(0);
            let kept = strays.sift(0, vec![Bytes::from_static(b"\x1ex\n")]).expect("nothing to keep");
            assert_eq!((kept.len(), strays.name()), (1, None));
            assert!(strays.write_before(9).is_ok());
        }
        let refused = Strays::open(Some("/nowhere/bad".to_owned())).err().expect("no such folder");
        assert!(refused.detail.starts_with("bad lines could not be written into /nowhere/bad"));
    }
}
