//! The files of a recording, from the storage where they are.

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::mend::{Mended, has_half, may_have_halves, mend};
use reqwest::StatusCode;
use serde_json::value::RawValue;

use super::signing::{Signed, nothing, sign_one};
use crate::notes;
use crate::operation::call::Run;
use crate::operation::storage;

/// Files that are asked for at a time. They are small and far away; more would keep more of them in memory.
const AT_A_TIME: usize = 4;

/// Largest file of a recording, in bytes.
const MOST_OF_FILE: usize = 64 << 20;

/// Which files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// Of which recording.
    pub(super) id: &'a str,
    /// Which kind of recordings it is one of.
    pub(super) env: &'a str,
    /// For how many days it is kept.
    pub(super) retention_days: u64,
    /// At most so many.
    pub(super) most_files: usize,
    /// With at most so many bytes in all.
    pub(super) most_bytes: usize,
}

/// Reads the files of a recording one after the other into a state, and returns that and whether there may be more of them.
///
/// # Errors
/// When there is none, one is not what it should be, they are too large, or they cannot be had.
pub(super) async fn download<T: Send + 'static>(
    run: &Run<'_>,
    wanted: Wanted<'_>,
    mut state: T,
    take: fn(&mut T, &[u8]) -> Result<(), String>,
) -> Result<(T, bool), Failure> {
    let (mut next, mut bytes, mut is_signed_again) = (0, 0_usize, false);
    loop {
        let signed = sign_one(run, wanted.id, wanted.env).await?;
        let one = |number| one(run, &signed, number, wanted.retention_days);
        let mut files = stream::iter(next..wanted.most_files).map(one).buffered(AT_A_TIME);
        let refused = loop {
            match files.next().await.transpose()? {
                None => return Ok((state, true)),
                Some(Ok(file)) => {
                    bytes = bytes.saturating_add(file.len());
                    if bytes > wanted.most_bytes {
                        return Err(too_large(run, &wanted, next));
                    }
                    state = taken(run, state, file, take).await?;
                    next += 1;
                }
                Some(Err(StatusCode::NOT_FOUND)) if next == 0 => return Err(nothing(run, wanted.id)),
                Some(Err(StatusCode::NOT_FOUND)) => return Ok((state, false)),
                Some(Err(status)) => break status,
            }
        };
        // What was signed opens the files for some minutes only.
        if is_signed_again {
            return Err(storage::refused(run, refused, "the files cannot be had, though they were signed again"));
        }
        is_signed_again = true;
    }
}

/// Takes a file into the state. A large one takes a while, in which others must be served.
async fn taken<T: Send + 'static>(
    run: &Run<'_>,
    mut state: T,
    file: Bytes,
    take: fn(&mut T, &[u8]) -> Result<(), String>,
) -> Result<T, Failure> {
    let work = move || {
        let mut odd = Mended::default();
        let mended = if is_strict(&file) { None } else { mend(&file, |value| odd.add(value)) };
        Ok(take(&mut state, mended.as_deref().map_or(&file, str::as_bytes)).map(|()| (state, odd)))
    };
    let (state, odd) = run.operations.life.blocking(work).await?.map_err(|what| run.odd(&what))?;
    notes::mended(&odd);
    Ok(state)
}

/// Returns whether every reader of JSON takes a text. What was typed and shown stands in it, as odd as it was.
fn is_strict(text: &[u8]) -> bool {
    serde_json::from_slice::<&RawValue>(text).is_ok() && !(may_have_halves(text) && has_half(text))
}

/// Reads a file, and once more if the storage or the way to it fails.
async fn one(run: &Run<'_>, signed: &Signed, number: usize, days: u64) -> Result<Result<Bytes, StatusCode>, Failure> {
    let url = format!("{}{number:04}-{days}.json?{}", signed.url, signed.query.expose());
    match storage::get(run, &url, MOST_OF_FILE).await {
        Err(failure) if matches!(failure.kind, FailureKind::UpstreamUnreachable | FailureKind::UpstreamFault) => {
            storage::get(run, &url, MOST_OF_FILE).await
        }
        other => other,
    }
}

fn too_large(run: &Run<'_>, wanted: &Wanted<'_>, files: usize) -> Failure {
    let Wanted { id, most_bytes, .. } = wanted;
    let failure = run.odd(&format!("a recording of more than {most_bytes} bytes, which is too much at once"));
    match run.operation.id {
        "replays.fetch" if files > 0 => {
            failure.next(format!("mp replays fetch {id} --max-files {files}"), "fetch the first part of it")
        }
        _ => failure,
    }
}
