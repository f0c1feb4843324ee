//! Which profiles are in a file already: when Mixpanel has ended the session in which they were read page by page, it is begun anew, and
//! what comes again is left out.

use std::collections::HashSet;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufRead, BufReader, Read, Seek};

use bytes::Bytes;
use serde::Deserialize;

/// The ids of the profiles in a file, two hashes of each: a hundred million of them are told apart all the same.
pub(super) struct Known {
    seeds: [RandomState; 2],
    ids: HashSet<[u64; 2]>,
    /// Those that have come since the last page that is complete: they may be taken back.
    fresh: Vec<[u64; 2]>,
}

/// A profile, as it is normalised or as Mixpanel sends it.
#[derive(Deserialize)]
struct Profile<'a> {
    #[serde(borrow, alias = "$distinct_id")]
    distinct_id: Option<std::borrow::Cow<'a, str>>,
}

impl Known {
    /// Reads the ids in the first so many bytes of a file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn of(mut file: &File, bytes: u64) -> io::Result<Self> {
        let mut known =
            Self { seeds: [RandomState::new(), RandomState::new()], ids: HashSet::new(), fresh: Vec::new() };
        file.rewind()?;
        let (mut reader, mut line) = (BufReader::with_capacity(256 * 1024, file.take(bytes)), Vec::new());
        while reader.read_until(b'\n', &mut line)? > 0 {
            known.is_new(&line);
            line.clear();
        }
        known.fresh.clear();
        Ok(known)
    }

    /// Notes the profile of a line. Returns whether it was not known; what has no id always is new.
    fn is_new(&mut self, line: &[u8]) -> bool {
        let read = serde_json::from_slice::<Profile<'_>>(line).ok().and_then(|profile| profile.distinct_id);
        read.is_none_or(|id| {
            let hashes = [self.seeds[0].hash_one(&id), self.seeds[1].hash_one(&id)];
            let is_new = self.ids.insert(hashes);
            self.fresh.extend(is_new.then_some(hashes));
            is_new
        })
    }

    /// Notes that what has come stays.
    pub(super) fn settle(&mut self) {
        self.fresh.clear();
    }

    /// Forgets what has come since that was noted last.
    pub(super) fn forget(&mut self) {
        for id in self.fresh.drain(..) {
            self.ids.remove(&id);
        }
    }

    /// Returns the lines whose profiles were not known, and how many were.
    pub(super) fn left_of(&mut self, lines: &[u8]) -> (Bytes, u64) {
        let (mut left, mut again) = (Vec::with_capacity(lines.len()), 0);
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            match self.is_new(line) {
                true => left.extend_from_slice(line),
                false => again += 1,
            }
        }
        (left.into(), again)
    }
}

/// Leaves known profiles out of lines that come in pieces.
pub(super) struct Sieve {
    known: Known,
    /// The beginning of a line whose end has not come yet.
    held: Vec<u8>,
}

impl Sieve {
    /// Returns one that knows these.
    pub(super) fn of(known: Known) -> Self {
        Self { known, held: Vec::new() }
    }

    /// Returns the lines whose profiles are new.
    pub(super) fn left_of(&mut self, batch: Vec<Bytes>) -> Vec<Bytes> {
        batch.iter().for_each(|piece| self.held.extend_from_slice(piece));
        let whole = memchr::memrchr(b'\n', &self.held).map_or(0, |at| at + 1);
        let rest = self.held.split_off(whole);
        let left = self.known.left_of(&std::mem::replace(&mut self.held, rest)).0;
        if left.is_empty() { Vec::new() } else { vec![left] }
    }

    /// Forgets half a line: what it belongs to comes again.
    pub(super) fn forget(&mut self) {
        self.held.clear();
        self.known.forget();
    }

    /// Notes that what has come stays.
    pub(super) fn settle(&mut self) {
        self.known.settle();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn what_a_file_has_is_left_out_whatever_its_form() {
        let mut file = tempfile::tempfile().expect("a file");
        let there = "{\"distinct_id\":\"a\",\"n\":1}\n{\"$distinct_id\":\"b \\u00e9\"}\n";
        file.write_all(there.as_bytes()).expect("writable");
        file.write_all(b"{\"distinct_id\":\"c\"}\n").expect("writable");
        let mut known = Known::of(&file, there.len() as u64).expect("readable");
        let come = "{\"distinct_id\":\"c\"}\n{\"distinct_id\":\"a\",\"n\":2}\n{\"$distinct_id\":\"b \u{e9}\"}\n{}\n{}\n{\"distinct_id\":\"c\"}\n";
        let (left, again) = known.left_of(come.as_bytes());
        assert_eq!((std::str::from_utf8(&left).expect("text"), again), ("{\"distinct_id\":\"c\"}\n{}\n{}\n", 3));
        let new = |known: &mut Known| known.left_of(b"{\"distinct_id\":\"d\"}\n").1 == 0;
        assert!(new(&mut known) && !new(&mut known));
        known.forget();
        assert!(new(&mut known), "it was taken back");
        known.settle();
        known.forget();
        assert!(!new(&mut known));
    }
}
