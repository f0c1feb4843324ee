//! The OpenAPI 3.1 document, made from the rows of the route table.

use std::collections::BTreeMap;

use hyper::Method;
use mp_proto::failure::ProblemBody;
use mp_proto::routes::{CLIENT_HEADER, CONTEXT_HEADER};
use mp_proto::version::BUILD;
use utoipa::openapi::path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{
    ComponentsBuilder, Content, HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder, PathsBuilder, Ref, RefOr, Required,
    ResponseBuilder, Schema,
};
use utoipa::{PartialSchema, ToSchema};

use crate::server::route::{Described, Reply, Route};

/// Returns the document.
pub(crate) fn document(routes: &[Route]) -> OpenApi {
    let mut schemas = vec![(ProblemBody::name().into_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    let mut paths = PathsBuilder::new();
    for route in routes {
        collect(route, &mut schemas);
        paths = paths.path(path(route), PathItem::new(method(&route.method), operation(route)));
    }
    let info = InfoBuilder::new()
        .title("mpd")
        .version(BUILD)
        .description(Some("The socket API of mpd: HTTP/1.1 over a Unix socket, JSON bodies, RFC 9457 problems."));
    let schemas: BTreeMap<String, RefOr<Schema>> = schemas.into_iter().collect();
    let components = schemas.into_iter().fold(ComponentsBuilder::new(), |all, (name, one)| all.schema(name, one));
    OpenApiBuilder::new().info(info.build()).paths(paths.build()).components(Some(components.build())).build()
}

fn collect(route: &Route, schemas: &mut Vec<(String, RefOr<Schema>)>) {
    if let Some(request) = &route.request {
        (request.collect)(schemas);
    }
    if let Reply::Json(body) | Reply::Created(body) | Reply::Accepted(body) = &route.reply {
        (body.collect)(schemas);
    }
}

/// Returns a path as OpenAPI writes it: it has no placeholder for more than one segment.
fn path(route: &Route) -> String {
    route.path.replace("{*path}", "{plane}/{path}")
}

fn method(method: &Method) -> HttpMethod {
    match method.as_str() {
        "GET" => HttpMethod::Get,
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        "PATCH" => HttpMethod::Patch,
        _ => HttpMethod::Delete,
    }
}

fn operation(route: &Route) -> utoipa::openapi::path::Operation {
    let problem = ResponseBuilder::new()
        .description("What went wrong")
        .content("application/problem+json", reference(&ProblemBody::name()));
    let (status, response) = success(&route.reply);
    let mut operation = OperationBuilder::new()
        .summary(Some(route.summary))
        .operation_id(Some(operation_id(route)))
        .response(status, response)
        .response("default", problem);
    for parameter in parameters(route) {
        operation = operation.parameter(parameter);
    }
    if let Some(Described { name, .. }) = &route.request {
        operation = operation
            .request_body(Some(RequestBodyBuilder::new().content("application/json", reference(name)).build()));
    }
    operation.build()
}

fn success(reply: &Reply) -> (&'static str, ResponseBuilder) {
    let response = ResponseBuilder::new().description("Success");
    match reply {
        Reply::Json(body) => ("200", response.content("application/json", reference(&body.name))),
        Reply::Created(body) => ("201", response.content("application/json", reference(&body.name))),
        Reply::Accepted(body) => ("202", response.content("application/json", reference(&body.name))),
        Reply::Other(kind) => ("200", response.content(*kind, Content::default())),
    }
}

fn reference(name: &str) -> Content {
    Content::new(Some(RefOr::<Schema>::Ref(Ref::from_schema_name(name))))
}

fn parameters(route: &Route) -> Vec<Parameter> {
    let text = || Some(ObjectBuilder::new().schema_type(Type::String).build());
    let parameter = |name: &str, place, about: &str, required| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(place)
            .description(Some(about))
            .required(required)
            .schema(text())
            .build()
    };
    let context = "Flags, variables and directory of the caller, as ASCII JSON";
    let mut all = vec![parameter(CONTEXT_HEADER, ParameterIn::Header, context, Required::False)];
    if route.takes_any {
        let plane = "app, query, engage or export";
        all.push(parameter(
            CLIENT_HEADER,
            ParameterIn::Header,
            "Who asks: name/version; not for GET and HEAD",
            Required::False,
        ));
        all.push(parameter("plane", ParameterIn::Path, plane, Required::True));
        all.push(parameter("path", ParameterIn::Path, "Path below the plane, with its slashes", Required::True));
    } else if route.method != Method::GET {
        all.push(parameter(CLIENT_HEADER, ParameterIn::Header, "Who asks: name/version", Required::True));
    }
    if route.path.contains("{name}") {
        all.push(parameter("name", ParameterIn::Path, "Name of the account or target", Required::True));
    }
    all.extend(route.query.iter().map(|(name, about)| parameter(name, ParameterIn::Query, about, Required::False)));
    all
}

/// `GET /v1/accounts/{name}/use` → `get_accounts_name_use`.
fn operation_id(route: &Route) -> String {
    let words = path(route).trim_start_matches("/v1/").replace(['{', '}'], "").replace(['/', '-', '.'], "_");
    format!("{}_{words}", if route.takes_any { "any".to_owned() } else { route.method.as_str().to_lowercase() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::table::routes;

    #[test]
    fn the_document_describes_every_route_and_refers_to_nothing_that_is_missing() {
        let json = serde_json::to_value(document(&routes())).expect("serialises");
        assert!(json["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")), "{}", json["openapi"]);
        for route in routes() {
            let operation = &json["paths"][path(&route)][route.method.as_str().to_lowercase()];
            assert!(operation.is_object(), "{} {} is not described", route.method, route.path);
        }
        let text = json.to_string();
        for reference in text.split("\"#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap_or("");
            assert!(json["components"]["schemas"][name].is_object(), "{name} is referred to and missing");
        }
    }

    #[test]
    fn the_document_changes_only_on_purpose() {
        let mut json = serde_json::to_value(document(&routes())).expect("serialises");
        json["info"]["version"] = "[version]".into();
        insta::assert_json_snapshot!("openapi", json);
    }

    #[test]
    fn no_answer_has_a_secret_in_it() {
        let json = serde_json::to_value(document(&routes())).expect("serialises");
        for (name, schema) in json["components"]["schemas"].as_object().expect("schemas") {
            for field in ["secret", "token"] {
                let shown = &schema["properties"][field];
                let reveals = ["TokenBody", "CredentialBody"].contains(&name.as_str());
                let allowed = shown.is_null() || reveals || shown["writeOnly"] == true;
                assert!(allowed, "{name}.{field} would be answered");
            }
        }
    }
}
