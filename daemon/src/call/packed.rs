//! Takes the compression off a body as it comes: every member of it, wherever the network has cut it. No I/O.
//!
//! What answers exports joins compressed pieces, as the format allows (RFC 1952, 2.2). Whoever reads the first piece alone ends early and
//! notices nothing. Here a body ends where it says that it ends: what is cut off is an error, and so is what follows the last piece.

use std::io::Write;

use bytes::Bytes;
use flate2::write::MultiGzDecoder;

/// So much is taken at once: it may become a thousand times as much.
const STEP: usize = 8 * 1024;

/// What is made at once, about. A larger block costs memory, a smaller one wake-ups.
const ENOUGH: usize = 128 * 1024;

/// Why a body cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PackedError {
    /// It ends before its compression does. What follows the last piece looks the same as long as it is shorter than a head.
    #[error("its compression (gzip) does not come to an end, or something short follows it")]
    CutOff,
    /// It is damaged, or something else follows its end.
    #[error("its compression (gzip) is damaged, or followed by something else: {0}")]
    Damaged(String),
}

/// A body in compression, on its way.
pub(crate) struct Packed {
    decoder: MultiGzDecoder<Vec<u8>>,
    /// What has come and is not read yet.
    input: Bytes,
    /// Whether anything has come.
    is_begun: bool,
}

impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packed").field("waiting", &self.input.len()).finish_non_exhaustive()
    }
}

impl Packed {
    /// Returns one at the beginning of a body.
    pub(crate) fn new() -> Self {
        Self { decoder: MultiGzDecoder::new(Vec::new()), input: Bytes::new(), is_begun: false }
    }

    /// Takes what has come; all before it must have been read.
    pub(crate) fn push(&mut self, part: Bytes) {
        self.is_begun |= !part.is_empty();
        self.input = part;
    }

    /// Returns more of the body; none when more has to come first.
    ///
    /// # Errors
    /// When it is damaged.
    pub(crate) fn next(&mut self) -> Result<Option<Bytes>, PackedError> {
        while !self.input.is_empty() && self.decoder.get_ref().len() < ENOUGH {
            let step = &self.input[..self.input.len().min(STEP)];
            let taken = self.decoder.write(step).map_err(|error| PackedError::Damaged(error.to_string()))?;
            if taken == 0 {
                return Err(PackedError::Damaged("nothing can be made of it".to_owned()));
            }
            self.input = self.input.split_off(taken);
        }
        let made = std::mem::take(self.decoder.get_mut());
        Ok((!made.is_empty()).then(|| made.into()))
    }

    /// Ends the body and returns the rest of it. One that never began is empty: there was nothing to compress.
    ///
    /// # Errors
    /// When it is damaged, or ends in the middle.
    pub(crate) fn end(self) -> Result<Bytes, PackedError> {
        if !self.is_begun {
            return Ok(Bytes::new());
        }
        self.decoder.finish().map(Bytes::from).map_err(|_| PackedError::CutOff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, GzBuilder};

    const TEXTS: [&str; 4] = ["{\"event\":\"a\",\"pro", "perties\":{}}\n", "", "{\"event\":\"b\",\"properties\":{}}\n"];

    fn member(text: &str) -> Vec<u8> {
        wrapped(GzBuilder::new(), Compression::default(), text)
    }

    fn wrapped(head: GzBuilder, level: Compression, text: &str) -> Vec<u8> {
        let mut encoder = head.write(Vec::new(), level);
        encoder.write_all(text.as_bytes()).expect("a vector takes everything");
        encoder.finish().expect("a vector takes everything")
    }

    fn read(body: &[u8], size: usize) -> Result<String, PackedError> {
        let (mut packed, mut out) = (Packed::new(), Vec::new());
        for part in body.chunks(size.max(1)) {
            packed.push(Bytes::copy_from_slice(part));
            while let Some(made) = packed.next()? {
                out.extend_from_slice(&made);
            }
        }
        out.extend_from_slice(&packed.end()?);
        Ok(String::from_utf8(out).expect("text"))
    }

    #[test]
    fn every_member_is_read_wherever_it_is_cut() {
        let named = || GzBuilder::new().filename("day.jsonl").comment("a day").extra(&b"\x01\x02\x04\x00abcd"[..]);
        let all = TEXTS.concat();
        let bodies: [(&str, Vec<Vec<u8>>); 8] = [
            ("one", vec![member(&all)]),
            ("some", TEXTS.map(member).to_vec()),
            ("empty first", vec![member(""), member(&all)]),
            ("empty last", vec![member(&all), member(""), member("")]),
            ("names", TEXTS.map(|text| wrapped(named(), Compression::best(), text)).to_vec()),
            ("stored", TEXTS.map(|text| wrapped(GzBuilder::new(), Compression::none(), text)).to_vec()),
            ("mixed", vec![member(TEXTS[0]), wrapped(named(), Compression::none(), TEXTS[1]), member(TEXTS[3])]),
            ("bytes", all.bytes().map(|byte| member(std::str::from_utf8(&[byte]).expect("ASCII"))).collect()),
        ];
        for (name, members) in bodies {
            let body = members.concat();
            for size in (1..20).chain([body.len() - 1, body.len()]) {
                assert_eq!(read(&body, size).as_deref(), Ok(all.as_str()), "{name} in parts of {size}");
            }
        }
        assert_eq!(read(b"", 1).as_deref(), Ok(""), "nothing is nothing");
        assert_eq!(read(&member(""), 7).as_deref(), Ok(""));
    }

    #[test]
    fn a_header_with_a_checksum_of_its_own_is_read() {
        let mut body = member("x");
        body[3] |= 2;
        let mut sum = flate2::Crc::new();
        sum.update(&body[..10]);
        let sum = u16::try_from(sum.sum() & 0xffff).expect("two bytes").to_le_bytes();
        body.splice(10..10, sum);
        for size in 1..=body.len() {
            assert_eq!(read(&body, size).as_deref(), Ok("x"), "{size}");
        }
        body[10] ^= 1;
        assert!(matches!(read(&body, 3), Err(PackedError::Damaged(_))));
    }

    #[test]
    fn what_is_cut_off_is_an_error_wherever_that_is() {
        let body = TEXTS.map(member).concat();
        let ends: Vec<usize> =
            (1..=TEXTS.len()).map(|count| TEXTS[..count].iter().map(|one| member(one).len()).sum()).collect();
        for cut in (1..body.len()).filter(|cut| !ends.contains(cut)) {
            for size in [1, 5, body.len()] {
                assert_eq!(read(&body[..cut], size), Err(PackedError::CutOff), "cut at {cut}, in parts of {size}");
            }
        }
    }

    #[test]
    fn what_follows_the_end_or_is_damaged_is_an_error() {
        let body = TEXTS.map(member).concat();
        for tail in [
            "x",
            "\0",
            "\0\0\0\0\0\0\0\0\0\0\0\0",
            "{\"event\":\"c\"}\n",
            "\u{1f}",
            "a longer text, more than any header has",
        ] {
            for size in [1, 4, 4096] {
                let done = read(&[&body, tail.as_bytes()].concat(), size);
                assert!(done.is_err(), "{tail:?}: {done:?}");
            }
        }
        for at in 0..3 {
            let mut bad = body.clone();
            bad[at] ^= 0x55;
            assert!(matches!(read(&bad, 9), Err(PackedError::Damaged(_))), "{at}");
        }
        // The checksum and the length of the first member.
        let first = member(TEXTS[0]).len();
        for at in first - 8..first {
            let mut bad = body.clone();
            bad[at] ^= 1;
            assert!(matches!(read(&bad, 4096), Err(PackedError::Damaged(_))), "{at}");
        }
    }

    #[test]
    fn what_becomes_large_comes_in_pieces() {
        let text = "x".repeat(24 * 1024 * 1024);
        let mut packed = Packed::new();
        packed.push(Bytes::from(member(&text)));
        let (mut whole, mut largest) = (0, 0);
        while let Some(made) = packed.next().expect("good") {
            (whole, largest) = (whole + made.len(), largest.max(made.len()));
        }
        assert_eq!(whole + packed.end().expect("whole").len(), text.len());
        assert!(largest < ENOUGH + STEP * 1100, "{largest}");
    }
}
