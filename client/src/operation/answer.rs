//! What becomes of an answer: text or data on standard output, a file, a folder, or a line that says that it is done.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path};

use mp_catalog::{Operation, Shape};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::visible::Spelling;
use serde_json::{Map, Value};
use tempfile::NamedTempFile;

use super::request::broken;
use super::{arguments, table};
use crate::api::trailed;
use crate::call::Call;
use crate::output::{Format, Reader, Shown, epoch, pretty, printable, screen, stdout};
use crate::report;
use crate::transport::{Piece, Streaming};

/// Checks that an answer can be written where it is to go, before anything is asked.
///
/// # Errors
/// When the path names nothing that can be written.
pub(super) fn check(operation: &Operation, name: &str, path: &str) -> Result<(), Failure> {
    let param = operation.params.iter().find(|param| param.name == name);
    let typed = param.map_or_else(String::new, arguments::typed);
    let refuse = |why: &str| Err(Failure::new(FailureKind::InvalidArgument, format!("{typed} {path}: {why}")));
    let target = Path::new(path);
    if is_folder(operation) {
        return if target.exists() && !target.is_dir() { refuse("is no folder") } else { Ok(()) };
    }
    match target.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        _ if target.file_name().is_none() || target.is_dir() => refuse("names no file"),
        Some(folder) if !folder.is_dir() => refuse("its folder does not exist"),
        _ => Ok(()),
    }
}

fn is_folder(operation: &Operation) -> bool {
    operation.reply.audience.is_some_and(|fields| fields.file == Some("files"))
}

/// Shows a value, or writes it where it is to go.
///
/// # Errors
/// When it cannot be written.
pub(super) fn value(
    call: &mut Call<'_>,
    operation: &'static Operation,
    value: Value,
    arguments: &Map<String, Value>,
    path: Option<&str>,
) -> Result<(), Failure> {
    if operation.reply.shape == Shape::Empty {
        if !call.quiet && !operation.reply.done.is_empty() {
            report::say(&filled(operation.reply.done, arguments));
        }
        return Ok(());
    }
    let Some(told) = operation.reply.audience else {
        return show(call, operation, &value);
    };
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    match (path, told.file) {
        (Some(path), Some("files")) => {
            write_all(Path::new(path), value.get("files"))?;
            return call.output.line(&text("written").replace("{folder}", path.trim_end_matches('/')));
        }
        (Some(path), Some(field)) => {
            let data = value.get(field).map(|data| pretty(data) + "\n").unwrap_or_default();
            return write(Path::new(path), |file| file.write_all(data.as_bytes()));
        }
        _ => {}
    }
    let data = told.data.and_then(|field| value.get(field)).unwrap_or(&value);
    if matches!(call.output.format(), Format::Table | Format::Plain) {
        let text = printable(&text(told.text));
        return call.output.line(&if Reader::of_stdout() == Reader::Person { dated(&text) } else { text });
    }
    show(call, operation, data)
}

/// Returns a text in which the lines that begin with Unix seconds begin with the time of a person's clock.
fn dated(text: &str) -> String {
    let line = |line: &str| {
        let (seconds, rest) = line.split_once(": ").filter(|(seconds, _)| seconds.len() == 10)?;
        let time = epoch(&Value::from(seconds.parse::<u64>().ok()?), 1, Reader::Person)?;
        Some(format!("{time}: {rest}"))
    };
    text.split('\n').map(|one| line(one).unwrap_or_else(|| one.to_owned())).collect::<Vec<_>>().join("\n")
}

/// Shows a value.
///
/// # Errors
/// When it cannot be written.
pub(super) fn show(call: &mut Call<'_>, operation: &Operation, value: &Value) -> Result<(), Failure> {
    let shown = Shown {
        value,
        // Of what is shown by a word of its own a table would show a part.
        is_list: operation.reply.word.is_none() && (value.is_array() || operation.reply.rows.is_some()),
        rows: table::tidy(operation, value),
        words: table::words(operation, value),
    };
    call.output.show_answer(&shown, |view| table::of(operation, value, view))
}

/// Fills the arguments into a text.
fn filled(text: &str, arguments: &Map<String, Value>) -> String {
    arguments.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), &inline(value)))
}

/// Returns a value in the middle of a line.
pub(super) fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => text.escape_debug().to_string(),
        Value::Array(all) => all.iter().map(inline).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn storage(path: &Path, error: &io::Error) -> Failure {
    Failure::new(FailureKind::Storage, format!("{} could not be written: {error}", path.display()))
}

/// Writes a file that has all of it or none.
fn write(path: &Path, fill: impl FnOnce(&mut NamedTempFile) -> io::Result<()>) -> Result<(), Failure> {
    let mut file = unnamed(path)?;
    fill(&mut file).map_err(|error| storage(path, &error))?;
    placed(file, path)
}

fn unnamed(path: &Path) -> Result<NamedTempFile, Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Others may read it if the user's umask lets them.
    let file = tempfile::Builder::new().permissions(Permissions::from_mode(0o666)).tempfile_in(folder);
    file.map_err(|error| storage(path, &error))
}

fn placed(file: NamedTempFile, path: &Path) -> Result<(), Failure> {
    file.as_file().sync_all().map_err(|error| storage(path, &error))?;
    file.persist(path).map(drop).map_err(|error| storage(path, &error.error))
}

/// Writes the files of an answer into a folder.
fn write_all(folder: &Path, files: Option<&Value>) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| storage(folder, &error))?;
    for (name, content) in files.and_then(Value::as_object).into_iter().flatten() {
        // A name from the network stays inside of the folder.
        let is_plain = matches!(Path::new(name).components().collect::<Vec<_>>()[..], [Component::Normal(_)]);
        if !is_plain {
            let detail = format!("the answer has a file '{}', which is no name", name.escape_debug());
            return Err(Failure::new(FailureKind::UpstreamInvalid, detail));
        }
        let text = content.as_str().map_or_else(|| pretty(content) + "\n", str::to_owned);
        write(&folder.join(name), |file| file.write_all(text.as_bytes()))?;
    }
    Ok(())
}

/// Passes an answer that is bytes on as it comes.
///
/// # Errors
/// When it is cut off: then there is no file.
pub(super) async fn bytes(mut streaming: Streaming, path: Option<&str>) -> Result<(), Failure> {
    let Some(path) = path.map(Path::new) else {
        let mut out = screen::stdout(Spelling::Plain);
        let wrote = copied(&mut streaming, &mut out).await?;
        // What a terminal or a shell reads ends with a newline.
        let end = |last| if last == Some(b'\n') { Ok(()) } else { out.write_all(b"\n") };
        return stdout::is_read(wrote.and_then(end).and_then(|()| out.flush())).map(drop);
    };
    let mut file = unnamed(path)?;
    copied(&mut streaming, &mut file).await?.map_err(|error| storage(path, &error))?;
    placed(file, path)
}

/// Copies a body and returns its last byte. The outer error is that of reading, the inner one that of writing.
async fn copied(streaming: &mut Streaming, out: &mut impl Write) -> Result<io::Result<Option<u8>>, Failure> {
    let mut last = None;
    while let Some(part) = streaming.next().await.map_err(|error| broken(&error))? {
        match part {
            Piece::Bytes(bytes) => {
                if let Err(error) = out.write_all(&bytes) {
                    return Ok(Err(error));
                }
                last = bytes.last().copied().or(last);
            }
            Piece::Trailers(trailers) => {
                if let Some(failure) = trailed(&trailers) {
                    return Err(failure);
                }
            }
        }
    }
    Ok(Ok(last))
}
