//! The JSON Schema in `packaging/plugin/schema`: what it takes, and what it must not take.

use std::path::Path;

use jsonschema::Validator;
use serde_json::{Value, json};

/// The schema, as a whole and one definition at a time.
pub(super) struct Schema {
    document: Value,
    whole: Validator,
}

impl Schema {
    #[track_caller]
    pub(super) fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/plugin/schema/plugin.v1.schema.json");
        let text = std::fs::read_to_string(path).expect("it is in the repository");
        let document: Value = serde_json::from_str(&text).expect("JSON");
        let whole = jsonschema::draft202012::new(&document).expect("a schema");
        Self { document, whole }
    }

    fn definition(&self, name: &str) -> Validator {
        let definitions = &self.document["$defs"];
        assert!(definitions[name].is_object(), "the schema has no {name}");
        let alone = json!({"$ref": format!("#/$defs/{name}"), "$defs": definitions});
        jsonschema::draft202012::new(&alone).expect("a schema")
    }

    /// Holds an object against the whole schema and one definition of it.
    #[track_caller]
    pub(super) fn check(&self, name: &str, object: &Value) {
        for (what, validator) in [(name, &self.definition(name)), ("the whole", &self.whole)] {
            let problems: Vec<String> =
                validator.iter_errors(object).map(|error| format!("{}: {error}", error.instance_path())).collect();
            assert!(problems.is_empty(), "{what}: {problems:#?} in {object:#}");
        }
    }
}

/// Returns a good object of each kind.
fn good() -> Vec<(&'static str, Value)> {
    let account = json!({"name": "a", "type": "oauth_browser", "region": "us"});
    let step = |command: &str| json!({"command": command, "label": "x"});
    vec![
        (
            "session",
            json!({"schema_version": 1, "state": "ok", "account": account, "project": {"id": "7"}, "workspace": null,
                "user": {"id": 1, "email": "a@b"}, "source": {"account": "config", "project": "env", "workspace": "unset"}}),
        ),
        (
            "account_list",
            json!({"schema_version": 1, "state": "ok", "items": [{"name": "a", "type": "oauth_token",
            "region": "eu", "status": "untested", "is_active": true, "referenced_by_targets": [], "user_email": null,
            "project_id": null, "project_name": null}]}),
        ),
        (
            "workspace_list",
            json!({"schema_version": 1, "state": "ok", "project": {"id": "7", "name": null},
            "items": [{"id": 5, "name": "W", "is_default": true, "is_active": false}]}),
        ),
        (
            "account_use",
            json!({"schema_version": 1, "state": "ok",
            "active": {"account": "a", "project": "7", "workspace": null}}),
        ),
        (
            "needs_project",
            json!({"schema_version": 1, "state": "needs_project", "account": account,
            "next": [step("mp project list"), step("mp project use <id>")]}),
        ),
        (
            "needs_account",
            json!({"schema_version": 1, "state": "needs_account",
            "next": [step("mp login"), step("mp account add x"), step("export MP_OAUTH_TOKEN=x")]}),
        ),
        (
            "error",
            json!({"schema_version": 1, "state": "error", "error": {"code": "CONFIG_ERROR", "message": "m",
            "actionable": false, "details": {"env_var": "MP_REGION", "value": "zz"}}}),
        ),
        (
            "error",
            json!({"schema_version": 1, "state": "error", "error": {"code": "OAUTH_REFRESH_REVOKED", "message": "m",
            "actionable": true}, "next": [step("mp login")]}),
        ),
    ]
}

/// Changes of a good object that make it a wrong one: the object's definition, a pointer, and what is to stand there.
fn wrong() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("session", "/schema_version", json!(2)),
        ("session", "/state", json!("fine")),
        ("session", "/state", json!("error")),
        ("session", "/account", Value::Null),
        ("session", "/account/type", json!("browser")),
        ("session", "/account/secret", json!("s")),
        ("session", "/project/id", json!(7)),
        ("session", "/project/name", json!("x")),
        ("session", "/workspace", json!(5)),
        ("session", "/source/project", json!("unset")),
        ("session", "/source/workspace", json!("config")),
        ("session", "/next", json!([])),
        ("account_list", "/items", json!([])),
        ("account_list", "/items/0/token", json!("t")),
        ("account_list", "/items/0/status", json!("good")),
        ("workspace_list", "/items/0/id", json!("5")),
        ("workspace_list", "/items/0/id", json!(0)),
        ("account_use", "/active/account", Value::Null),
        ("account_use", "/active/project", json!("abc")),
        ("needs_project", "/next", json!([])),
        ("needs_project", "/account", Value::Null),
        ("needs_account", "/next/0/command", json!("rm -rf x")),
        ("needs_account", "/account", json!("a")),
        ("error", "/error/code", json!("config_error")),
        ("error", "/error/actionable", json!("no")),
        ("error", "/error/message", json!("")),
        ("error", "/error/details", json!({})),
        ("error", "/error/trace", json!("x")),
        ("error", "/next", json!([])),
        ("error", "/items", json!([])),
    ]
}

/// Puts a value where a pointer says, be there something or not.
fn put(object: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    object.pointer_mut(parent).expect("the parent is there")[name] = value;
}

#[test]
fn the_schema_takes_good_objects_and_no_others() {
    let schema = Schema::read();
    assert!(jsonschema::draft202012::meta::is_valid(&schema.document), "it is a schema itself");
    for (name, object) in good() {
        schema.check(name, &object);
        for member in object.as_object().expect("an object").keys().filter(|member| *member != "next") {
            let mut without = object.clone();
            without.as_object_mut().expect("an object").remove(member);
            assert!(!schema.whole.is_valid(&without), "{name} without {member} is taken");
        }
    }
    for (name, pointer, value) in wrong() {
        let (_, mut object) = good().into_iter().find(|(known, _)| *known == name).expect("there is a good one");
        put(&mut object, pointer, value);
        let definition = schema.definition(name);
        assert!(!definition.is_valid(&object), "{name} {pointer}: {object} is taken");
        // An empty list without a next step is wrong for accounts, and right for targets.
        let is_another = schema.definition("target_list").is_valid(&object);
        assert!(is_another || !schema.whole.is_valid(&object), "{name} {pointer}: {object} is taken");
    }
    for odd in [json!(null), json!([]), json!({}), json!({"schema_version": 1, "state": "ok"})] {
        assert!(!schema.whole.is_valid(&odd), "{odd} is taken");
    }
}

#[test]
fn actionable_goes_with_three_codes() {
    let schema = Schema::read();
    let error = |code: &str, actionable: bool| json!({"schema_version": 1, "state": "error", "error": {"code": code, "message": "m", "actionable": actionable}});
    for (code, actionable) in [("OAUTH_TOKEN_ERROR", true), ("OAUTH_AUTH_DENIED", false), ("CONFIG_ERROR", false)] {
        assert!(schema.whole.is_valid(&error(code, actionable)), "{code}");
        assert!(!schema.whole.is_valid(&error(code, !actionable)), "{code}");
    }
}
