//! Writes what was fetched, in a thread of its own: a pipe that nobody reads must not keep Ctrl-C from being heard, nor a slow disk
//! the network waiting.

use std::fs::File;
use std::io::{self, IoSlice, Read, Seek, Write};
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use mp_catalog::PageMark;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::visible::Spelling;
use tempfile::SpooledTempFile;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;

use super::file::Partial;
use super::known::Sieve;
use super::part::Part;
use super::shape::Shape;
use super::stop::Stop;
use super::sync::store::Store;
use super::tally::Tally;
use crate::output::screen::Screen;
use crate::output::stdout;

/// Messages that wait to be written: few, for each may hold a megabyte. When there are so many, whoever brings the next one waits.
const WAITING: usize = 4;

/// How much of a spool is copied at once.
const COPY: usize = 256 * 1024;

/// Something to write.
pub(super) enum Message {
    /// Lines.
    Batch(Vec<Bytes>),
    /// Lines that were kept until their turn came.
    Spool(SpooledTempFile),
    /// A page of profiles is complete.
    Page(PageMark),
    /// From here on, profiles that are in the file already are left out.
    Anew,
    /// What was written since the last part that is complete goes again.
    CutBack,
    /// A part is complete, which was asked for at that time.
    End { part: usize, asked: Timestamp },
    /// All is complete.
    Finish,
}

/// Where lines go.
pub(super) enum Out {
    /// To stdout.
    Stdout(Screen<File>),
    /// Into a file.
    File(Box<Partial>),
    /// Into a directory, one file for each day.
    Days(Box<Store>),
}

impl Out {
    /// Returns stdout, without the buffer that looks for newlines.
    ///
    /// # Errors
    /// When the system has no descriptor to give.
    pub(super) fn stdout() -> Result<Self, Failure> {
        stdout::unbuffered(Spelling::Json).map(Self::Stdout)
    }

    /// Returns the file that lines are for.
    pub(super) fn target(&self) -> Option<PathBuf> {
        match self {
            Self::Stdout(_) | Self::Days(_) => None,
            Self::File(partial) => Some(partial.target().to_owned()),
        }
    }

    /// Returns the directory that the files of days are for.
    pub(super) fn directory(&self) -> Option<PathBuf> {
        match self {
            Self::Days(store) => Some(store.dir().to_owned()),
            Self::Stdout(_) | Self::File(_) => None,
        }
    }

    fn write(&mut self, slices: &mut [IoSlice<'_>], length: usize) -> Result<(), Stop> {
        match self {
            Self::Stdout(file) => match stdout::is_read(write_all(file, slices)).map_err(Stop::Failed)? {
                true => Ok(()),
                false => Err(Stop::NobodyReads),
            },
            Self::File(partial) if partial.is_compressed() => {
                let written = slices.iter().try_for_each(|slice| partial.compress(slice));
                written.map_err(|error| Stop::Failed(partial.failed(&error)))
            }
            Self::File(partial) => {
                let written = write_all(&mut *partial.file, slices);
                written.map_err(|error| Stop::Failed(partial.failed(&error)))?;
                partial.bytes += length as u64;
                Ok(())
            }
            Self::Days(store) => slices.iter().try_for_each(|slice| store.take(slice)).map_err(Stop::Failed),
        }
    }

    /// Whether nothing has been written to it, as far as that matters.
    fn is_empty(&self) -> bool {
        match self {
            Self::Stdout(_) | Self::Days(_) => false,
            Self::File(partial) => partial.is_empty(),
        }
    }

    /// Whether pages of profiles can be noted in it: what is compressed cannot be read again to know who is in it.
    pub(super) fn takes_pages(&self) -> bool {
        match self {
            Self::Stdout(_) => true,
            Self::File(partial) => !partial.is_compressed(),
            Self::Days(_) => false,
        }
    }

    fn page(&mut self, mark: PageMark, is_anew: bool) -> Result<(), Stop> {
        match self {
            Self::Stdout(_) | Self::Days(_) => Ok(()),
            Self::File(partial) => partial.page(mark, is_anew).map_err(Stop::Failed),
        }
    }

    /// Returns what leaves out the profiles that are in the file; none for what cannot be read.
    fn sieve(&self) -> Result<Option<Sieve>, Stop> {
        match self {
            Self::Stdout(_) | Self::Days(_) => Ok(None),
            Self::File(partial) => partial.known().map(Sieve::of).map(Some).map_err(Stop::Failed),
        }
    }

    fn cut_back(&mut self) -> Result<(), Stop> {
        match self {
            Self::Stdout(_) => {
                let detail = "what was written to stdout was to be taken back";
                Err(Stop::Failed(Failure::new(FailureKind::Internal, detail)))
            }
            Self::File(partial) => partial.cut_back().map_err(Stop::Failed),
            Self::Days(store) => {
                store.forget();
                Ok(())
            }
        }
    }

    fn end(&mut self, days: Part, asked: Timestamp) -> Result<(), Stop> {
        match self {
            Self::Stdout(_) => Ok(()),
            Self::File(partial) => partial.complete(days, asked).map_err(Stop::Failed),
            Self::Days(store) => days.map_or(Ok(()), |days| store.end(days.from, asked)).map_err(Stop::Failed),
        }
    }

    fn finish(self) -> Result<(), Stop> {
        match self {
            Self::Stdout(_) | Self::Days(_) => Ok(()),
            Self::File(partial) => partial.finish().map_err(Stop::Failed),
        }
    }
}

/// Writes all of it, in as few calls as the system allows.
fn write_all(file: &mut impl Write, mut slices: &mut [IoSlice<'_>]) -> io::Result<()> {
    // Leaves out what is empty: a write of nothing would look like the end.
    IoSlice::advance_slices(&mut slices, 0);
    while !slices.is_empty() {
        match file.write_vectored(slices) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => IoSlice::advance_slices(&mut slices, count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Starts the thread. It ends when it was told to finish, when it cannot write, or when all is written and nobody sends any more;
/// what went wrong comes out of the future.
pub(super) fn start(
    out: Out,
    parts: Vec<Part>,
    shape: Shape,
    tally: Arc<Tally>,
) -> (Sender<Message>, impl Future<Output = Result<(), Stop>> + Unpin) {
    let (sender, receiver) = channel(WAITING);
    let (told, result) = oneshot::channel();
    // It is not waited for when the process ends: a write to a pipe that nobody reads never does.
    std::thread::spawn(move || {
        // Nobody listens when the process is about to end anyway.
        let _ = told.send(write(out, &parts, shape, receiver, &tally));
    });
    let lost = || Failure::new(FailureKind::Internal, "the thread that writes has ended without a reason");
    let result = async move { result.await.unwrap_or_else(|_| Err(Stop::Failed(lost()))) };
    (sender, Box::pin(result))
}

fn write(out: Out, parts: &[Part], shape: Shape, mut messages: Receiver<Message>, tally: &Tally) -> Result<(), Stop> {
    let is_begun = !matches!(out, Out::Stdout(_));
    let mut pen = Pen { out, shape, tally, is_begun };
    let mut sieve: Option<Sieve> = None;
    while let Some(message) = messages.blocking_recv() {
        match message {
            Message::Batch(batch) if !pen.shape.is_plain() => batch.iter().try_for_each(|part| pen.pass(part))?,
            Message::Batch(batch) => {
                let batch = match &mut sieve {
                    Some(sieve) => sieve.left_of(batch),
                    None => batch,
                };
                let mut slices: Vec<IoSlice<'_>> = batch.iter().map(|part| IoSlice::new(part)).collect();
                pen.out.write(&mut slices, batch.iter().map(Bytes::len).sum())?;
                batch.iter().for_each(|part| tally.add(part));
            }
            Message::Spool(spool) => copy(spool, &mut pen)?,
            Message::Page(mark) => {
                pen.out.page(mark, sieve.is_some())?;
                sieve.iter_mut().for_each(Sieve::settle);
                tally.page();
            }
            Message::Anew => sieve = pen.out.sieve()?,
            Message::CutBack => {
                sieve.iter_mut().for_each(Sieve::forget);
                pen.out.cut_back()?;
                pen.shape.forget();
                tally.cut_back();
            }
            Message::End { part, asked } => {
                pen.end()?;
                pen.out.end(parts.get(part).copied().flatten(), asked)?;
                tally.end(part);
            }
            Message::Finish => return pen.out.finish(),
        }
    }
    // Whoever stopped sending knows why.
    Ok(())
}

/// Writes what becomes of lines.
struct Pen<'a> {
    out: Out,
    shape: Shape,
    tally: &'a Tally,
    /// Whether what stands before everything else has been written to stdout.
    is_begun: bool,
}

impl Pen<'_> {
    fn pass(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        if self.shape.is_plain() {
            return self.put(bytes);
        }
        let shaped = self.shape.take(bytes).map_err(Stop::Failed)?;
        self.begin()?;
        self.put(&shaped)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.out.write(&mut [IoSlice::new(bytes)], bytes.len())?;
        self.tally.add(bytes);
        Ok(())
    }

    /// Writes what stands before everything else, if that is to be and has not been done.
    fn begin(&mut self) -> Result<(), Stop> {
        let head = self.shape.head();
        if head.is_empty() || std::mem::replace(&mut self.is_begun, true) && !self.out.is_empty() {
            return Ok(());
        }
        self.out.write(&mut [IoSlice::new(&head)], head.len())
    }

    fn end(&mut self) -> Result<(), Stop> {
        let rest = self.shape.end().map_err(Stop::Failed)?;
        self.begin()?;
        if rest.is_empty() { Ok(()) } else { self.put(&rest) }
    }
}

fn copy(mut spool: SpooledTempFile, pen: &mut Pen<'_>) -> Result<(), Stop> {
    let unreadable = |error: io::Error| {
        Stop::Failed(Failure::new(FailureKind::Storage, format!("a temporary file could not be read: {error}")))
    };
    spool.rewind().map_err(unreadable)?;
    let mut buffer = vec![0; COPY];
    loop {
        let count = spool.read(&mut buffer).map_err(unreadable)?;
        if count == 0 {
            return Ok(());
        }
        pen.pass(&buffer[..count])?;
    }
}
