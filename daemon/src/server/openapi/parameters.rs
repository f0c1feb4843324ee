//! What a row of the route table takes in its path, query and head.

use hyper::Method;
use mp_catalog::all;
use mp_proto::context::Context;
use mp_proto::ids::ProjectId;
use mp_proto::plane::Plane;
use mp_proto::routes::{CLIENT_HEADER, CONTEXT_HEADER, OPERATION, OPERATION_UPLOAD};
use utoipa::ToSchema;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle};
use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, Type};
use utoipa::openapi::{Content, Required, Schema};

use super::reference::reference;
use crate::server::route::{Asked, AskedKind, Route};

/// Returns the parameters of a row for one of its methods.
pub(super) fn of(route: &Route, method: &Method) -> Vec<Parameter> {
    let mut all = Vec::new();
    if route.reads_context {
        let about = "Flags, variables and directory of the caller, as ASCII JSON of 16 KiB at most";
        let context = parameter(CONTEXT_HEADER, ParameterIn::Header, about, Required::False);
        all.push(context.content("application/json", reference(&Context::name())).build());
    }
    if !matches!(*method, Method::GET | Method::HEAD) {
        let about = "Who asks: name/version";
        let client = parameter(CLIENT_HEADER, ParameterIn::Header, about, Required::True);
        all.push(client.schema(Some(text().pattern(Some("^[ -.0-~]+/[ -~]+$")).build())).build());
    }
    all.extend(of_path(route));
    all.extend(route.query.iter().map(of_query));
    all
}

fn of_path(route: &Route) -> Vec<Parameter> {
    let one = |name, about, schema: ObjectBuilder| {
        parameter(name, ParameterIn::Path, about, Required::True).schema(Some(schema.build())).build()
    };
    if route.takes_any {
        let planes = Plane::ALL.map(Plane::as_str);
        return vec![
            one("plane", "Which of Mixpanel's APIs", text().enum_values(Some(planes))),
            // No segment is empty or leads elsewhere, and none is encoded twice.
            one("path", "Path below the plane, with its slashes", text().pattern(Some(PATH))),
        ];
    }
    if [OPERATION, OPERATION_UPLOAD].contains(&route.path) {
        let ids = all().map(|operation| operation.id);
        return vec![one("name", "Id of the operation", text().enum_values(Some(ids)))];
    }
    let named = route.path.contains("{name}");
    named.then(|| one("name", "Name of the account or target, id of the login", text())).into_iter().collect()
}

/// Segments of characters that need no second thought. Others may be passed on, too; these are always.
const PATH: &str = "^[A-Za-z0-9_~-]+(/[A-Za-z0-9_~-]+)*$";

fn of_query(asked: &Asked) -> Parameter {
    let made = parameter(asked.name, ParameterIn::Query, asked.about, Required::False);
    let made = match asked.kind {
        AskedKind::Flag => made.schema(Some(ObjectBuilder::new().schema_type(Type::Boolean).build())),
        AskedKind::Count => {
            let count = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(u64::MAX));
            made.schema(Some(count.build()))
        }
        AskedKind::Project => made.schema(Some(text().pattern(Some(ProjectId::PATTERN)).build())),
        AskedKind::Text => made.schema(Some(text().build())),
        AskedKind::Object => {
            let object = Object::with_type(Type::Object);
            made.content("application/json", Content::new(Some(Schema::Object(object))))
        }
        AskedKind::SomeOf(words) => {
            let one = text().enum_values(Some(words.iter().copied()));
            let some = ArrayBuilder::new().items(one).min_items(Some(1)).build();
            made.style(Some(ParameterStyle::Form)).explode(Some(false)).schema(Some(some))
        }
    };
    made.build()
}

fn parameter(name: &str, place: ParameterIn, about: &str, required: Required) -> ParameterBuilder {
    ParameterBuilder::new().name(name).parameter_in(place).description(Some(about)).required(required)
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}
