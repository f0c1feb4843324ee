//! Rules that a body's fields have among each other. A type of Rust cannot say them, so they are told apart and added to its schema.

use mp_proto::context::{LOCAL_VARIABLES, VARIABLES};
use mp_proto::ids::{ProjectId, Region};
use mp_proto::routes::SESSION;
use serde_json::{Value, json};

/// Adds them to the document.
pub(super) fn add(document: &mut Value) {
    let schemas = &mut document["components"]["schemas"];
    schemas["AccountAdd"]["oneOf"] = new_accounts();
    schemas["AccountUpdate"]["anyOf"] = updates();
    schemas["LoginStart"]["anyOf"] = logins();
    schemas["SessionPatch"]["anyOf"] = patches();
    schemas["Context"] = context(schemas["Context"].take());
    // None of its fields is needed, and one of them is.
    document["paths"][SESSION]["patch"]["requestBody"]["required"] = json!(true);
}

/// A field that is not given: left out, or null.
fn absent(fields: &[&str]) -> Value {
    let nulls = fields.iter().map(|field| ((*field).to_owned(), json!({"type": "null"}))).collect();
    json!({"properties": Value::Object(nulls)})
}

/// A schema with a field that must be there, and not be null.
fn present(mut schema: Value, fields: &[&str]) -> Value {
    for field in fields {
        schema["properties"][*field] = json!({"not": {"type": "null"}});
    }
    schema["required"] = json!(fields);
    schema
}

/// What a new account brings depends on its type.
fn new_accounts() -> Value {
    let of = |word: &str, mut schema: Value| {
        schema["properties"]["type"] = json!({"const": word});
        schema
    };
    json!([
        of("service_account", present(absent(&["token", "token_env"]), &["username", "secret"])),
        of("oauth_browser", present(absent(&["username", "secret", "token", "token_env"]), &["name"])),
        of("oauth_token", present(absent(&["username", "secret", "token_env"]), &["token"])),
        of("oauth_token", present(absent(&["username", "secret", "token"]), &["token_env"])),
    ])
}

/// What replaces a credential is of one type of account.
fn updates() -> Value {
    json!([
        absent(&["token", "token_env"]),
        absent(&["username", "secret", "token"]),
        absent(&["username", "secret", "token_env"]),
    ])
}

/// A login renews an account that exists, or makes one: by the browser, of a service account, or of a token.
fn logins() -> Value {
    let off = |mut schema: Value, fields: &[&str]| {
        for field in fields {
            schema["properties"][*field] = json!({"const": false});
        }
        schema
    };
    let mut service = off(absent(&["account", "token_env"]), &["no_browser"]);
    service["properties"]["service_account"] = json!({"const": true});
    service["required"] = json!(["service_account"]);
    let again = present(absent(&["name", "region", "project", "secret", "token_env"]), &["account"]);
    json!([
        off(again, &["service_account"]),
        off(absent(&["account", "secret", "token_env"]), &["service_account"]),
        service,
        off(present(absent(&["account", "secret"]), &["token_env"]), &["no_browser", "service_account"]),
    ])
}

/// A target stands alone, and there is nothing that persists nothing.
fn patches() -> Value {
    let without_target = |field: &str| present(absent(&["target"]), &[field]);
    json!([
        present(absent(&["account", "project", "workspace"]), &["target"]),
        without_target("account"),
        without_target("project"),
        without_target("workspace"),
    ])
}

/// A target stands alone, by whatever it is chosen; and paths may be relative to a directory that is told. Each of the four ways is told in
/// full, for those who make contexts of the document.
fn context(derived: Value) -> Value {
    let mut fields = derived["properties"].clone();
    fields["project"]["pattern"] = json!(ProjectId::PATTERN);
    fields["cwd"]["pattern"] = json!("^/");
    fields["env"] = variables();
    let mut ways = Vec::new();
    for is_target in [true, false] {
        for is_at_home in [true, false] {
            let mut fields = fields.clone();
            let (others, variable): (&[&str], _) = if is_target {
                (&["account", "project", "workspace"], "MP_ACCOUNT")
            } else {
                (&["target"], "MP_TARGET")
            };
            for other in others {
                fields[*other] = json!({"type": "null"});
            }
            fields["env"]["properties"][variable] = json!({"const": ""});
            if is_at_home {
                fields["cwd"]["type"] = json!("string");
            } else {
                fields["cwd"] = json!({"type": "null"});
                for path in ["MP_AUTH_FILE", "MP_CONFIG_PATH"] {
                    fields["env"]["properties"][path]["pattern"] = json!("^$|^/");
                }
            }
            let required: &[&str] = if is_at_home { &["cwd"] } else { &[] };
            ways.push(
                json!({"type": "object", "properties": fields, "required": required, "additionalProperties": false}),
            );
        }
    }
    json!({"description": derived["description"], "anyOf": ways})
}

/// The variables that every caller passes on, and those that the daemon asks for. An empty one counts as one that is not set.
fn variables() -> Value {
    let mut known = serde_json::Map::new();
    for variable in VARIABLES {
        known.insert(variable.name.to_owned(), json!({"type": "string", "description": variable.about}));
    }
    let or_empty = |pattern: &str| json!(format!("^$|{pattern}"));
    known["MP_PROJECT_ID"]["pattern"] = or_empty(ProjectId::PATTERN);
    known["MP_WORKSPACE_ID"]["pattern"] = or_empty("^0*[1-9][0-9]{0,17}$");
    known["MP_REGION"]["enum"] = Region::ALL.iter().map(|region| region.as_str()).chain([""]).collect();
    for base in ["MP_API_BASE_URL", "MP_APP_BASE_URL", "MP_MCP_BASE_URL"] {
        known[base]["pattern"] = or_empty("^https?://(127\\.0\\.0\\.1|\\[::1\\]|localhost)(:[0-9]{1,4})?/?$");
    }
    let local: Vec<&str> = LOCAL_VARIABLES.iter().map(|variable| variable.name).collect();
    json!({
        "type": "object",
        "description": "The caller's variables, of those named here and those that the daemon asked for.",
        "properties": known,
        "propertyNames": {"not": {"enum": local}},
        "additionalProperties": {"type": "string"},
    })
}
