//! The files that are looked at: those of a language of tracking code which nobody has ruled out.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::WalkBuilder;
use ignore::overrides::{Override, OverrideBuilder};
use mp_client::{Failure, FailureKind};
use mp_proto::failure::Problem;

use crate::code::{Use, uses};
use crate::project::{self, Rules};
use crate::scan::Language;
use crate::text::{Encoding, Text};

/// Largest file that is read: what is larger was written by a program.
const LARGEST: u64 = 1024 * 1024;

/// Directories that hold what others wrote.
const OTHERS: [&str; 12] = [
    "node_modules",
    "bower_components",
    "Pods",
    "Carthage",
    "DerivedData",
    ".dart_tool",
    "__pycache__",
    "venv",
    ".venv",
    "site-packages",
    ".git",
    ".gradle",
];

/// What counts for files: a project's file with its directory, or nothing.
#[derive(Debug)]
pub struct Scope {
    /// The file.
    pub file: Option<PathBuf>,
    /// What it says.
    pub rules: Rules,
    globs: Override,
}

/// A file in which something is told to Mixpanel.
#[derive(Debug)]
pub struct Found {
    /// The file, as it was found.
    pub path: PathBuf,
    /// Its text.
    pub text: Text,
    /// What it tells.
    pub uses: Vec<Use>,
    /// What counts for it.
    pub scope: Arc<Scope>,
}

/// What was looked at.
#[derive(Debug, Default)]
pub struct Files {
    /// Files in which something is told.
    pub found: Vec<Found>,
    /// How many files were read.
    pub read: usize,
    /// Files of code that were not read, because they are too large or cannot be.
    pub skipped: Vec<PathBuf>,
}

/// Finds scopes, each once.
struct Scopes {
    home: Option<PathBuf>,
    by_folder: HashMap<PathBuf, Arc<Scope>>,
    by_file: HashMap<PathBuf, Arc<Scope>>,
    none: Arc<Scope>,
    change: fn(&Rules, &Rules) -> Rules,
    own: Rules,
}

/// Reads what is below some paths. `own` are the user's settings, and `change` lays them over those of a project's file.
///
/// # Errors
/// When a path is not there, or a project's file is wrong.
pub fn read(paths: &[PathBuf], own: &Rules, change: fn(&Rules, &Rules) -> Rules) -> Result<Files, Failure> {
    let none = Arc::new(Scope { file: None, rules: change(own, &Rules::default()), globs: Override::empty() });
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let mut scopes =
        Scopes { home, by_folder: HashMap::new(), by_file: HashMap::new(), none, change, own: own.clone() };
    let mut files = Files::default();
    for path in paths {
        if !path.exists() {
            let detail = format!("there is no {}: expected a file or a directory", path.display());
            return Err(Failure::new(FailureKind::InvalidArgument, detail));
        }
        let is_named = path.is_file();
        for entry in walk(path) {
            let path = entry.map_err(|error| Failure::new(FailureKind::Storage, error.to_string()));
            match path {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                    files.add(entry.path(), is_named, &mut scopes)?
                }
                Ok(_) => {}
                // What cannot be read is told, and the rest is read.
                Err(failure) => files.skipped.push(PathBuf::from(failure.detail)),
            }
        }
    }
    files.found.sort_by(|one, other| one.path.cmp(&other.path));
    files.found.dedup_by(|one, other| one.path == other.path);
    Ok(files)
}

fn walk(path: &Path) -> ignore::Walk {
    let mut builder = WalkBuilder::new(path);
    // What is ignored is ignored, be there a repository or only a copy of its files.
    builder.require_git(false).follow_links(false).filter_entry(|entry| {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        entry.depth() == 0 || !is_folder || !OTHERS.iter().any(|name| entry.file_name() == *name)
    });
    builder.build()
}

impl Files {
    fn add(&mut self, path: &Path, is_named: bool, scopes: &mut Scopes) -> Result<(), Failure> {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let end = name.rsplit_once('.').map_or("", |(_, end)| end);
        let Some(language) = Language::of_extension(end) else { return Ok(()) };
        if name.ends_with(".min.js") && !is_named {
            return Ok(());
        }
        let scope = scopes.of(path)?;
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        if !is_named && scope.globs.matched(&absolute, false).is_ignore() {
            return Ok(());
        }
        let size = path.metadata().map_or(u64::MAX, |found| found.len());
        let bytes = if size > LARGEST { None } else { std::fs::read(path).ok() };
        let Some(bytes) = bytes else {
            self.skipped.push(path.to_owned());
            return Ok(());
        };
        // A file with zeros is no text, whatever it is called.
        if memchr::memchr(0, &bytes[..bytes.len().min(8192)]).is_some() {
            return Ok(());
        }
        self.read += 1;
        let text =
            String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        let uses = uses(&text, language, &scope.rules.wrappers);
        if !uses.is_empty() {
            self.found.push(Found { path: path.to_owned(), text: Text::new(text), uses, scope });
        }
        Ok(())
    }
}

impl Scopes {
    fn of(&mut self, path: &Path) -> Result<Arc<Scope>, Failure> {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let folder = absolute.parent().unwrap_or(&absolute).to_owned();
        if let Some(scope) = self.by_folder.get(&folder) {
            return Ok(Arc::clone(scope));
        }
        let scope = match project::find(&folder, self.home.as_deref()) {
            None => Arc::clone(&self.none),
            Some(file) => match self.by_file.get(&file) {
                Some(scope) => Arc::clone(scope),
                None => {
                    let scope = Arc::new(self.make(&file)?);
                    self.by_file.insert(file, Arc::clone(&scope));
                    scope
                }
            },
        };
        self.by_folder.insert(folder, Arc::clone(&scope));
        Ok(scope)
    }

    fn make(&self, file: &Path) -> Result<Scope, Failure> {
        let text = project::read(file).ok_or_else(|| {
            Failure::new(
                FailureKind::InvalidArgument,
                format!("{} cannot be read, or is larger than 1 MiB", file.display()),
            )
        })?;
        let (rules, mistakes) = Rules::parse(&text);
        let lines = Text::new(text);
        let mut problems: Vec<Problem> = mistakes
            .iter()
            .map(|mistake| {
                let place = lines.place(mistake.at.start, Encoding::Utf32);
                Problem::new(
                    format!("{}:{}:{}", file.display(), place.line + 1, place.column + 1),
                    mistake.detail.clone(),
                )
            })
            .collect();
        let mut globs = OverrideBuilder::new(file.parent().unwrap_or(Path::new("/")));
        let given = rules.include.iter().cloned().chain(rules.exclude.iter().map(|glob| format!("!{glob}")));
        for glob in given {
            if let Err(error) = globs.add(&glob) {
                problems.push(Problem::new(file.display().to_string(), format!("{glob:?} is no glob: {error}")));
            }
        }
        if !problems.is_empty() {
            let detail = format!("{} cannot be used as it stands", file.display());
            return Err(Failure::new(FailureKind::InvalidArgument, detail).errors(problems));
        }
        let globs = globs.build().unwrap_or_else(|_| Override::empty());
        Ok(Scope { file: Some(file.to_owned()), rules: (self.change)(&self.own, &rules), globs })
    }
}
