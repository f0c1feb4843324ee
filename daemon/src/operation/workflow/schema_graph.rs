//! The schema graph is code because it joins four answers.

use std::collections::BTreeMap;

use futures_util::future::try_join4;
use mp_catalog::{Bound, Call, Operation, Reply, results};
use mp_proto::failure::Failure;
use mp_proto::plane::Plane;
use serde_json::{Map, Value, json};

use crate::call::reads::SharedAnswer;
use crate::operation::call::{Answered, Run};
use crate::operation::outgoing::build;

const PROPERTIES: &str = "data-definitions/properties/";

/// Which properties each event has. On another plane than the rest, so it has a row of its own, which is no command.
const RELATIONS: Operation = Operation {
    id: "inspect.schema-graph",
    call: Call::get(Plane::Query, "data_definitions/events"),
    reply: Reply::LIST,
    ..Operation::READ
};

/// Runs it.
///
/// # Errors
/// Those of its requests, and when an answer is no list.
pub(crate) async fn run(run: &Run<'_>) -> Result<Answered, Failure> {
    let is = |name: &str| run.bound.arguments.get(name) == Some(&Value::Bool(true));
    let (density, of_users) = (is("density"), is("user_properties"));
    let (events, properties, relations, user_properties) = try_join4(
        definitions(run, "data-definitions/events/", &[]),
        definitions(run, PROPERTIES, &of_resource("Event", density)),
        relations(run),
        async {
            match of_users {
                true => definitions(run, PROPERTIES, &of_resource("User", false)).await,
                false => Ok((Vec::new(), None)),
            }
        },
    )
    .await?;
    // As old as the oldest part.
    let age = [&events.1, &properties.1, &relations.1, &user_properties.1].into_iter().flatten().max().copied();
    let mut graph = Graph::of(events.0, properties.0, &relations.0, user_properties.0);
    // With the zone: nobody can tell whose local time it would be.
    let computed_at = run.operations.clock.now().strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string();
    let value = graph.value(&computed_at, density, of_users);
    let answer = SharedAnswer::own(value).aged(age);
    run.take(answer)
}

fn of_resource(resource: &str, density: bool) -> Vec<(&'static str, String)> {
    let mut query = vec![("resourceType", resource.to_owned())];
    if density {
        query.push(("includeDensity", "true".to_owned()));
    }
    query.extend(["includeCustom", "includeZeroCounts"].map(|name| (name, "true".to_owned())));
    query
}

/// A list, and how long it has been kept.
type Part = (Vec<Value>, Option<std::time::Duration>);

async fn definitions(run: &Run<'_>, path: &str, query: &[(&str, String)]) -> Result<Part, Failure> {
    let query = query.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let bound = Bound { path: path.to_owned(), query, body: None, ..Bound::default() };
    list(run, run.ask(run.request(bound).await?).await?)
}

async fn relations(run: &Run<'_>) -> Result<Part, Failure> {
    let query = vec![("fetch_per_event_properties".to_owned(), "true".to_owned())];
    let bound = Bound { path: RELATIONS.call.path.to_owned(), query, body: None, ..Bound::default() };
    let request = build(&RELATIONS, bound, run.session, run.session.workspace, run.tool)?;
    list(run, run.ask(request).await?)
}

fn list(run: &Run<'_>, answer: SharedAnswer) -> Result<Part, Failure> {
    match results((*answer.value).clone()) {
        Value::Array(list) => Ok((list, answer.age)),
        _ => Err(run.odd("something else than a list of definitions")),
    }
}

/// Events, properties, and which belong together.
struct Graph {
    events: Vec<Value>,
    properties: Vec<Value>,
    user_properties: Vec<Value>,
    of_event: Map<String, Value>,
    of_property: BTreeMap<String, Vec<Value>>,
    /// Relations that name nothing.
    dropped: usize,
    edges: usize,
}

impl Graph {
    fn of(events: Vec<Value>, properties: Vec<Value>, relations: &[Value], user_properties: Vec<Value>) -> Self {
        let mut graph = Self {
            of_event: events.iter().filter_map(name).map(|event| (event.to_owned(), json!([]))).collect(),
            events,
            properties,
            user_properties,
            of_property: BTreeMap::new(),
            dropped: 0,
            edges: 0,
        };
        for relation in relations {
            graph.relate(relation);
        }
        graph
    }

    fn relate(&mut self, relation: &Value) {
        let properties = relation.get("properties").and_then(Value::as_array);
        for property in properties.into_iter().flatten() {
            let (Some(event), Some(property)) = (name(relation), name(property)) else {
                self.dropped += 1;
                continue;
            };
            self.of_event.entry(event).or_insert_with(|| json!([]));
            self.of_property.entry(property.to_owned()).or_default().push(event.into());
            self.edges += 1;
        }
    }

    /// Tells each event its properties, in the order of the properties.
    fn turn_round(&mut self, of_property: &Map<String, Value>) {
        for (property, events) in of_property {
            for event in events.as_array().into_iter().flatten().filter_map(Value::as_str) {
                if let Some(Value::Array(names)) = self.of_event.get_mut(event) {
                    names.push(property.as_str().into());
                }
            }
        }
    }

    fn value(&mut self, computed_at: &str, density: bool, of_users: bool) -> Value {
        let mut of_property = Map::new();
        for row in &mut self.properties {
            let Some(own) = name(row).map(str::to_owned) else { continue };
            // A property may be defined twice, as a raw one and as a custom one.
            let events = self.of_property.get(&own).cloned().unwrap_or_default();
            if let Value::Object(fields) = row {
                fields.insert("events".to_owned(), events.iter().map(|event| json!({"name": event})).collect());
            }
            of_property.insert(own, events.into());
        }
        // Properties that have relations and no definition.
        of_property
            .extend(std::mem::take(&mut self.of_property).into_iter().map(|(name, events)| (name, events.into())));
        self.turn_round(&of_property);
        let nameless = |rows: &[Value]| rows.iter().filter(|row| name(row).is_none()).count();
        json!({
            "computed_at": computed_at,
            "events": self.events,
            "properties": self.properties,
            "user_properties": self.user_properties,
            "event_to_properties": self.of_event,
            "property_to_events": of_property,
            "include_density": density,
            "meta": {
                "event_count": self.events.len(),
                "event_property_count": self.properties.len(),
                "user_property_count": self.user_properties.len(),
                "events_without_name": nameless(&self.events),
                "properties_without_name": nameless(&self.properties),
                "property_event_entries_dropped": self.dropped,
                "relationship_edges": self.edges,
            },
            "params": {"include_density": density, "include_user_properties": of_users},
        })
    }
}

fn name(row: &Value) -> Option<&str> {
    row.get("name").and_then(Value::as_str).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations_are_shown_from_both_ends_and_odd_ones_counted() {
        let named = |names: &[&str]| names.iter().map(|name| json!({"name": name})).collect::<Vec<_>>();
        let relations = [
            json!({"name": "b", "properties": [{"name": "x"}, {"name": "z"}, {}]}),
            json!({"properties": [{"name": "x"}]}),
            json!({"name": "c", "properties": [{"name": "x"}]}),
        ];
        let mut events = named(&["a", "b"]);
        events.push(json!({"id": 1}));
        let graph = Graph::of(events, named(&["x", "y"]), &relations, Vec::new()).value("now", true, false);
        assert_eq!(graph["event_to_properties"], json!({"a": [], "b": ["x", "z"], "c": ["x"]}));
        assert_eq!(graph["property_to_events"], json!({"x": ["b", "c"], "y": [], "z": ["b"]}));
        assert_eq!(graph["properties"][0], json!({"name": "x", "events": [{"name": "b"}, {"name": "c"}]}));
        let meta = json!({"event_count": 3, "event_property_count": 2, "user_property_count": 0, "events_without_name": 1,
            "properties_without_name": 0, "property_event_entries_dropped": 2, "relationship_edges": 3});
        assert_eq!(graph["meta"], meta);
    }

    #[test]
    fn a_property_that_is_defined_twice_keeps_its_events() {
        let named = |names: &[&str]| names.iter().map(|name| json!({"name": name})).collect::<Vec<_>>();
        let relations = [json!({"name": "b", "properties": [{"name": "x"}]})];
        let graph = Graph::of(named(&["b"]), named(&["x", "x"]), &relations, Vec::new()).value("now", true, false);
        assert_eq!(graph["event_to_properties"], json!({"b": ["x"]}));
        assert_eq!(graph["property_to_events"], json!({"x": ["b"]}));
        assert_eq!(graph["properties"][0], graph["properties"][1]);
    }
}
