//! The reference of the socket: pages made from the OpenAPI document, as the daemon's tests keep it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use super::check;
use crate::contract::DOCUMENT;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
/// The headers that every route takes.
const SHARED: [&str; 2] = ["mp-context", "mp-client"];
const MADE: &str = "Made from the document that `GET /v1/openapi.json` answers; do not edit.";

/// A page, and how the others link to it.
struct Pages<'a> {
    document: &'a Value,
    /// The schemas that the routes use; the others belong to operations.
    of_routes: BTreeSet<String>,
}

fn document() -> Value {
    serde_json::from_str(DOCUMENT.splitn(3, "---\n").nth(2).expect("a snapshot has a head")).expect("JSON")
}

fn is_operation(path: &str) -> bool {
    path.starts_with("/v1/operations/") && !path.contains('{')
}

/// Adds the names of all schemas below a value.
fn collect(document: &Value, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(name) = members.get("$ref").and_then(name_of_schema)
                && found.insert(name.to_owned())
            {
                collect(document, &document["components"]["schemas"][name], found);
            }
            members.values().for_each(|one| collect(document, one, found));
        }
        Value::Array(items) => items.iter().for_each(|one| collect(document, one, found)),
        _ => {}
    }
}

fn name_of_schema(reference: &Value) -> Option<&str> {
    reference.as_str()?.strip_prefix("#/components/schemas/")
}

/// Returns a text as it stands in a table: in one line, without what Markdown would take for its own.
fn cell(text: &str) -> String {
    let mut shown = String::new();
    for (at, part) in text.replace('\n', " ").replace('|', "\\|").split('`').enumerate() {
        if at > 0 {
            shown.push('`');
        }
        // What stands between back-ticks is code.
        shown.push_str(&if at % 2 == 0 { part.replace('<', "\\<") } else { part.to_owned() });
    }
    shown
}

fn number(value: &Value) -> String {
    value
        .as_object()
        .and_then(|one| one.values().next())
        .and_then(Value::as_str)
        .map_or(value.to_string(), str::to_owned)
}

impl<'a> Pages<'a> {
    fn new(document: &'a Value) -> Self {
        let mut of_routes = BTreeSet::new();
        for (path, methods) in document["paths"].as_object().expect("paths") {
            if !is_operation(path) {
                collect(document, methods, &mut of_routes);
            }
        }
        Self { document, of_routes }
    }

    fn link(&self, name: &str) -> String {
        let page = if self.of_routes.contains(name) { "bodies.md" } else { "answers.md" };
        format!("[{name}]({page}#{})", name.to_lowercase())
    }

    /// Says in words what a schema takes.
    fn kind(&self, schema: &Value) -> String {
        if let Some(name) = schema.get("$ref").and_then(name_of_schema) {
            return self.link(name);
        }
        for key in ["oneOf", "anyOf", "allOf"] {
            if let Some(several) = schema[key].as_array() {
                let mut words: Vec<String> = several.iter().map(|one| self.kind(one)).collect();
                words.dedup();
                return words.join(" or ");
            }
        }
        if let Some(words) = schema["enum"].as_array() {
            return words
                .iter()
                .map(|word| format!("`{}`", word.as_str().map_or(word.to_string(), str::to_owned)))
                .collect::<Vec<_>>()
                .join(", ");
        }
        if let Some(one) = schema.get("const") {
            return format!("`{}`", one.as_str().map_or(one.to_string(), str::to_owned));
        }
        match &schema["type"] {
            Value::Array(kinds) => kinds
                .iter()
                .filter_map(Value::as_str)
                .map(|kind| self.plain(kind, schema))
                .collect::<Vec<_>>()
                .join(" or "),
            Value::String(kind) => self.plain(kind, schema),
            _ => "anything".to_owned(),
        }
    }

    fn plain(&self, kind: &str, schema: &Value) -> String {
        match kind {
            "array" => format!("list of {}", self.kind(&schema["items"])),
            "object" if schema["additionalProperties"].is_object() => {
                format!("object, each member {}", self.kind(&schema["additionalProperties"]))
            }
            "string" if schema["format"].is_string() => schema["format"].as_str().unwrap_or_default().to_owned(),
            "string" => "text".to_owned(),
            other => other.to_owned(),
        }
    }

    /// Writes the members of an object as a table.
    fn fields(&self, page: &mut String, schema: &Value) {
        let Some(fields) = schema["properties"].as_object().filter(|fields| !fields.is_empty()) else { return };
        let needed: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        page.push_str("\n| member | type | |\n|---|---|---|\n");
        for (name, field) in fields {
            let described = std::iter::once(field).chain(field["oneOf"].as_array().into_iter().flatten());
            let about = described.filter_map(|one| one["description"].as_str()).next().unwrap_or_default();
            let default = field
                .get("default")
                .filter(|value| !value.is_null())
                .map(|value| format!(" [default: {}]", number(value)));
            let mark = if needed.contains(&name.as_str()) { "" } else { " (optional)" };
            writeln!(
                page,
                "| `{name}`{mark} | {} | {}{} |",
                self.kind(field),
                cell(about),
                cell(&default.unwrap_or_default())
            )
            .expect("memory is writable");
        }
    }

    /// Returns the page of the schemas that routes use, or of the others.
    fn schemas(&self, of_routes: bool, head: &str) -> String {
        let mut page = format!("{head}\n\n{MADE}\n");
        let mut of_arguments = BTreeSet::new();
        for (_, operation) in self.operations() {
            of_arguments.extend(arguments(operation).and_then(name_of_schema).map(str::to_owned));
        }
        for (name, schema) in self.document["components"]["schemas"].as_object().expect("schemas") {
            if self.of_routes.contains(name) != of_routes || of_arguments.contains(name) {
                continue;
            }
            write!(page, "\n## {name}\n").expect("memory is writable");
            if let Some(about) = schema["description"].as_str() {
                write!(page, "\n{}\n", cell(about)).expect("memory is writable");
            }
            if schema["properties"].is_object() {
                self.fields(&mut page, schema);
            } else {
                write!(page, "\nIs: {}.\n", self.kind(schema)).expect("memory is writable");
            }
        }
        page
    }

    fn operations(&self) -> impl Iterator<Item = (&str, &Value)> {
        let paths = self.document["paths"].as_object().expect("paths").iter();
        paths.filter(|(path, _)| is_operation(path)).map(|(path, methods)| (path.as_str(), &methods["post"]))
    }

    fn operation(&self, page: &mut String, path: &str, operation: &Value) {
        let id = path.trim_start_matches("/v1/operations/").trim_end_matches("/upload");
        let summary = operation["summary"].as_str().unwrap_or_default();
        write!(page, "\n### {id}\n\n{}.\n\n`POST {path}`", cell(summary)).expect("memory is writable");
        let answer = &operation["responses"]["200"]["content"];
        let kinds: Vec<String> =
            answer.as_object().into_iter().flatten().map(|(kind, content)| self.content(kind, content)).collect();
        writeln!(page, " answers {}.", if kinds.is_empty() { "nothing".to_owned() } else { kinds.join(", or ") })
            .expect("memory is writable");
        if let Some(name) = arguments(operation).and_then(name_of_schema) {
            self.fields(page, &self.document["components"]["schemas"][name]);
        } else if let Some(parameters) = operation["parameters"].as_array() {
            self.parameters(page, parameters);
        }
    }

    fn content(&self, kind: &str, content: &Value) -> String {
        match content.get("schema") {
            Some(schema) if kind == "application/json" => self.kind(schema),
            Some(schema) if schema.get("$ref").is_some() => format!("`{kind}` of {}", self.kind(schema)),
            _ => format!("`{kind}`"),
        }
    }

    fn operations_page(&self) -> String {
        let mut page = format!(
            "# Operations\n\n{MADE}\n\nEvery operation is a `POST` with `{{\"arguments\": {{…}}}}` as its body, and the headers `Mp-Client` and perhaps \
             `Mp-Context`. What goes wrong is a problem with a [code](../errors.md); `mp help` lists the same as commands.\n",
        );
        let mut group = "";
        for (path, operation) in self.operations() {
            let tag = operation["tags"][0].as_str().unwrap_or_default();
            if tag != group {
                write!(page, "\n## {tag}\n").expect("memory is writable");
                group = tag;
            }
            self.operation(&mut page, path, operation);
        }
        page
    }

    fn parameters(&self, page: &mut String, parameters: &[Value]) {
        // The headers that all routes share are told once.
        let own = parameters.iter().filter(|one| one["name"].as_str().is_some_and(|name| !SHARED.contains(&name)));
        let rows: Vec<String> = own.map(|one| self.parameter(one)).collect();
        if !rows.is_empty() {
            write!(page, "\n| parameter | in | type | |\n|---|---|---|---|\n{}", rows.concat())
                .expect("memory is writable");
        }
    }

    fn parameter(&self, one: &Value) -> String {
        let text = |key: &str| one[key].as_str().unwrap_or_default();
        let mark = if one["required"] == true { "" } else { " (optional)" };
        let content = &one["content"]["application/json"]["schema"];
        let schema = if content.is_object() { content } else { &one["schema"] };
        format!(
            "| `{}`{mark} | {} | {} | {} |\n",
            text("name"),
            text("in"),
            self.kind(schema),
            cell(text("description"))
        )
    }

    fn route(&self, page: &mut String, method: &str, path: &str, route: &Value) {
        let summary = route["summary"].as_str().unwrap_or_default();
        let parameters = route["parameters"].as_array().map_or(&[][..], Vec::as_slice);
        let needs = parameters.iter().any(|one| one["name"] == "mp-client" && one["required"] == true);
        let needs = if needs { " Needs `Mp-Client`." } else { "" };
        // Bare braces at the end of a heading would be its attributes.
        write!(page, "\n## {} `{path}`\n\n{}.{needs}\n", method.to_uppercase(), cell(summary))
            .expect("memory is writable");
        self.parameters(page, parameters);
        if let Some(body) = route["requestBody"]["content"].as_object() {
            let kinds: Vec<String> = body.iter().map(|(kind, content)| self.content(kind, content)).collect();
            let optional = if route["requestBody"]["required"] == true { "" } else { " (optional)" };
            write!(page, "\nBody{optional}: {}.\n", kinds.join(", or ")).expect("memory is writable");
        }
        let answers: Vec<String> =
            responses(route).filter_map(|(status, answer)| self.answer(status, answer)).collect();
        let everywhere = self.errors_everywhere();
        let errors: Vec<String> =
            errors(route).into_iter().filter(|code| !everywhere.contains(code)).map(linked).collect();
        write!(page, "\nAnswers: {}.\n", answers.join("; ")).expect("memory is writable");
        if !errors.is_empty() {
            write!(page, "\nErrors: {}.\n", errors.join(", ")).expect("memory is writable");
        }
    }

    /// Returns what a status that is no error of the daemon answers.
    fn answer(&self, status: &str, answer: &Value) -> Option<String> {
        if answer["$ref"].is_string() {
            return None;
        }
        let kinds = answer["content"].as_object().into_iter().flatten();
        let kinds: Vec<String> = kinds.map(|(kind, content)| self.content(kind, content)).collect();
        let of = if kinds.is_empty() { String::new() } else { format!(" with {}", kinds.join(", or ")) };
        Some(format!("{status}{of}"))
    }

    fn routes(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        let paths = self.document["paths"].as_object().expect("paths").iter().filter(|(path, _)| !is_operation(path));
        paths.flat_map(|(path, methods)| {
            METHODS.iter().filter_map(move |method| Some((*method, path.as_str(), methods.get(*method)?)))
        })
    }

    /// Returns the errors that every route may answer.
    fn errors_everywhere(&self) -> BTreeSet<&str> {
        let all = self.routes().map(|(_, _, route)| errors(route).into_iter().collect::<BTreeSet<_>>());
        all.reduce(|one, other| one.intersection(&other).copied().collect()).unwrap_or_default()
    }

    fn routes_page(&self) -> String {
        let everywhere: Vec<String> = self.errors_everywhere().into_iter().map(linked).collect();
        let mut page = format!(
            "# Routes\n\n{MADE} [The socket](../socket.md) tells how to call them.\n\nEvery route takes `Mp-Context` ([Context](bodies.md#context)) and \
             `Mp-Client` (name/version); those that change something or reveal a token need the second. Every route may answer {}; what else one may \
             answer stands below it.\n",
            everywhere.join(", ")
        );
        for (method, path, route) in self.routes() {
            self.route(&mut page, method, path, route);
        }
        page
    }
}

fn responses(route: &Value) -> impl Iterator<Item = (&str, &Value)> {
    route["responses"].as_object().expect("responses").iter().map(|(status, answer)| (status.as_str(), answer))
}

/// Returns the codes of errors that a route may answer; what Mixpanel says by itself counts as one.
fn errors(route: &Value) -> Vec<&str> {
    let references = responses(route).filter_map(|(_, answer)| answer["$ref"].as_str()?.split_once('.'));
    let mut codes: Vec<&str> = Vec::new();
    for code in references.flat_map(|(_, codes)| codes.split('.')) {
        // What Mixpanel says comes with two ranges of statuses.
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

fn linked(code: &str) -> String {
    if code == "of_mixpanel" { "Mixpanel's own".to_owned() } else { format!("[{code}](../errors.md#{code})") }
}

/// Returns the reference to the schema of an operation's arguments.
fn arguments(operation: &Value) -> Option<&Value> {
    operation.pointer("/requestBody/content/application~1json/schema/properties/arguments/$ref")
}

#[test]
fn the_reference_of_the_socket_is_the_document() {
    let document = document();
    let pages = Pages::new(&document);
    check(&[
        ("packaging/docs/src/socket/routes.md", pages.routes_page()),
        ("packaging/docs/src/socket/operations.md", pages.operations_page()),
        ("packaging/docs/src/socket/bodies.md", pages.schemas(true, "# Bodies")),
        ("packaging/docs/src/socket/answers.md", pages.schemas(false, "# Answers of operations")),
    ]);
}
