//! How a file is compressed. Each part of an export is a gzip member or a zstd frame of its own, and what is one after the other is read
//! as one: so a file can be cut back to where a part ends.

use std::io::{self, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use zstd::stream::write::Encoder as ZstdEncoder;

/// The level of zstd: what its authors chose for everyday use.
const ZSTD_LEVEL: i32 = 3;

/// So much is compressed at once.
const BLOCK: usize = 128 * 1024;

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    Plain,
    Gzip,
    Zstd,
}

/// The words of `--compress`.
pub(crate) const WORDS: [&str; 3] = ["gzip", "zstd", "none"];

impl Codec {
    /// Returns the one of a word.
    pub(super) fn named(word: &str) -> Self {
        match word {
            "gzip" => Self::Gzip,
            "zstd" => Self::Zstd,
            _ => Self::Plain,
        }
    }

    /// Returns the one that the name of a file speaks of.
    pub(super) fn of(path: &Path) -> Self {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("gz") => Self::Gzip,
            Some("zst") => Self::Zstd,
            _ => Self::Plain,
        }
    }

    /// Returns its word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Plain => "none",
        }
    }

    /// Returns how names of its files end.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Gzip => ".gz",
            Self::Zstd => ".zst",
            Self::Plain => "",
        }
    }

    /// Begins a member or a frame. The same bytes become the same bytes: no name and no time is in it.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub(super) fn begin(self) -> io::Result<Encoder> {
        let form = match self {
            Self::Plain => Form::Plain,
            Self::Gzip => Form::Gzip(GzEncoder::new(Vec::new(), Compression::default())),
            Self::Zstd => Form::Zstd(ZstdEncoder::new(Vec::new(), ZSTD_LEVEL)?),
        };
        Ok(Encoder { form, waiting: Vec::new() })
    }
}

/// Compresses a part.
pub(super) struct Encoder {
    form: Form,
    /// What is not a whole block yet: what becomes of bytes depends on the pieces in which a compressor gets them.
    waiting: Vec<u8>,
}

enum Form {
    Plain,
    Gzip(GzEncoder<Vec<u8>>),
    Zstd(ZstdEncoder<'static, Vec<u8>>),
}

impl Encoder {
    /// Takes bytes, and adds to `out` what is ready.
    ///
    /// # Errors
    /// None that are known of, for all of it is in memory.
    pub(super) fn write(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        if let Form::Plain = self.form {
            out.extend_from_slice(bytes);
            return Ok(());
        }
        self.waiting.extend_from_slice(bytes);
        let whole = self.waiting.len() - self.waiting.len() % BLOCK;
        self.waiting[..whole].chunks(BLOCK).try_for_each(|block| self.form.write(block, out))?;
        self.waiting.drain(..whole);
        Ok(())
    }

    /// Adds the rest to `out`.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub(super) fn finish(mut self, out: &mut Vec<u8>) -> io::Result<()> {
        self.form.write(&self.waiting, out)?;
        match self.form {
            Form::Plain => {}
            Form::Gzip(encoder) => out.append(&mut encoder.finish()?),
            Form::Zstd(encoder) => out.append(&mut encoder.finish()?),
        }
        Ok(())
    }
}

impl Form {
    fn write(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Self::Plain => out.extend_from_slice(bytes),
            Self::Gzip(encoder) => {
                encoder.write_all(bytes)?;
                out.append(encoder.get_mut());
            }
            Self::Zstd(encoder) => {
                encoder.write_all(bytes)?;
                out.append(encoder.get_mut());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn parts_are_read_as_one_and_the_same_bytes_become_the_same_bytes() {
        for codec in [Codec::Plain, Codec::Gzip, Codec::Zstd] {
            let compressed = || {
                let mut out = Vec::new();
                for part in ["one\n", "", "two\nthree\n"] {
                    let mut encoder = codec.begin().expect("room");
                    part.as_bytes().chunks(3).for_each(|piece| encoder.write(piece, &mut out).expect("in memory"));
                    encoder.finish(&mut out).expect("in memory");
                }
                out
            };
            let (once, again) = (compressed(), compressed());
            assert_eq!(once, again);
            let mut text = String::new();
            let mut reader: Box<dyn Read> = match codec {
                Codec::Plain => Box::new(&once[..]),
                Codec::Gzip => Box::new(flate2::read::MultiGzDecoder::new(&once[..])),
                Codec::Zstd => Box::new(zstd::stream::read::Decoder::new(&once[..]).expect("a frame")),
            };
            reader.read_to_string(&mut text).expect("text");
            assert_eq!(text, "one\ntwo\nthree\n", "{codec:?}");
            assert_eq!(Codec::named(codec.word()), codec);
            assert_eq!(Codec::of(Path::new(&format!("f.jsonl{}", codec.ending()))), codec);
        }
    }

    #[test]
    fn it_does_not_matter_in_which_pieces_bytes_come() {
        let text: Vec<u8> =
            (0..60_000_u32).flat_map(|n| format!("{} {}\n", n * n % 9973, n % 7).into_bytes()).collect();
        for codec in [Codec::Gzip, Codec::Zstd] {
            let in_pieces_of = |size: usize| {
                let (mut encoder, mut out) = (codec.begin().expect("room"), Vec::new());
                text.chunks(size).for_each(|piece| encoder.write(piece, &mut out).expect("in memory"));
                encoder.finish(&mut out).expect("in memory");
                out
            };
            let whole = in_pieces_of(text.len());
            assert!([700, 4096, 131_073].iter().all(|size| in_pieces_of(*size) == whole), "{codec:?}");
        }
    }
}
