//! Why a file was not replaced.

use std::io;
use std::path::PathBuf;

use mp_proto::failure::{Failure, FailureKind, chain};

/// Why a file was not replaced. The old file is intact, or a rival's newer one is in its place.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceError {
    /// The file, or a directory below the home on the way to it, is a symbolic link.
    #[error("{} is a symbolic link, but a file with credentials must be reached without one", path.display())]
    Symlink {
        /// The link.
        path: PathBuf,
    },
    /// There is something else than a file.
    #[error("{} is not a regular file", path.display())]
    NotRegular {
        /// The path.
        path: PathBuf,
    },
    /// The directory could not be made or made private.
    #[error("could not prepare the directory {}", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The new text could not be written.
    #[error("could not write {}", path.display())]
    Write {
        /// The file that was to be replaced.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The file is not the expected one any more: redo the edit on what is there now.
    #[error("{} was changed by another program meanwhile", path.display())]
    Conflict {
        /// The file.
        path: PathBuf,
        /// Copies of texts that were out of place for a moment; almost always none.
        displaced: Vec<PathBuf>,
    },
}

impl From<ReplaceError> for Failure {
    fn from(error: ReplaceError) -> Self {
        let kind = match error {
            ReplaceError::Symlink { .. } | ReplaceError::NotRegular { .. } => FailureKind::UnsafeFile,
            _ => FailureKind::Storage,
        };
        Self::new(kind, chain(&error))
    }
}
