//! What a file holds whatever happens to it, and whom it is never taken from.

use super::super::target::real;
use super::*;
use serde_json::json;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn claim(target: &Path, project: u32, force: bool) -> Result<Claim, String> {
    Claim::of(target.to_owned(), &json!({"project": project}), force).map_err(|failure| failure.detail)
}

fn begun(target: &Path, project: u32) -> Partial {
    claim(target, project, false)
        .expect("ours")
        .begin(json!({"project": project}), None, &everything(target))
        .expect("writable")
}

/// All parts that are there.
fn everything(target: &Path) -> Resume {
    let journal = Journal::read(&target.with_added_extension("partial")).expect("readable");
    Resume { kept: journal.map_or(0, |journal| journal.done.len()), ..Resume::default() }
}

fn write(partial: &mut Partial, text: &str) {
    partial.file.write_all(text.as_bytes()).expect("writable");
    partial.bytes += text.len() as u64;
}

#[test]
fn a_file_goes_on_after_its_complete_parts() {
    let dir = tempfile::tempdir().expect("a directory");
    let target = dir.path().join("f");
    let mut partial = begun(&target, 7);
    write(&mut partial, "one\n");
    partial.complete(None, NOW).expect("writable");
    write(&mut partial, "tw");
    drop(partial);
    let mut partial = begun(&target, 7);
    assert_eq!((partial.journal.done.len(), partial.bytes), (1, 4));
    write(&mut partial, "two\n");
    partial.complete(None, NOW).expect("writable");
    partial.finish().expect("a new name");
    assert_eq!(fs::read_to_string(&target).expect("there"), "one\ntwo\n");
    assert_eq!(fs::read_dir(dir.path()).expect("readable").count(), 1, "nothing else is left");
    assert!(claim(&target, 7, false).expect_err("is refused").contains("--force"));
    assert_eq!(fs::read_dir(dir.path()).expect("readable").count(), 1, "nothing is left of a refusal");
}

#[test]
fn what_another_export_has_left_is_kept_unless_it_may_go() {
    let dir = tempfile::tempdir().expect("a directory");
    let target = dir.path().join("f");
    let mut partial = begun(&target, 7);
    assert!(claim(&target, 7, true).expect_err("is refused").contains("another export is writing"));
    write(&mut partial, "one\n");
    partial.complete(None, NOW).expect("writable");
    drop(partial);
    assert!(claim(&target, 8, false).expect_err("is refused").contains("another export has left"));
    assert!(claim(&target, 7, true).expect("ours").journal().is_some(), "--force goes on, too");
    assert!(claim(&target, 8, true).expect("ours").journal().is_none());
    fs::write(target.with_added_extension("partial"), "o").expect("writable");
    assert!(claim(&target, 7, false).expect_err("is refused").contains("not what its journal says"));
    fs::remove_file(target.with_added_extension("partial.json")).expect("there");
    assert!(claim(&target, 7, false).expect_err("is refused").contains("no journal"));
}

#[test]
fn what_somebody_else_changes_is_never_taken_for_an_export() {
    let dir = tempfile::tempdir().expect("a directory");
    let target = dir.path().join("f");
    let path = target.with_added_extension("partial");
    // Emptied while it is written.
    let mut partial = begun(&target, 7);
    write(&mut partial, "one\n");
    fs::write(&path, "").expect("writable");
    write(&mut partial, "two\n");
    assert!(partial.complete(None, NOW).expect_err("is refused").detail.contains("was changed"));
    drop(partial);
    // Taken away, and begun by another run.
    let mut partial = claim(&target, 7, true)
        .expect("ours")
        .begin(json!({"project": 7}), None, &Resume::default())
        .expect("writable");
    write(&mut partial, "one\n");
    fs::remove_file(&path).expect("there");
    let other = begun(&target, 7);
    assert!(partial.complete(None, NOW).expect_err("is refused").detail.contains("taken away"));
    assert!(partial.finish().expect_err("is refused").detail.contains("taken away"));
    assert!(!target.exists());
    drop(other);
    // Longer than it was, with something in front.
    let mut partial = begun(&target, 7);
    write(&mut partial, "one\n");
    partial.complete(None, NOW).expect("writable");
    drop(partial);
    fs::write(&path, "zero\none\n").expect("writable");
    assert!(claim(&target, 7, false).expect_err("is refused").contains("not what its journal says"));
    // A file that has appeared in the meantime.
    let mut partial = claim(&target, 7, true)
        .expect("ours")
        .begin(json!({"project": 7}), None, &Resume::default())
        .expect("writable");
    partial.may_replace = false;
    fs::write(&target, "theirs").expect("writable");
    let refused = partial.rename().expect_err("is refused");
    assert_eq!(
        (refused.kind(), fs::read_to_string(&target).expect("there")),
        (io::ErrorKind::AlreadyExists, "theirs".to_owned())
    );
}

#[test]
fn what_is_not_wanted_is_cut_from_both_ends() {
    let dir = tempfile::tempdir().expect("a directory");
    let target = dir.path().join("f");
    let mut partial = begun(&target, 7);
    for text in ["one\n", "two two\n", "three\n", "four\n"] {
        write(&mut partial, text);
        partial.complete(None, NOW).expect("writable");
    }
    drop(partial);
    let resume = Resume { skipped: 1, kept: 2, ..Resume::default() };
    let claim = claim(&target, 7, false).expect("ours");
    let mut partial = claim.begin(json!({"project": 7}), None, &resume).expect("writable");
    assert_eq!(fs::read_to_string(&partial.path).expect("there"), "two two\nthree\n");
    write(&mut partial, "five\n");
    partial.complete(None, NOW).expect("writable");
    drop(partial);
    let partial = begun(&target, 7);
    assert_eq!((partial.journal.done.len(), partial.bytes), (3, 19), "the journal is true");
    partial.finish().expect("a new name");
    assert_eq!(fs::read_to_string(&target).expect("there"), "two two\nthree\nfive\n");
}

#[test]
fn a_link_stands_for_what_it_leads_to() {
    let dir = tempfile::tempdir().expect("a directory");
    let (file, link) = (dir.path().join("f"), dir.path().join("link"));
    std::os::unix::fs::symlink(&file, &link).expect("a link");
    assert!(real(&link).expect_err("is refused").detail.contains("leads nowhere"));
    fs::write(&file, "").expect("writable");
    assert_eq!(real(&link).expect("there"), fs::canonicalize(&file).expect("there"));
    for none in ["", "/", "..", "folder/", "folder/."] {
        assert!(real(Path::new(none)).expect_err("is refused").detail.contains("names no file"), "{none:?}");
    }
    assert_eq!(real(Path::new("f")).expect("a name"), Path::new("f"));
}

#[test]
fn only_regular_files_are_replaced() {
    let dir = tempfile::tempdir().expect("a directory");
    assert!(check(dir.path(), true).is_err_and(|failure| failure.detail.contains("regular")));
    assert!(check(Path::new("/dev/null"), true).is_err());
    std::os::unix::fs::symlink("elsewhere", dir.path().join("f.partial")).expect("a link");
    assert!(claim(&dir.path().join("f"), 7, true).expect_err("is refused").contains("could not be opened"));
}

#[test]
fn a_compressed_file_goes_on_after_its_complete_parts_too() {
    let dir = tempfile::tempdir().expect("a directory");
    for name in ["f.gz", "f.zst"] {
        let target = dir.path().join(name);
        let mut partial = begun(&target, 7);
        partial.compress(b"one\n").expect("writable");
        partial.complete(None, NOW).expect("writable");
        partial.compress(&[b'x'; 1_000_000]).expect("writable");
        drop(partial);
        let mut partial = begun(&target, 7);
        assert_eq!((partial.journal.done.len(), partial.is_empty()), (1, false));
        partial.compress(b"two\n").expect("writable");
        partial.complete(None, NOW).expect("writable");
        partial.finish().expect("a new name");
        let (bytes, mut text) = (fs::read(&target).expect("there"), String::new());
        let mut reader: Box<dyn std::io::Read> = match name {
            "f.gz" => Box::new(flate2::read::MultiGzDecoder::new(&bytes[..])),
            _ => Box::new(zstd::stream::read::Decoder::new(&bytes[..]).expect("a frame")),
        };
        reader.read_to_string(&mut text).expect("whole");
        assert_eq!(text, "one\ntwo\n");
        begun(&dir.path().join(format!("empty-{name}")), 7).finish().expect("a new name");
        assert!(fs::metadata(dir.path().join(format!("empty-{name}"))).expect("there").len() > 8, "an empty member");
    }
}
