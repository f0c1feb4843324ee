//! The OpenAPI 3.1 document, made from the rows of the route table. Every status that a row may answer is named in it.

mod operations;
mod parameters;
mod reference;
mod responses;
mod rules;

use std::collections::BTreeMap;

use hyper::Method;
use mp_proto::context::Context;
use mp_proto::event::Event;
use mp_proto::failure::ProblemBody;
use mp_proto::version::BUILD;
use serde_json::Value;
use utoipa::openapi::path::{OperationBuilder, PathItem};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::{
    ComponentsBuilder, Content, HttpMethod, InfoBuilder, OpenApiBuilder, PathsBuilder, Ref, RefOr, Required, Schema,
};

use self::reference::reference;
use self::responses::Answer;
use crate::server::route::{Described, PASSED, Route, body};

/// Returns the document.
pub(crate) fn document(routes: &[Route]) -> Value {
    let mut schemas = Vec::new();
    for shared in [body::<ProblemBody>(), body::<Context>(), body::<Event>()] {
        (shared.collect)(&mut schemas);
    }
    let mut paths = PathsBuilder::new();
    let mut shared = BTreeMap::new();
    for route in routes {
        shared.extend(responses::of(route).into_iter().filter_map(|answer| Some((answer.name?, answer.response))));
        for described in route.request.iter().chain(route.reply.body()) {
            (described.collect)(&mut schemas);
        }
        for verb in methods(route) {
            paths = paths.path(path(route), PathItem::new(word(&verb), operation(route, &verb, &schemas)));
        }
    }
    let info = InfoBuilder::new()
        .title("mpd")
        .version(BUILD)
        .description(Some("The socket API of mpd: HTTP/1.1 over a Unix socket, JSON bodies, RFC 9457 problems."));
    let schemas: BTreeMap<String, RefOr<Schema>> = schemas.into_iter().collect();
    let components = responses::HEADERS
        .iter()
        .fold(ComponentsBuilder::new(), |all, header| all.header(header.name, header.described()));
    let components = shared.into_iter().fold(components, |all, (name, one)| all.response(name, one));
    let components = schemas.into_iter().fold(components, |all, (name, one)| all.schema(name, one));
    let document =
        OpenApiBuilder::new().info(info.build()).paths(paths.build()).components(Some(components.build())).build();
    let mut document = serde_json::to_value(document).expect("a document is plain data");
    rules::add(&mut document);
    operations::add(&mut document);
    document
}

fn methods(route: &Route) -> Vec<Method> {
    if route.takes_any { PASSED.to_vec() } else { vec![route.method.clone()] }
}

/// Returns a path as OpenAPI writes it: it has no placeholder for more than one segment.
fn path(route: &Route) -> String {
    route.path.replace("{*path}", "{plane}/{path}")
}

fn word(method: &Method) -> HttpMethod {
    match method.as_str() {
        "GET" => HttpMethod::Get,
        "HEAD" => HttpMethod::Head,
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        "PATCH" => HttpMethod::Patch,
        "OPTIONS" => HttpMethod::Options,
        _ => HttpMethod::Delete,
    }
}

fn operation(route: &Route, method: &Method, schemas: &[(String, RefOr<Schema>)]) -> utoipa::openapi::path::Operation {
    let mut operation =
        OperationBuilder::new().summary(Some(route.summary)).operation_id(Some(operation_id(route, method)));
    for Answer { status, name, response } in responses::of(route) {
        operation = match name {
            Some(name) => operation.response(status, Ref::from_response_name(name)),
            None => operation.response(status, response),
        };
    }
    for parameter in parameters::of(route, method) {
        operation = operation.parameter(parameter);
    }
    operation.request_body(request_body(route, method, schemas)).build()
}

fn request_body(route: &Route, method: &Method, schemas: &[(String, RefOr<Schema>)]) -> Option<RequestBody> {
    if let Some(Described { name, .. }) = &route.request {
        // An empty body counts as `{}`.
        let is_needed = schemas.iter().any(|(known, schema)| known == name && needs_fields(schema));
        let required = if is_needed { Required::True } else { Required::False };
        let body = RequestBodyBuilder::new().content("application/json", reference(name)).required(Some(required));
        return Some(body.build());
    }
    let has_body = !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    let kind = route.upload.filter(|_| has_body)?;
    Some(RequestBodyBuilder::new().content(kind, Content::default()).build())
}

fn needs_fields(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(object)) if !object.required.is_empty())
}

/// `GET /v1/accounts/{name}/use` → `get_accounts_name_use`.
fn operation_id(route: &Route, method: &Method) -> String {
    let words = path(route).trim_start_matches("/v1/").replace(['{', '}'], "").replace(['/', '-', '.'], "_");
    format!("{}_{words}", method.as_str().to_lowercase())
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;
    use crate::server::table::routes;

    #[test]
    fn the_document_describes_every_route_and_refers_to_nothing_that_is_missing() {
        let json = document(&routes());
        assert!(json["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")), "{}", json["openapi"]);
        for route in routes() {
            for method in methods(&route) {
                let operation = &json["paths"][path(&route)][method.as_str().to_lowercase()];
                assert!(operation.is_object(), "{method} {} is not described", route.path);
            }
        }
        let text = json.to_string();
        for reference in text.split("\"#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap_or("");
            assert!(json["components"]["schemas"][name].is_object(), "{name} is referred to and missing");
        }
    }

    /// Every word of an enum is the one that serde writes: a derive that does not see a rename shows the name of the variant.
    #[test]
    fn words_are_those_of_the_wire() {
        fn look(value: &Value, seen: &mut usize) {
            let words = value["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
            for word in words {
                *seen += 1;
                let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
                assert!(word.chars().all(is_word), "{word:?} is no word of the wire");
            }
            let below: Vec<&Value> = match value {
                Value::Array(list) => list.iter().collect(),
                // Names of variables are words of the environment; arguments have Mixpanel's words.
                Value::Object(fields) => {
                    let is_ours =
                        |key: &String| key != "propertyNames" && !key.ends_with("Arguments") && !key.starts_with("Ask");
                    fields.iter().filter(|(key, _)| is_ours(key)).map(|(_, value)| value).collect()
                }
                _ => Vec::new(),
            };
            below.into_iter().for_each(|value| look(value, seen));
        }
        let json = document(&routes());
        let mut seen = 0;
        look(&json, &mut seen);
        assert!(seen > 100, "{seen}");
        let all = |name: &str| json["components"]["schemas"][name]["enum"].clone();
        assert_eq!(all("Region"), serde_json::to_value(mp_proto::ids::Region::ALL).expect("words"));
        assert_eq!(all("AccountType"), serde_json::to_value(mp_proto::ids::AccountType::ALL).expect("words"));
    }

    #[test]
    fn every_status_is_named_and_every_operation_can_be_refused() {
        let json = document(&routes());
        for (path, item) in json["paths"].as_object().expect("paths") {
            if routes().iter().all(|route| super::path(route) != *path) {
                // The general path has them one by one.
                let responses = &item["post"]["responses"];
                assert_eq!(responses.as_object().map(Map::len), Some(3), "{path}");
                assert!(responses["4XX"].is_object() && responses["5XX"].is_object(), "{path}");
                continue;
            }
            for (method, operation) in item.as_object().expect("operations") {
                let statuses: Vec<&String> = operation["responses"].as_object().expect("responses").keys().collect();
                for status in ["400", "403", "426", "431", "500", "503"] {
                    assert!(statuses.iter().any(|known| *known == status), "{method} {path} has no {status}");
                }
                assert!(!statuses.iter().any(|known| *known == "default"), "{method} {path} is vague");
                let has_context = operation["parameters"].to_string().contains("\"mp-context\"");
                let refuses_context = operation["responses"]["400"].to_string().contains("invalid_context");
                assert_eq!(has_context, refuses_context, "{method} {path}");
            }
        }
        let login = &json["paths"]["/v1/logins"]["post"]["responses"];
        assert!(login["200"].is_object() && login["201"].is_object(), "{login}");
    }

    #[test]
    fn every_operation_has_a_path_with_its_types() {
        let json = document(&routes());
        let post = |path: &str| json["paths"][path]["post"].clone();
        for operation in mp_catalog::all() {
            let paths = ["", "/upload"].map(|end| post(&format!("/v1/operations/{}{end}", operation.id)));
            assert_eq!(paths.iter().filter(|path| path.is_object()).count(), 1, "{}", operation.id);
        }
        let list = post("/v1/operations/cohorts.list");
        let body = &list["requestBody"]["content"]["application/json"]["schema"]["properties"];
        assert_eq!(body["arguments"]["$ref"], "#/components/schemas/CohortsListArguments");
        let answer = &list["responses"]["200"]["content"]["application/json"]["schema"]["items"]["$ref"];
        assert_eq!(*answer, "#/components/schemas/Cohort");
        assert_eq!(list["operationId"], "cohorts_list");
        let upload = post("/v1/operations/lookup-tables.upload/upload");
        assert_eq!(upload["parameters"][2]["name"], "arguments");
        let size = json.to_string().len();
        assert!(size < 600_000, "{size} bytes are much for a document");
    }

    #[test]
    fn the_document_changes_only_on_purpose() {
        let mut json = document(&routes());
        json["info"]["version"] = "[version]".into();
        insta::assert_json_snapshot!("openapi", json);
    }

    #[test]
    fn no_answer_has_a_secret_in_it() {
        let json = document(&routes());
        for (name, schema) in json["components"]["schemas"].as_object().expect("schemas") {
            for field in ["secret", "token"] {
                let shown = &schema["properties"][field];
                // That of a lookup table is its name in formulas.
                let reveals = ["TokenBody", "CredentialBody", "LookupTable"].contains(&name.as_str());
                let allowed = shown.is_null() || reveals || shown["writeOnly"] == true;
                assert!(allowed, "{name}.{field} would be answered");
            }
        }
    }
}
