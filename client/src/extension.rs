//! Programs that extend `mp`: `mp NAME ARGUMENTS` is `mp-NAME ARGUMENTS`, which takes the place of this process, so that its exit code
//! and the signals are its own. A word that is a command of ours never runs another program.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, ExitCode};

use clap::ArgMatches;
use mp_proto::failure::{Failure, FailureKind};

use crate::call::session_flags;
use crate::caller::{self, Environment};
use crate::command::{Command, Run};
use crate::line::Line;
use crate::report;
use crate::tree;

/// Where such programs are, seen from the folder of this program: where a package puts programs that nobody calls by name, then beside
/// it. After that comes the search path.
const PLACES: [&str; 3] = ["../libexec/mixpanel", "../lib/mixpanel", "."];

/// What the name of such a program begins with.
const HEAD: &str = "mp-";

/// Exit code of a shell for a program that is there and cannot be run.
const CANNOT_RUN: u8 = 126;

/// Runs the program that the first word of a line names. Returns only when there is none, or it did not start: nothing is looked for
/// where the word is a command of ours.
pub(crate) fn run(rows: &'static [Command], line: &Line<'_>, given: &[OsString]) -> Option<ExitCode> {
    let at = line.first_place()?;
    let word = line.words()[at].as_str();
    let (name, before) = match rows.iter().find(|row| row.name == word).map(|row| row.run) {
        Some(Run::Program { program, words }) => (program.to_owned(), words),
        Some(_) => return None,
        None if is_name(word) => (format!("{HEAD}{word}"), &[][..]),
        None => return None,
    };
    let is_ours = rows.iter().any(|row| row.name == word);
    let globals =
        tree::globals_alone().try_get_matches_from(std::iter::once(&OsString::from("mp")).chain(&given[..at]));
    // What is wrong with the options before the word, clap tells with the whole line.
    let globals = globals.ok()?;
    let Some(program) = find(&folders(), &name) else { return is_ours.then(|| report::failure(&missing(word, &name))) };
    let variables = match variables(&globals, &Environment::of_this_process()) {
        Ok(variables) => variables,
        Err(failure) => return Some(report::failure(&failure)),
    };
    let mut process = Process::new(&program);
    process.args(before).args(&given[at + 1..]);
    for (name, value) in variables {
        process.env(name, value);
    }
    let error = process.exec();
    Some(not_started(&program, &error))
}

/// Returns the programs that are there beside those of rows, by the words that run them.
pub(crate) fn others(rows: &[Command]) -> Vec<String> {
    let mut found = BTreeSet::new();
    for folder in folders() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let Some(word) = name.to_str().and_then(|name| name.strip_prefix(HEAD)) else { continue };
            let is_known = rows.iter().any(|row| {
                row.name == word
                    || matches!(row.run, Run::Program { program, .. } if program.strip_prefix(HEAD) == Some(word))
            });
            if !is_known && is_name(word) && is_program(&entry.path()) {
                found.insert(word.to_owned());
            }
        }
    }
    found.into_iter().collect()
}

/// Whether a word may be that of a program: letters, digits and hyphens, so that it names no other folder.
fn is_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_alphanumeric())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// Returns the folders in which such programs are looked for, the first of which wins. Of the search path, what is no absolute path
/// means the working directory, which nobody looks in.
fn folders() -> Vec<PathBuf> {
    let own = std::env::current_exe().ok().map(|own| own.canonicalize().unwrap_or(own));
    let beside = own.as_deref().and_then(Path::parent).map(Path::to_owned);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let searched: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders_from(beside.as_deref(), searched)
}

fn folders_from(beside: Option<&Path>, searched: Vec<PathBuf>) -> Vec<PathBuf> {
    let near = beside.into_iter().flat_map(|folder| PLACES.iter().map(move |place| folder.join(place)));
    near.chain(searched).filter(|folder| folder.is_absolute()).collect()
}

fn find(folders: &[PathBuf], name: &str) -> Option<PathBuf> {
    let mut found = folders.iter().map(|folder| folder.join(name)).filter(|path| is_program(path));
    // Without the `..`, for the process list.
    found.next().map(|path| path.canonicalize().unwrap_or(path))
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// Returns the options before the word, as variables: those are what any program of ours reads.
fn variables(globals: &ArgMatches, environment: &Environment) -> Result<Vec<(&'static str, OsString)>, Failure> {
    let flags = session_flags(globals);
    caller::check(&flags, environment)?;
    let text = |id: &str| globals.get_one::<String>(id).map(OsString::from);
    // These two variables win over the options, here as everywhere.
    let unless_set =
        |name: &str, value: Option<OsString>| value.filter(|_| environment.get(name).is_none_or(str::is_empty));
    let all = [
        ("MP_ACCOUNT", text("account")),
        ("MP_PROJECT_ID", unless_set("MP_PROJECT_ID", text("project"))),
        ("MP_WORKSPACE_ID", unless_set("MP_WORKSPACE_ID", flags.workspace.map(|id| id.to_string().into()))),
        ("MP_TARGET", text("target")),
        ("MP_FORMAT", text("format")),
        ("MPD_SOCKET", text("socket")),
        ("MPD_AUTOSTART", globals.get_flag("no-autostart").then(|| "0".into())),
    ];
    Ok(all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
}

fn missing(word: &str, name: &str) -> Failure {
    let detail = format!(
        "mp {word} is the program {name}, which is not beside mp, nor in ../libexec/mixpanel or ../lib/mixpanel, nor on the search \
         path: install it from where mp came from (`cargo install --path .` installs both)"
    );
    Failure::new(FailureKind::Storage, detail)
}

fn not_started(program: &Path, error: &io::Error) -> ExitCode {
    let detail = format!("{} could not be run: {error}", program.display());
    report::failure(&Failure::new(FailureKind::Storage, detail));
    ExitCode::from(CANNOT_RUN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_names_no_other_folder() {
        for good in ["lint", "a-b", "x2", "a_b"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "-x", "a/b", "..", "a b", ".x", "ä"] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    #[test]
    fn what_is_near_comes_first_and_the_working_directory_never() {
        let dir = tempfile::tempdir().expect("a directory");
        let program = |place: &str, mode: u32| {
            let path = dir.path().join(place);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(&path, "#!/bin/sh\n").expect("written");
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("changed");
        };
        let searched = vec![PathBuf::from(""), PathBuf::from("."), PathBuf::from("x"), dir.path().join("path")];
        let all = folders_from(Some(&dir.path().join("bin")), searched);
        assert!(all.iter().all(|folder| folder.is_absolute()) && all.len() == 4, "{all:?}");
        let found = || {
            find(&all, "mp-x")
                .map(|path| path.strip_prefix(dir.path().canonicalize().expect("there")).expect("below").to_owned())
        };
        std::fs::create_dir_all(dir.path().join("bin")).expect("made");
        program("path/mp-x", 0o755);
        assert_eq!(found(), Some("path/mp-x".into()));
        program("bin/mp-x", 0o644);
        assert_eq!(found(), Some("path/mp-x".into()), "what nobody may run is no program");
        program("bin/mp-x", 0o755);
        assert_eq!(found(), Some("bin/mp-x".into()));
        program("libexec/mixpanel/mp-x", 0o755);
        assert_eq!(found(), Some("libexec/mixpanel/mp-x".into()));
    }
}
