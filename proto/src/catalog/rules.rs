//! What every row of the catalog obeys.

use std::collections::BTreeSet;

use super::{Effect, Method, Place, all, find};

/// A line of help beside a command must not wrap.
const SUMMARY: usize = 72;

#[test]
fn ids_and_commands_are_unique_and_no_command_is_the_head_of_another() {
    let ids: BTreeSet<_> = all().map(|row| row.id).collect();
    assert_eq!(ids.len(), all().count());
    assert!(all().all(|row| find(row.id).is_some_and(|found| std::ptr::eq(found, row))));
    for row in all() {
        let heads = all().filter(|other| row.command.starts_with(other.command)).count();
        assert_eq!(heads, 1, "{}: its command is, or begins with, that of another", row.id);
        assert!(!row.command.is_empty() && row.command.iter().all(|word| !word.is_empty()), "{}", row.id);
    }
}

#[test]
fn a_summary_is_one_line_that_does_not_end_in_a_full_stop() {
    for row in all() {
        let texts = row.params.iter().map(|param| param.help).chain([row.summary]);
        for text in texts {
            let is_good = !text.is_empty() && text.chars().count() <= SUMMARY && !text.contains('\n');
            assert!(is_good && !text.ends_with('.'), "{}: {text:?}", row.id);
        }
    }
}

#[test]
fn what_stands_in_the_path_is_a_parameter_of_the_path_and_the_reverse() {
    for row in all() {
        let in_path: Vec<_> = row.call.path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        let of_path: Vec<_> =
            row.params.iter().filter(|param| param.place == Place::Path).map(|param| param.name).collect();
        assert_eq!(in_path, of_path, "{}", row.id);
        assert!(!row.call.path.starts_with('/') && row.call.path.is_ascii(), "{}", row.id);
        let names: BTreeSet<_> = row.params.iter().map(|param| param.name).collect();
        assert_eq!(names.len(), row.params.len(), "{}: a name stands twice", row.id);
    }
}

#[test]
fn effects_agree_with_methods() {
    for row in all() {
        match row.call.method {
            Method::Get => assert_eq!(row.effect, Effect::Read, "{}", row.id),
            Method::Delete => assert_ne!(row.effect, Effect::Read, "{}", row.id),
            Method::Post => {}
        }
    }
}
