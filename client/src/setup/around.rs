//! What an installation depends on: the home, the variables, the search path, and where `mp` is.

use std::path::{Path, PathBuf};

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::location::home;

use crate::caller::Environment;
use crate::place::uid;

/// Folders of programs that are looked into after the search path, which is short under cron and in containers.
const USUAL: [&str; 4] = ["/usr/local/bin", "/usr/bin", "/bin", "/opt/homebrew/bin"];

/// What an installation depends on.
pub(crate) struct Around {
    /// The user's home.
    pub(crate) home: PathBuf,
    /// The variables.
    pub(crate) environment: Environment,
    /// Below what packages put their files: where `mp` is, and where the system looks.
    pub(crate) prefixes: Vec<PathBuf>,
    /// The system, as Rust calls it.
    pub(crate) system: &'static str,
}

impl Around {
    /// Looks around.
    ///
    /// # Errors
    /// When there is no home, or it is another user's: what root writes there, its user could never change again.
    pub(crate) fn look(environment: &Environment) -> Result<Self, Failure> {
        use std::os::unix::fs::MetadataExt;
        let wrong = |detail: String| Failure::new(FailureKind::InvalidArgument, detail);
        let home = home(environment.os("HOME").map(ToOwned::to_owned)).map(PathBuf::from);
        let home =
            home.filter(|home| home.is_absolute()).ok_or_else(|| wrong("HOME is no absolute path".to_owned()))?;
        let owner = std::fs::metadata(&home).map(|found| found.uid());
        let owner =
            owner.map_err(|error| wrong(format!("HOME is {}, which cannot be used: {error}", home.display())))?;
        if owner != uid() {
            let detail = format!(
                "HOME is {}, which belongs to uid {owner}, and you are uid {}: what is written there would not be theirs",
                home.display(),
                uid()
            );
            return Err(wrong(detail).next("mp setup", "run it as that user, without sudo"));
        }
        Ok(Self { home, environment: environment.clone(), prefixes: prefixes(), system: std::env::consts::OS })
    }

    /// Returns a folder that a variable names. One that is not absolute counts as unset, as XDG wants it.
    pub(crate) fn directory(&self, name: &str) -> Option<PathBuf> {
        self.environment.os(name).map(PathBuf::from).filter(|path| path.is_absolute())
    }

    /// Returns the folder for data.
    pub(crate) fn data(&self) -> PathBuf {
        self.directory("XDG_DATA_HOME").unwrap_or_else(|| self.home.join(".local/share"))
    }

    /// Returns the folder for settings.
    pub(crate) fn settings(&self) -> PathBuf {
        self.directory("XDG_CONFIG_HOME").unwrap_or_else(|| self.home.join(".config"))
    }

    /// Returns the folders of the search path.
    pub(crate) fn search_path(&self) -> Vec<PathBuf> {
        let path = self.environment.os("PATH").map(std::env::split_paths).into_iter().flatten();
        path.filter(|folder| folder.is_absolute()).collect()
    }

    /// Returns a program of that name.
    pub(crate) fn program(&self, name: &str) -> Option<PathBuf> {
        let folders = self.search_path().into_iter().chain(USUAL.map(PathBuf::from));
        folders.map(|folder| folder.join(name)).find(|path| is_program(path))
    }
}

fn is_program(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok() && path.is_file()
}

fn prefixes() -> Vec<PathBuf> {
    let named = std::env::current_exe().ok();
    let real = named.as_ref().and_then(|own| own.canonicalize().ok());
    let of_programs = [named, real].into_iter().flatten().filter_map(|own| Some(own.parent()?.parent()?.to_owned()));
    let mut all: Vec<PathBuf> = ["/usr/local", "/usr", "/opt/homebrew"].map(PathBuf::from).into();
    all.extend(of_programs);
    all.dedup();
    all
}
