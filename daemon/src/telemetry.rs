//! The log: to stderr under a service manager or in a terminal, else to `run/mpd.log`, kept small by size.

mod fields;
mod json;
mod lines;
#[cfg(test)]
mod written;

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mp_proto::failure::{Failure, FailureKind};
use parking_lot::Mutex;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Registry, fmt, reload};

use fields::Quoted;
use json::Json;
use lines::Lines;

/// A log file is put aside at this size: a few days of `info`, an hour of `trace`.
const MAX_BYTES: u64 = 5 * 1024 * 1024;

/// How many files are kept aside.
const KEEP: usize = 2;

/// The filter when nobody asks for another.
pub const DEFAULT_FILTER: &str = "info";

/// How the lines of the log are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For collectors: one JSON object a line.
    Json,
}

impl LogFormat {
    /// Reads the name of a format.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, TelemetryError> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            other => Err(TelemetryError::Format { format: other.chars().take(200).collect() }),
        }
    }
}

/// Why there is no log, or no such filter.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// Not a filter.
    #[error("{filter:?} is not a log filter; try error, warn, info, debug, trace, or mp_daemon=trace")]
    Filter {
        /// What was given.
        filter: String,
    },
    /// Not a format.
    #[error("{format:?} is not a log format; MPD_LOG_FORMAT is text or json")]
    Format {
        /// What was given.
        format: String,
    },
    /// The file cannot be opened.
    #[error("could not open the log {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A log was set up before.
    #[error("a log is already in place")]
    Twice,
}

impl From<TelemetryError> for Failure {
    fn from(error: TelemetryError) -> Self {
        let kind = match error {
            TelemetryError::Filter { .. } | TelemetryError::Format { .. } => FailureKind::InvalidArgument,
            TelemetryError::Open { .. } | TelemetryError::Twice => FailureKind::Internal,
        };
        Self::new(kind, error.to_string())
    }
}

/// Changes the filter of the running log.
#[derive(Clone)]
pub struct LogHandle {
    reload: reload::Handle<EnvFilter, Registry>,
    shown: Arc<Mutex<String>>,
    lines: Lines,
}

impl LogHandle {
    /// Replaces the filter until the daemon ends.
    ///
    /// # Errors
    /// When the text is no filter.
    pub fn set(&self, filter: &str) -> Result<(), TelemetryError> {
        let parsed = parse(filter)?;
        self.reload.reload(parsed).map_err(|_| TelemetryError::Twice)?;
        filter.clone_into(&mut self.shown.lock());
        Ok(())
    }

    /// Writes what is still to be written. For the end of the process.
    pub fn flush(&self) {
        // Whom should it be told, if not the log?
        let _ = self.lines.flush();
    }

    /// Returns the filter in force.
    pub fn filter(&self) -> String {
        self.shown.lock().clone()
    }
}

fn parse(filter: &str) -> Result<EnvFilter, TelemetryError> {
    let wrong = || TelemetryError::Filter { filter: filter.chars().take(200).collect() };
    // A bare word that is no level would silently be taken for a module's name.
    let known = |part: &str| {
        part.contains(['=', ':', '['])
            || (!part.is_empty() && part.parse::<tracing_subscriber::filter::LevelFilter>().is_ok())
    };
    if !filter.split(',').all(|part| known(part.trim())) {
        return Err(wrong());
    }
    // The watch sees each line that is written to the log, for the log lies in a directory that is watched. What it has to say of that
    // would be the next line, and so on for ever.
    let others = filter.split(',').filter(|part| !part.trim().starts_with(WATCHER)).collect::<Vec<_>>();
    let silenced = others.into_iter().chain([WATCHER_OFF]).collect::<Vec<_>>().join(",");
    EnvFilter::try_new(silenced).map_err(|_| wrong())
}

/// The crate that watches files.
const WATCHER: &str = "notify";
const WATCHER_OFF: &str = "notify=off";

/// Checks what [`start`] needs, without starting a log.
///
/// # Errors
/// As [`start`].
pub fn check(filter: &str, file: Option<&Path>) -> Result<(), TelemetryError> {
    parse(filter)?;
    let opened = file.map_or(Ok(()), |path| RotatingFile::open(path).map(drop));
    opened.map_err(|source| TelemetryError::Open { path: file.unwrap_or(Path::new("")).to_owned(), source })
}

/// Sets up the log of the process.
///
/// # Errors
/// When the filter is wrong or the file cannot be opened.
pub fn start(filter: &str, format: LogFormat, file: Option<&Path>) -> Result<LogHandle, TelemetryError> {
    let (layer, handle) = reload::Layer::new(parse(filter)?);
    let registry = tracing_subscriber::registry().with(layer);
    let (lines, has_colours) = match file {
        Some(path) => {
            let log = RotatingFile::open(path);
            let log = log.map_err(|source| TelemetryError::Open { path: path.to_owned(), source })?;
            (Lines::to(log), false)
        }
        None => (Lines::to(io::stderr()), io::stderr().is_terminal()),
    };
    let text = || fmt::layer().fmt_fields(Quoted).with_ansi(has_colours).with_writer(lines.clone());
    let json = || fmt::layer().fmt_fields(Json).event_format(Json).with_writer(lines.clone());
    let registry = registry.with((format == LogFormat::Text).then(text)).with((format == LogFormat::Json).then(json));
    registry.try_init().map_err(|_| TelemetryError::Twice)?;
    std::panic::set_hook(Box::new(|panic| {
        // The message of a panic is ours and holds no input; its payload type may be anything.
        tracing::error!(at = panic.location().map(tracing::field::display), "panicked");
    }));
    Ok(LogHandle { reload: handle, shown: Arc::new(Mutex::new(filter.to_owned())), lines })
}

/// A file that is put aside when it has grown: `mpd.log` → `mpd.log.1` → `mpd.log.2` → gone.
struct RotatingFile {
    path: PathBuf,
    file: File,
    size: u64,
}

impl RotatingFile {
    fn open(path: &Path) -> io::Result<Self> {
        let file = append(path)?;
        let size = file.metadata()?.len();
        Ok(Self { path: path.to_owned(), file, size })
    }

    fn rotate(&mut self) -> io::Result<()> {
        for older in (1..=KEEP).rev() {
            let from = if older == 1 { self.path.clone() } else { aside(&self.path, older - 1) };
            match std::fs::rename(from, aside(&self.path, older)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        self.file = append(&self.path)?;
        self.size = 0;
        Ok(())
    }
}

impl Write for RotatingFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.size >= MAX_BYTES {
            self.rotate()?;
        }
        let written = self.file.write(line)?;
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed())
        .open(path)
}

fn aside(path: &Path, number: usize) -> PathBuf {
    path.with_added_extension(number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_log_is_put_aside_and_the_oldest_dropped() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("mpd.log");
        let mut log = RotatingFile::open(&path).expect("opened");
        for round in 0..4 {
            writeln!(log, "round {round}").expect("written");
            log.size = MAX_BYTES;
        }
        let read = |path: &Path| std::fs::read_to_string(path).expect("there");
        assert_eq!(read(&path), "round 3\n");
        assert_eq!(read(&aside(&path, 1)), "round 2\n");
        assert_eq!(read(&aside(&path, 2)), "round 1\n");
        assert!(!aside(&path, 3).exists());
    }

    #[test]
    fn the_watch_never_speaks_of_the_log() {
        for filter in ["trace", "notify=trace", "info, notify::inotify=trace"] {
            let shown = parse(filter).expect("a filter").to_string();
            assert!(shown.contains(WATCHER_OFF) && !shown.contains("=trace"), "{shown}");
        }
    }

    #[test]
    fn a_format_is_one_of_two() {
        assert_eq!(LogFormat::parse("json").ok(), Some(LogFormat::Json));
        let wrong = LogFormat::parse("JSON\n").expect_err("no format").to_string();
        assert_eq!(wrong, "\"JSON\\n\" is not a log format; MPD_LOG_FORMAT is text or json");
    }

    #[test]
    fn filters_are_checked() {
        for good in ["info", "TRACE", "mp_daemon=debug,warn"] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in ["", "loud", "info,", "a=b=c"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
