//! Reads the certificates that are trusted in place of the system's.

use std::path::{Path, PathBuf};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{Error, PemObject};

use super::network::{By, Network};

/// Why certificates could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the certificates in {} ({by}) cannot be used: {why}", path.display())]
pub struct CertificatesError {
    path: PathBuf,
    by: String,
    why: String,
}

/// Returns what a network trusts; none when that is what the system trusts.
///
/// # Errors
/// When a file or directory that was named cannot be read, or holds no certificate.
pub(super) fn read(network: &Network) -> Result<Option<Vec<reqwest::Certificate>>, CertificatesError> {
    if network.ca_file.is_none() && network.ca_dirs.is_none() {
        return Ok(None);
    }
    let mut all = Vec::new();
    if let Some(file) = &network.ca_file {
        all.extend(of_file(&file.value).map_err(|why| error(&file.value, file.by, why))?);
    }
    if let Some(dirs) = &network.ca_dirs {
        for dir in &dirs.value {
            all.extend(of_directory(dir).map_err(|why| error(dir, dirs.by, why))?);
        }
    }
    Ok(Some(all))
}

fn error(path: &Path, by: By, why: String) -> CertificatesError {
    CertificatesError { path: path.to_owned(), by: by.to_string(), why }
}

fn of_file(path: &Path) -> Result<Vec<reqwest::Certificate>, String> {
    // What a bundle holds besides (a trailing key, an old certificate that nobody can read) is nothing to stumble over.
    let sections = CertificateDer::pem_file_iter(path).map_err(|error| match error {
        Error::Io(error) => error.to_string(),
        other => other.to_string(),
    })?;
    let mut found = Vec::new();
    for section in sections {
        match section {
            Ok(certificate) if RootCertStore::empty().add(certificate.clone()).is_ok() => {
                found.extend(reqwest::Certificate::from_der(&certificate).ok());
            }
            Ok(_) => {}
            Err(Error::Io(error)) => return Err(error.to_string()),
            Err(_) => {}
        }
    }
    if found.is_empty() { Err("there is no PEM certificate in it".to_owned()) } else { Ok(found) }
}

/// A directory, as `openssl rehash` makes it, may hold other files, too.
fn of_directory(path: &Path) -> Result<Vec<reqwest::Certificate>, String> {
    let entries = std::fs::read_dir(path).map_err(|error| error.to_string())?;
    let files = entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.is_file());
    let found: Vec<_> = files.filter_map(|path| of_file(&path).ok()).flatten().collect();
    if found.is_empty() { Err("there is no file with a PEM certificate in it".to_owned()) } else { Ok(found) }
}
