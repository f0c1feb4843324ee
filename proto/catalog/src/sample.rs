//! Sample arguments for every operation: what tests of all rows send.

use serde_json::{Map, Value, json};

use crate::ask::Family;
use crate::operation::{Kind, Operation};

/// Of arguments that exclude each other, those that a sample leaves out.
const LEFT_OUT: [(&str, &str); 17] = [
    ("export.events", "timezone"),
    ("export.events", "stored_in"),
    ("export.profiles", "distinct_id"),
    ("export.profiles", "behaviors"),
    ("query.activity-feed", "exclude_event"),
    ("replays.list", "user"),
    ("custom-properties.create", "behavior"),
    ("custom-properties.validate", "behavior"),
    ("metrics.create", "kind"),
    ("metrics.update", "kind"),
    ("metrics.query", "last"),
    ("custom-events.update", "name"),
    ("custom-events.delete", "name"),
    ("reports.link", "params_file"),
    ("business-context.set", "file"),
    ("metrics.delete", "force"),
    ("behaviors.delete", "force"),
];

/// Returns a value for every argument that an operation takes besides a file, as far as they go together.
pub fn arguments(operation: &Operation) -> Map<String, Value> {
    if let Some(family) = operation.asks {
        return question(family);
    }
    let is_left_out = |name: &str| LEFT_OUT.contains(&(operation.id, name));
    let params = operation.params.iter().filter(|param| !is_left_out(param.name));
    params.filter_map(|param| Some((param.name.to_owned(), value(param.name, param.kind)?))).collect()
}

/// Returns the arguments of a question.
fn question(family: Family) -> Map<String, Value> {
    let arguments = match family {
        Family::Insights => {
            json!({"events": "Sign Up", "from_date": "2025-01-30", "to_date": "2025-01-31", "group_by": "plan"})
        }
        Family::Funnel => json!({"steps": ["Sign Up", "Purchase"], "last": 7}),
        Family::Retention => json!({"born_event": "Sign Up", "return_event": "Log In", "bucket_sizes": [1, 3]}),
        Family::Flow => json!({"event": "Sign Up", "forward": 2, "mode": "paths"}),
        Family::Users => {
            json!({"mode": "profiles", "where": {"property": "plan", "op": "equals", "value": "pro"}, "limit": 2})
        }
    };
    arguments.as_object().cloned().unwrap_or_default()
}

fn value(name: &str, kind: Kind) -> Option<Value> {
    Some(match kind {
        Kind::Str if name == "link" => json!("EBrV5bW2u9Mw"),
        Kind::Str | Kind::Secret | Kind::TextFile => json!("a b/ü"),
        Kind::Int | Kind::Id => json!(7),
        Kind::Ints => json!([1, 2]),
        Kind::List | Kind::Names => json!(["x", "y z"]),
        Kind::Flag | Kind::Toggle => json!(true),
        Kind::Date => json!("2025-01-31"),
        Kind::Property => json!("plan"),
        Kind::Json(_) if name == "params" => {
            json!({"sections": {"show": [{"type": "metric", "id": 7}]}, "displayOptions": {}, "steps": [{"event": "x"}],
                "date_range": {}})
        }
        Kind::Json(of) => of.example(),
        Kind::JsonFile => json!({"behavior": {"type": "funnel"}, "measurement": {"math": "total"}}),
        Kind::OneOf(words) | Kind::AnyCase(words) => json!(words[words.len() - 1]),
        Kind::File | Kind::Output => return None,
    })
}
