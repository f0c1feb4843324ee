//! What every row of the catalog obeys.

use std::collections::BTreeSet;

use mp_proto::plane::Plane;
use serde_json::{Map, Value, json};

use crate::binding::bind;
use crate::nouns::{about_path, all, find};
use crate::operation::{Effect, Ids, Kind, Method, Model, Of, Operation, Param, Shape, Slot, Workflow};

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

/// What a row that destroys may speak of: as the beginning of a word.
const SIGNS: &[&str] = &[
    "truncat", "forc", "replac", "overwrit", "empt", "purg", "clear", "reset", "delet", "drop", "remov", "archiv",
    "conclud", "bulk", "wip", "eras", "discard", "revok", "unverif", "unset", "all", "enforc",
];

/// Returns all that a row says of itself and of what it takes, down to the fields of its objects.
fn words_of(row: &Operation) -> String {
    fn of(kind: Of, text: &mut String) {
        match kind {
            Of::One(model) | Of::List(model) | Of::Map(model) => of_model(model, text),
            _ => {}
        }
    }
    fn of_model(model: &Model, text: &mut String) {
        for field in model.fields {
            text.push_str(&format!(" {} {}", field.name, field.wire));
            of(field.of, text);
        }
    }
    let mut text = format!("{} {} {}", row.id, row.summary, row.detail);
    for param in row.params {
        text.push_str(&format!(" {} {} {} {}", param.name, param.wire, param.help, param.kind.choices().join(" ")));
        if let Kind::Json(kind) = param.kind {
            of(kind, &mut text);
        }
    }
    text.to_lowercase()
}

/// The sign of destruction that a row has, if it has one.
fn sign(row: &Operation) -> Option<&'static str> {
    let text = words_of(row);
    let words = || text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    match row.call.method {
        Method::Put => Some("PUT"),
        Method::Delete => Some("DELETE"),
        _ => SIGNS
            .iter()
            .copied()
            .find(|sign| words().any(|word| if *sign == "all" { word == "all" } else { word.starts_with(sign) })),
    }
}

#[test]
fn whatever_looks_as_if_it_destroyed_is_weighed_and_says_why_it_does_not() {
    for row in all() {
        assert!(row.weight.destroys.is_none() || row.effect == Effect::Write, "{}: only a change can be worse", row.id);
        assert!(row.weight.destroys.is_none() || !row.weight.reason.is_empty(), "{}: it says how", row.id);
        let is_good = row.weight.reason.len() <= 2 * SUMMARY && !row.weight.reason.ends_with('.');
        assert!(is_good, "{}: {:?}", row.id, row.weight.reason);
        if row.effect == Effect::Write
            && let Some(sign) = sign(row)
        {
            assert!(!row.weight.reason.is_empty(), "{} has {sign:?}: weigh it, and say why", row.id);
        }
    }
    let found = |id: &str| sign(find(id).expect("a row"));
    assert_eq!(found("lexicon.events.bulk-update"), Some("drop"), "fields of objects are looked at, too");
    assert_eq!((found("schemas.create-bulk"), found("annotations.create")), (Some("truncat"), None));
}

/// Calls, and what each does.
fn weighed() -> Vec<(&'static str, Value, Effect)> {
    vec![
        ("schemas.create-bulk", json!({"entries": [], "truncate": true}), Effect::Destroy),
        ("schemas.create-bulk", json!({"entries": [], "truncate": "true"}), Effect::Destroy),
        ("schemas.create-bulk", json!({"entries": [], "truncate": false}), Effect::Write),
        ("schemas.create-bulk", json!({"entries": "[]"}), Effect::Write),
        ("business-context.set", json!({"content": ""}), Effect::Destroy),
        ("business-context.set", json!({"content": null, "file": " \n"}), Effect::Destroy),
        ("business-context.set", json!({"content": "We sell shoes"}), Effect::Write),
        ("drop-filters.update", json!({"id": 1, "active": true}), Effect::Destroy),
        ("drop-filters.update", json!({"id": 1, "filters": "[]"}), Effect::Destroy),
        ("drop-filters.update", json!({"id": 1, "filters": [], "active": false}), Effect::Write),
        ("flags.set-test-users", json!({"flag_id": "f", "users": "{}"}), Effect::Destroy),
        ("flags.set-test-users", json!({"flag_id": "f", "users": {"u": "On"}}), Effect::Write),
        ("lookup-tables.upload", json!({"name": "n", "data_group_id": "7"}), Effect::Destroy),
        ("lookup-tables.upload", json!({"name": "n"}), Effect::Write),
        ("lookup-tables.mark-ready", json!({"name": "n", "key": "k", "data_group_id": 7}), Effect::Destroy),
        ("lookup-tables.mark-ready", json!({"name": "n", "key": "k"}), Effect::Write),
        ("dashboards.update-text-card", json!({"dashboard_id": 1, "text_card_id": 2, "markdown": ""}), Effect::Destroy),
        ("dashboards.update-text-card", json!({"dashboard_id": 1, "text_card_id": 2, "markdown": "x"}), Effect::Write),
        ("custom-events.update", json!({"id": 1, "dropped": true}), Effect::Destroy),
        ("custom-events.update", json!({"id": 1, "dropped": false}), Effect::Write),
        ("lexicon.enforcement.init", json!({"rule_event": "Warn and Drop"}), Effect::Destroy),
        ("lexicon.enforcement.init", json!({"rule_event": "something new"}), Effect::Destroy),
        ("lexicon.enforcement.init", json!({"rule_event": "Warn and Hide"}), Effect::Write),
        ("lexicon.enforcement.update", json!({"body": {"rule_event": "Warn and Drop"}}), Effect::Destroy),
        ("lexicon.enforcement.update", json!({"body": "{\"ruleEvent\": \"Warn and Drop\"}"}), Effect::Destroy),
        ("lexicon.enforcement.update", json!({"body": {"events": ["a"]}}), Effect::Destroy),
        ("lexicon.enforcement.update", json!({"body": {"notificationEmails": []}}), Effect::Write),
        ("lexicon.events.update", json!({"name": "a", "dropped": true}), Effect::Destroy),
        ("lexicon.events.update", json!({"name": "a", "hidden": true}), Effect::Write),
        ("lexicon.properties.update", json!({"name": "a", "dropped": true}), Effect::Destroy),
        ("lexicon.properties.update", json!({"name": "a", "dropped": false}), Effect::Write),
        (
            "lexicon.events.bulk-update",
            json!({"data": {"events": [{"id": 1}, {"id": 2, "dropped": true}]}}),
            Effect::Destroy,
        ),
        ("lexicon.events.bulk-update", json!({"data": {"events": [{"id": 1, "verified": true}]}}), Effect::Write),
        (
            "lexicon.properties.bulk-update",
            json!({"data": {"properties": [{"name": "p", "resource_type": "User", "dropped": true}]}}),
            Effect::Destroy,
        ),
        (
            "lexicon.properties.bulk-update",
            json!({"data": {"properties": [{"name": "p", "resource_type": "User"}]}}),
            Effect::Write,
        ),
    ]
}

#[test]
fn the_arguments_decide_whether_a_change_destroys() {
    let cases = weighed();
    for (id, arguments, expected) in &cases {
        let row = find(id).expect("a row");
        let bound =
            bind(row, arguments.as_object().unwrap_or(&Map::new())).unwrap_or_else(|wrong| panic!("{id}: {wrong:?}"));
        assert_eq!(row.effect_of(&bound), *expected, "{id} {arguments}");
        assert_eq!(row.worst_effect(), Effect::Destroy, "{id}");
    }
    for row in all().filter(|row| row.weight.destroys.is_some()) {
        let seen: Vec<&Value> = cases.iter().filter(|case| case.0 == row.id).map(|case| &case.1).collect();
        assert!(seen.len() >= 2, "{}: both ways stand in the list above", row.id);
    }
}

#[test]
fn these_destroy_whatever_their_arguments() {
    for id in ["drop-filters.create", "experiments.conclude", "lexicon.enforcement.replace", "dashboards.remove-report"]
    {
        let row = find(id).expect("a row");
        assert_eq!((row.effect, row.weight.reason.is_empty()), (Effect::Destroy, false), "{id}");
    }
    for row in all().filter(|row| ["delete", "bulk-delete", "clear"].contains(row.command.last().unwrap_or(&""))) {
        assert_eq!(row.effect, Effect::Destroy, "{}", row.id);
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
        let own = row.reply.columns;
        assert!(own.is_empty() || own != model.columns, "{}: the columns are those of {}", row.id, model.name);
        for column in own {
            assert!(model.fields.iter().any(|field| field.name == *column), "{}: {column}", row.id);
        }
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
fn what_asks_has_nested_arguments_and_changes_nothing() {
    let asking: Vec<&Operation> = all().filter(|row| row.asks.is_some()).collect();
    assert_eq!(asking.len(), 5);
    for row in asking {
        assert!(row.params.is_empty() && row.call.workflow == Some(Workflow::Ask), "{}", row.id);
        assert_eq!(row.effect, Effect::Read, "{}", row.id);
        assert_eq!(row.asks.map(|family| format!("ask.{}", family.as_str())).as_deref(), Some(row.id));
        let schema = row.input_schema();
        assert!(schema["type"] == "object" && schema["properties"].is_object(), "{}", row.id);
        assert_eq!(schema["additionalProperties"], false, "{}", row.id);
    }
    assert!(all().all(|row| row.asks.is_some() || row.call.workflow != Some(Workflow::Ask)));
}

#[test]
fn an_id_that_was_released_never_disappears() {
    // The ids of the releases so far. A release adds its own; nothing is ever taken out.
    for id in include_str!("released.txt").lines() {
        assert!(find(id).is_some(), "{id} is gone: scripts use it");
    }
}
