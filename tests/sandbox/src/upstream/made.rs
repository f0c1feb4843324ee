//! What the App API answers about things that are being made: lookup tables whose file is taken in, dashboards from templates.

use serde_json::{Map, Value, json};

use super::asking::{Asking, Refusal};
use super::people::Project;

/// The dashboard of each project that was made from a template, counted from its id.
const OF_TEMPLATE: u64 = 1;

pub(crate) fn upload_status(asking: &mut Asking<'_>) -> Result<Value, Refusal> {
    let id = asking.required("upload-id")?;
    Ok(json!({"uploadStatus": "SUCCESS", "result": {"id": 71, "name": format!("Table {id}")}}))
}

/// Registers a file: a form with its name and the key of its place.
pub(crate) fn lookup_table(asking: &mut Asking<'_>) -> Result<Value, Refusal> {
    if asking.received.media_type() != "application/x-www-form-urlencoded" {
        asking.object("the body must be a form");
    }
    let form = asking.received.form();
    for name in form.keys().filter(|name| !["name", "path", "key", "data-group-id"].contains(&name.as_str())) {
        asking.object(format!("the form has no field {name}"));
    }
    for name in ["name", "key"] {
        if form.get(name).is_none_or(String::is_empty) {
            return Err(asking.fault(400, format!("Missing required field: {name}")));
        }
    }
    let group = match form.get("data-group-id").map(|id| id.parse::<u64>()) {
        None => None,
        Some(Ok(id)) => Some(id),
        Some(Err(_)) => return Err(asking.fault(400, "data-group-id must be an integer")),
    };
    Ok(json!({"id": group.unwrap_or(71), "name": form["name"]}))
}

pub(crate) fn blueprint_config(project: &Project, dashboard: u64) -> Result<Value, Refusal> {
    if dashboard != project.id * 10 + OF_TEMPLATE {
        return Err(Refusal::new(404, format!("Dashboard {dashboard} not found")));
    }
    Ok(json!({"variables": {"$event": "Sign Up", "$property": "plan"}}))
}

pub(crate) fn blueprint_cohorts(asking: &mut Asking<'_>) -> Result<Value, Refusal> {
    let body = asking.body(&["cohorts"])?;
    let is_good = body.get("cohorts").and_then(Value::as_array).is_some_and(|list| list.iter().all(Value::is_object));
    if is_good { Ok(Value::Null) } else { Err(asking.fault(400, "cohorts must be a list of objects")) }
}

pub(crate) fn blueprint_finish(project: &Project, asking: &mut Asking<'_>) -> Result<Value, Refusal> {
    let body = asking.body(&["dashboard_id", "cards"])?;
    let Some(id) = body.get("dashboard_id").and_then(Value::as_u64) else {
        return Err(asking.fault(400, "dashboard_id must be a number"));
    };
    let Some(cards) = body.get("cards").and_then(Value::as_array) else {
        return Err(asking.fault(400, "cards must be a list"));
    };
    for card in cards {
        check_card(card.as_object(), asking)?;
    }
    blueprint_config(project, id)?;
    Ok(json!({"id": id, "title": format!("{}: Overview", project.name), "is_private": false}))
}

fn check_card(card: Option<&Map<String, Value>>, asking: &mut Asking<'_>) -> Result<(), Refusal> {
    const FIELDS: [&str; 6] = ["type", "text_card_id", "bookmark_id", "markdown", "name", "params"];
    let Some(card) = card else { return Err(asking.fault(400, "a card must be an object")) };
    for name in card.keys().filter(|name| !FIELDS.contains(&name.as_str())) {
        asking.object(format!("a card has no member {name}"));
    }
    let has_type = card.get("type").is_some_and(Value::is_string);
    if has_type { Ok(()) } else { Err(asking.fault(400, "a card must have a type")) }
}
