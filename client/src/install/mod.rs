//! The entry of `mp mcp` in the settings of the hosts that run MCP servers: put in, taken out, shown.
//!
//! The files are other people's. They are edited as texts, so that comments, order and spelling of all else stay to the byte, and replaced
//! only while they still are what was read. What cannot be understood is refused where it stands, and nothing is changed then.

mod entry;
mod hosts;
mod json;
mod lock;
mod masked;
mod own;
mod record;
mod swap;
mod text;
mod toml;

#[cfg(test)]
mod tests;

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use mp_proto::failure::{Failure, FailureKind, Problem};
use serde_json::{Map, Value};

use self::entry::{has_all, is_ours};
use self::hosts::Format;
use self::lock::Held;
use self::masked::masked;
use self::swap::{Settings, SwapError};
use self::text::{Fault, Splice, place, spliced, without_mark};

pub(crate) use self::entry::Server;
pub(crate) use self::hosts::{HOSTS, Host, Scope, Surroundings};
pub(crate) use self::own::{is_same, passing, path as own_path};
pub(crate) use self::record::Record;

/// How often an edit is done again because somebody else has written.
const TRIES: usize = 20;

/// An entry of a host.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    /// The host.
    pub(crate) host: &'static Host,
    /// For whom.
    pub(crate) scope: Scope,
    /// What the server is called there.
    pub(crate) name: &'a str,
    /// Where files are looked for.
    pub(crate) around: &'a Surroundings,
}

/// How far to go.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct How {
    /// Whether an entry of another content may be replaced or removed.
    pub(crate) force: bool,
    /// Whether nothing is written.
    pub(crate) dry: bool,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// The entry was put in.
    Added,
    /// It took the place of another one.
    Replaced,
    /// It was there already.
    Unchanged,
    /// It was taken out.
    Removed,
    /// There was none.
    Absent,
    /// There is one of another content.
    Other,
}

impl State {
    /// Returns its word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Replaced => "replaced",
            Self::Unchanged => "unchanged",
            Self::Removed => "removed",
            Self::Absent => "absent",
            Self::Other => "other",
        }
    }
}

impl Place<'_> {
    /// Returns the file.
    ///
    /// # Errors
    /// When the host has none of that scope.
    pub(crate) fn file(&self) -> Result<PathBuf, Failure> {
        self.host.file(self.scope, self.around).ok_or_else(|| {
            let detail = format!("{} has no settings for a {}; leave --scope out", self.host.title, self.scope.word());
            Failure::new(FailureKind::InvalidArgument, detail)
        })
    }

    fn keys(&self) -> [&str; 2] {
        self.host.keys(self.name)
    }

    /// Returns what a file with nothing else in it would be.
    pub(crate) fn snippet(&self, server: &Server) -> String {
        let [above, name] = self.keys();
        let entry = server.entry(self.host.shape);
        if self.host.format == Format::Toml {
            return toml::section([above, name], &entry, "\n");
        }
        let inner = Value::Object(Map::from_iter([(name.to_owned(), entry)]));
        json::spread(&Value::Object(Map::from_iter([(above.to_owned(), inner)])), "  ", "", "\n")
    }

    /// Looks whether an entry is there: one of ours, or another one.
    ///
    /// # Errors
    /// When the file cannot be read or understood.
    pub(crate) fn look(&self, command: &str) -> Result<State, Failure> {
        let file = self.file()?;
        let settings = Settings::read(&file, 0).map_err(|error| failure(&file, error))?;
        let text = settings.text.unwrap_or_default();
        let (_, body) = without_mark(&text);
        Ok(match self.host.format.find(body, self.keys()).map_err(|fault| refused(&settings.path, body, &fault))? {
            None => State::Absent,
            Some(found) if is_ours(&found, command) => State::Unchanged,
            Some(_) => State::Other,
        })
    }

    /// Puts the entry into the file of the host.
    ///
    /// # Errors
    /// When the file cannot be read, understood or written, or has another entry of that name.
    pub(crate) async fn install(&self, server: &Server, how: How, record: &Record) -> Result<State, Failure> {
        let entry = server.entry(self.host.shape);
        self.edit(how, |settings| self.put(settings, &entry, how, record)).await
    }

    /// Takes the entry out.
    ///
    /// # Errors
    /// When the file cannot be read, understood or written, or the entry is not one of ours.
    pub(crate) async fn uninstall(&self, command: &str, how: How, record: &Record) -> Result<State, Failure> {
        self.edit(how, |settings| self.take(settings, command, how, record)).await
    }

    async fn edit(
        &self,
        how: How,
        edit: impl Fn(&Settings) -> Result<Result<State, SwapError>, Failure>,
    ) -> Result<State, Failure> {
        let file = self.file()?;
        let _held =
            if self.host.locks && self.scope == Scope::User && !how.dry { Held::take(&file).await } else { None };
        let mode = if self.scope == Scope::User { 0o600 } else { 0o666 };
        for _ in 0..TRIES {
            let settings = Settings::read(&file, mode).map_err(|error| failure(&file, error))?;
            match edit(&settings)? {
                Err(SwapError::Changed) => {}
                done => return done.map_err(|error| failure(&file, error)),
            }
        }
        let detail = format!("{} was changed by another program each time it was to be written", file.display());
        Err(Failure::new(FailureKind::Storage, detail).next("lsof", "look who writes it, and run this again"))
    }

    fn put(
        &self,
        settings: &Settings,
        entry: &Value,
        how: How,
        record: &Record,
    ) -> Result<Result<State, SwapError>, Failure> {
        let (format, keys) = (self.host.format, self.keys());
        let text = settings.text.as_deref().unwrap_or_default();
        let (mark, body) = without_mark(text);
        let refused = |fault| refused(&settings.path, body, &fault);
        let (state, splices) = match format.find(body, keys).map_err(refused)? {
            Some(found) if has_all(&found, entry) => return Ok(Ok(State::Unchanged)),
            Some(found) if !how.force => return Err(self.kept(&settings.path, &found)),
            Some(_) => (State::Replaced, format.replace(body, keys, entry).map_err(refused)?),
            None => (State::Added, format.insert(body, keys, entry).map_err(refused)?),
        };
        let above = format.find_above(body, keys).map_err(refused)?;
        let new = spliced(body, &splices);
        let (before, after) = (format.read(body).map_err(refused)?, format.read(&new));
        if after.as_ref().ok() != Some(&with(before, keys, entry)) {
            return Err(unsure(&settings.path));
        }
        if how.dry {
            return Ok(Ok(state));
        }
        let mut made = record::nothing(&settings.path, keys);
        made.is_new = settings.text.is_none();
        made.above = !above;
        made.folders = make_folders(&settings.path, self.scope)?;
        if let Some(before) = record.find(&settings.path, keys).filter(|_| state == State::Replaced) {
            (made.is_new, made.above, made.folders) = (before.is_new, before.above, before.folders);
        }
        let new = format!("{mark}{new}");
        made.note(&moved(&splices, mark.len()), &new);
        let done = settings.replace(Some(&new));
        if done.is_ok() {
            // Without it the end of this entry may leave an empty object behind.
            let _ = record.put(&settings.path, keys, Some(&made));
        }
        Ok(done.map(|()| state))
    }

    fn take(
        &self,
        settings: &Settings,
        command: &str,
        how: How,
        record: &Record,
    ) -> Result<Result<State, SwapError>, Failure> {
        let (format, keys) = (self.host.format, self.keys());
        let Some(text) = settings.text.as_deref() else { return Ok(Ok(State::Absent)) };
        let (mark, body) = without_mark(text);
        let refused = |fault| refused(&settings.path, body, &fault);
        let Some(found) = format.find(body, keys).map_err(refused)? else { return Ok(Ok(State::Absent)) };
        let made = record.find(&settings.path, keys).unwrap_or_else(|| record::nothing(&settings.path, keys));
        let undone = made.undone(text);
        if undone.is_none() && !is_ours(&found, command) && !how.force {
            return Err(self.kept(&settings.path, &found));
        }
        let new = match undone {
            Some(before) => before,
            None => {
                let new = format.remove(body, keys, made.above).map_err(refused)?;
                let (before, after) = (format.read(body).map_err(refused)?, format.read(&new));
                // A table of TOML that is nothing but its sections goes with the last of them.
                let is_gone =
                    made.above || format == Format::Toml && !format.find_above(&new, keys).map_err(refused)?;
                if after.as_ref().ok() != Some(&without(before, keys, is_gone)) {
                    return Err(unsure(&settings.path));
                }
                format!("{mark}{new}")
            }
        };
        if how.dry {
            return Ok(Ok(State::Removed));
        }
        let is_empty = ["", "{}"].contains(&without_mark(&new).1.trim());
        let done = settings.replace(Some(new.as_str()).filter(|_| !(made.is_new && is_empty)));
        if done.is_ok() {
            // They may be in use by now; and what is left of the record names a file that has no such entry.
            made.folders.iter().take_while(|folder| fs::remove_dir(folder).is_ok()).for_each(drop);
            let _ = record.put(&settings.path, keys, None);
        }
        Ok(done.map(|()| State::Removed))
    }

    /// An entry that somebody else has made.
    fn kept(&self, path: &Path, found: &Value) -> Failure {
        let detail = format!(
            "{} has another entry '{}' in {}, and it was left as it is: {}",
            self.host.title,
            self.name,
            path.display(),
            masked("", found)
        );
        Failure::new(FailureKind::Declined, detail)
    }
}

impl Format {
    fn read(self, body: &str) -> Result<Value, Fault> {
        match self {
            Self::Json => json::read(body),
            Self::Toml => toml::read(body),
        }
    }

    fn find(self, body: &str, keys: [&str; 2]) -> Result<Option<Value>, Fault> {
        match self {
            Self::Json => json::find(body, &keys),
            Self::Toml => toml::find(body, &keys),
        }
    }

    /// Returns whether there is an object for the entry.
    fn find_above(self, body: &str, keys: [&str; 2]) -> Result<bool, Fault> {
        let found = match self {
            Self::Json => json::find(body, &keys[..1]),
            Self::Toml => toml::find(body, &keys[..1]),
        };
        found.map(|found| found.is_some())
    }

    fn insert(self, body: &str, keys: [&str; 2], entry: &Value) -> Result<Vec<Splice>, Fault> {
        match self {
            Self::Json => json::insert(body, &keys, entry),
            Self::Toml => toml::insert(body, keys, entry),
        }
    }

    fn replace(self, body: &str, keys: [&str; 2], entry: &Value) -> Result<Vec<Splice>, Fault> {
        match self {
            Self::Json => json::replace(body, &keys, entry),
            Self::Toml => toml::replace(body, keys, entry),
        }
    }

    fn remove(self, body: &str, keys: [&str; 2], above: bool) -> Result<String, Fault> {
        match self {
            Self::Json => json::remove(body, &keys, usize::from(above)),
            Self::Toml => toml::remove(body, keys),
        }
    }
}

/// Returns what a file shall say with an entry: nothing else may have changed.
fn with(mut said: Value, [above, name]: [&str; 2], entry: &Value) -> Value {
    said[above][name] = entry.clone();
    said
}

/// Returns what a file shall say without one. A section of TOML is no object that could stay empty.
fn without(mut said: Value, [above, name]: [&str; 2], is_made: bool) -> Value {
    if let Some(members) = said[above].as_object_mut() {
        members.remove(name);
        if members.is_empty() && is_made {
            said.as_object_mut().map(|root| root.remove(above));
        }
    }
    said
}

fn moved(splices: &[Splice], by: usize) -> Vec<Splice> {
    let moved = |splice: &Splice| Splice { out: splice.out.start + by..splice.out.end + by, with: splice.with.clone() };
    splices.iter().map(moved).collect()
}

/// Makes the folders of a file, and returns those that were not there, the innermost first.
fn make_folders(path: &Path, scope: Scope) -> Result<Vec<PathBuf>, Failure> {
    let missing: Vec<PathBuf> =
        path.ancestors().skip(1).take_while(|folder| !folder.exists()).map(Path::to_owned).collect();
    let mode = if scope == Scope::User { 0o700 } else { 0o777 };
    if let Some(innermost) = missing.first() {
        DirBuilder::new().recursive(true).mode(mode).create(innermost).map_err(|error| {
            Failure::new(FailureKind::Storage, format!("{} could not be made: {error}", innermost.display()))
        })?;
    }
    Ok(missing)
}

fn failure(file: &Path, error: SwapError) -> Failure {
    match error {
        SwapError::System { .. } => Failure::new(FailureKind::Storage, error.to_string()),
        SwapError::Unfit { .. } => Failure::new(FailureKind::ConfigInvalid, error.to_string()),
        SwapError::Changed => Failure::new(FailureKind::Storage, format!("{}: {error}", file.display())),
    }
}

/// A file that cannot be edited as it is.
fn refused(path: &Path, body: &str, fault: &Fault) -> Failure {
    let (line, column) = place(body, fault.at);
    let at = format!("{}:{line}:{column}", path.display());
    let detail = format!("{at}: {}; nothing was changed", fault.what);
    Failure::new(FailureKind::ConfigInvalid, detail).errors(vec![Problem::new(at, fault.what.clone())])
}

/// An edit that would have changed more than the entry.
fn unsure(path: &Path) -> Failure {
    let detail = format!("{} is written in a way that cannot be edited safely; nothing was changed", path.display());
    Failure::new(FailureKind::ConfigInvalid, detail)
}
