//! What every row of the catalog obeys.

use std::collections::BTreeSet;

use mp_proto::plane::Plane;
use serde_json::Map;

use crate::binding::bind;
use crate::nouns::{about_path, all, find};
use crate::operation::{Effect, Ids, Kind, Method, Operation, Param, Shape, Slot};

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
            row.params.iter().filter(|param| param.slot == Slot::Path).map(|param| param.name).collect();
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
            Method::Put | Method::Patch => assert_ne!(row.effect, Effect::Read, "{}", row.id),
            Method::Post => {}
        }
    }
}

/// Calls a function with every parameter.
fn each_param(mut check: impl FnMut(&Operation, &Param, String)) {
    for row in all() {
        for param in row.params {
            check(row, param, format!("{} {}", row.id, param.name));
        }
    }
}

#[test]
fn a_table_shows_fields_of_the_model() {
    for row in all() {
        let Some((model, _)) = row.reply.model else { continue };
        for column in model.columns {
            let extra = *column == "name" && row.id == "dashboards.blueprints";
            assert!(extra || model.fields.iter().any(|field| field.name == *column), "{}: {column}", model.name);
        }
        assert!(row.reply.columns.is_empty(), "{}: the columns are those of {}", row.id, model.name);
    }
}

#[test]
fn every_group_says_what_it_is_about() {
    for row in all() {
        for length in 1..row.command.len() {
            assert!(!about_path(&row.command[..length]).is_empty(), "{:?}", &row.command[..length]);
        }
    }
}

#[test]
fn an_id_is_the_words_of_its_command() {
    for row in all() {
        assert_eq!(row.id, row.command.join("."));
    }
}

#[test]
fn names_and_letters_of_parameters_are_their_own() {
    for row in all() {
        let letters: Vec<_> = row.params.iter().filter_map(|param| param.short).collect();
        assert_eq!(letters.iter().collect::<BTreeSet<_>>().len(), letters.len(), "{}: a letter stands twice", row.id);
        // These four have one meaning everywhere: the format, help, and how much is told.
        assert!(letters.iter().all(|letter| letter.is_ascii_alphabetic() && !"fhqv".contains(*letter)), "{}", row.id);
    }
    each_param(|_, param, at| {
        let is_word = param.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        assert!(is_word && !param.name.is_empty() && !param.wire.is_empty(), "{at}");
    });
}

#[test]
fn what_is_declared_of_a_parameter_fits_together() {
    each_param(|row, param, at| {
        assert!(!(param.required && param.default.is_some()), "{at}: what must be given needs no default");
        assert!(!(param.required && param.kind == Kind::Flag), "{at}: a switch need not be given");
        assert!(!(param.positional && param.short.is_some()), "{at}");
        let is_last = || row.params.iter().rfind(|param| param.positional).is_some_and(|last| last.name == param.name);
        assert!(!(param.positional && param.repeats) || is_last(), "{at}: only the last may be many");
        assert!(param.kind.choices().iter().all(|word| !word.is_empty()), "{at}");
        match param.slot {
            Slot::Path => assert!(param.required && !param.repeats && param.wire == param.name, "{at}"),
            Slot::Query => {}
            Slot::Body | Slot::Spread => assert_ne!(row.call.method, Method::Get, "{at}: a GET has no body"),
            Slot::Local => assert_eq!(param.wire, param.name, "{at}: it is not sent under a name"),
        }
    });
    for row in all() {
        // With nothing given, what must be given is wrong, and no default is: each is a value of its kind.
        let wrong = bind(row, &Map::new()).err().unwrap_or_default();
        for param in row.params {
            let is_wrong = wrong.iter().any(|problem| problem.at == param.name);
            assert!(is_wrong || !param.required || param.kind == Kind::File, "{} {}: {wrong:?}", row.id, param.name);
            assert!(!is_wrong || param.default.is_none(), "{} {}: {wrong:?}", row.id, param.name);
        }
    }
}

#[test]
fn hosts_scopes_and_replies_fit_together() {
    for row in all() {
        let (call, reply) = (&row.call, &row.reply);
        if call.ids == Ids::Body {
            assert!(call.plane != Plane::App && call.method != Method::Get, "{}", row.id);
        }
        assert!(!reply.kept || row.effect == Effect::Read, "{}: only what was read can be kept", row.id);
        assert!(reply.shape != Shape::Lines || call.workflow.is_some(), "{}: code makes lines", row.id);
        assert!(reply.shape == Shape::List || reply.sort.is_none(), "{}: only a list can be sorted", row.id);
    }
}

#[test]
fn an_id_that_was_released_never_disappears() {
    // The ids of the releases so far. A release adds its own; nothing is ever taken out.
    for id in include_str!("released.txt").lines() {
        assert!(find(id).is_some(), "{id} is gone: scripts use it");
    }
}
