//! The objects of the contract: the envelope, its four states, and the text they become. Pure.

use mp_proto::failure::{Failure, Next, Problem};
use serde_json::{Map, Value, json};

use crate::caller::Environment;
use crate::commands::library;
use crate::output::pretty;

/// Raised when a reader of the old form could not read the new one. A member that is added is no reason.
const SCHEMA_VERSION: u32 = 1;

/// Variables whose value the library names when it is wrong. None of them holds a secret.
const NAMED: [&str; 3] = ["MP_REGION", "MP_PROJECT_ID", "MP_WORKSPACE_ID"];

/// The library's word for a variable that is wrong, whoever found it out.
const CONFIG_ERROR: &str = "CONFIG_ERROR";

/// Returns an object of a state, with these members after the envelope's.
fn object(state: &str, members: Value) -> Value {
    let mut object = Map::new();
    object.insert("schema_version".to_owned(), json!(SCHEMA_VERSION));
    object.insert("state".to_owned(), json!(state));
    if let Value::Object(members) = members {
        object.extend(members);
    }
    Value::Object(object)
}

/// Returns the object of a success.
pub(super) fn ok(payload: Value) -> Value {
    object("ok", payload)
}

/// Returns the object of a session without an account.
pub(super) fn needs_account() -> Value {
    object("needs_account", json!({"next": account_steps()}))
}

/// Returns the object of a session with an account and without a project.
pub(super) fn needs_project(account: &Value) -> Value {
    let steps = [
        Next::new("mp project list", "List the projects of the account"),
        Next::new("mp project use <id>", "Choose one of them"),
    ];
    object("needs_project", json!({"account": account, "next": steps}))
}

/// Returns the ways to an account.
pub(super) fn account_steps() -> [Next; 3] {
    [
        Next::new("mp login", "Log in with the browser"),
        Next::new(
            "mp account add <name> --type service_account --username <username> --region <us|eu|in>",
            "Add a service account; its secret is asked for",
        ),
        Next::new(
            "export MP_OAUTH_TOKEN=<token> MP_PROJECT_ID=<id> MP_REGION=<us|eu|in>",
            "Use a bearer token without storing it",
        ),
    ]
}

/// Returns the object of a failure.
pub(super) fn error(failure: &Failure, environment: &Environment) -> Value {
    let variable = wrong_variable(failure);
    let code = variable.map_or_else(|| library::code(failure.kind), |_| CONFIG_ERROR.to_owned());
    let mut error = json!({
        "code": code,
        "message": message(failure),
        "actionable": library::is_actionable(failure.kind),
    });
    let details = match variable {
        Some(name) => json!({"env_var": name, "value": environment.get(name)}),
        None => details(failure),
    };
    if details.as_object().is_some_and(|details| !details.is_empty()) {
        error["details"] = details;
    }
    let next = if failure.next.is_empty() { json!({}) } else { json!({"next": failure.next}) };
    let mut members = json!({"error": error});
    if let (Some(members), Value::Object(next)) = (members.as_object_mut(), next) {
        members.extend(next);
    }
    object("error", members)
}

/// Returns the object of a command that the user has interrupted.
pub(super) fn interrupted() -> Value {
    object("error", json!({"error": {"code": "INTERRUPTED", "message": "interrupted", "actionable": false}}))
}

/// All that is to say in one text: its readers know no list of problems.
fn message(failure: &Failure) -> String {
    let told = |problem: &Problem| match problem.detail.starts_with(&problem.at) {
        true => problem.detail.clone(),
        false => format!("{}: {}", problem.at, problem.detail),
    };
    let problems: Vec<String> = failure.errors.iter().map(told).collect();
    match problems.is_empty() {
        true => failure.detail.clone(),
        false => format!("{}: {}", failure.detail.trim_end_matches('.'), problems.join("; ")),
    }
}

/// Returns the variable that a failure is about, if it is one that the library names.
fn wrong_variable(failure: &Failure) -> Option<&'static str> {
    let is_meant = |name: &&&str| {
        failure.detail.starts_with(&format!("{name}=")) || failure.errors.iter().any(|problem| problem.at == **name)
    };
    // A refusal of `--target` beside a variable names none of them in particular.
    NAMED.iter().find(is_meant).copied()
}

fn details(failure: &Failure) -> Value {
    let members = [
        ("account_name", json!(failure.account)),
        ("retry_after", json!(failure.retry_after_s)),
        ("status_code", json!(failure.upstream.as_ref().map(|upstream| upstream.status))),
        ("request_id", json!(failure.upstream.as_ref().and_then(|upstream| upstream.request_id.as_ref()))),
        ("env_vars", if failure.env.is_empty() { Value::Null } else { json!(failure.env) }),
        ("problems", if failure.errors.is_empty() { Value::Null } else { json!(failure.errors) }),
    ];
    members.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Returns the text of an object: indented by two spaces, and ASCII alone, which survives every pipe and code page.
pub(super) fn text(object: &Value) -> String {
    let mut text = String::new();
    let mut units = [0; 2];
    for c in pretty(object).chars() {
        if c == '\n' || (' '..='~').contains(&c) {
            text.push(c);
        } else {
            text.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use mp_proto::failure::{FailureKind, Upstream};

    fn of(failure: &Failure, variables: &[(&str, &str)]) -> Value {
        error(failure, &Environment::of(variables))
    }

    #[test]
    fn a_text_is_ascii_and_indented_as_the_python_tool_does() {
        let value = ok(json!({"name": "Café 🚀\u{7f}\u{1}\n\"", "empty": [], "none": {}, "list": [1]}));
        let expected = "{\n  \"schema_version\": 1,\n  \"state\": \"ok\",\n  \
            \"name\": \"Caf\\u00e9 \\ud83d\\ude80\\u007f\\u0001\\n\\\"\",\n  \"empty\": [],\n  \"none\": {},\n  \
            \"list\": [\n    1\n  ]\n}";
        assert_eq!(text(&value), expected);
        assert_eq!(serde_json::from_str::<Value>(expected).expect("JSON"), value);
    }

    #[test]
    fn a_wrong_variable_is_named_with_its_value() {
        let variables = [("MP_REGION", "zz")];
        let failure = Failure::new(FailureKind::InvalidValue, "MP_REGION=zz is not us, eu or in");
        let expected = json!({"schema_version": 1, "state": "error", "error": {"code": "CONFIG_ERROR",
            "message": "MP_REGION=zz is not us, eu or in", "actionable": false,
            "details": {"env_var": "MP_REGION", "value": "zz"}}});
        assert_eq!(of(&failure, &variables).to_string(), expected.to_string());
        let mut two = Failure::new(FailureKind::InvalidValue, "flags or variables are wrong");
        two = two.errors(vec![Problem::new("--project", "a"), Problem::new("MP_REGION", "b")]);
        assert_eq!(of(&two, &variables)["error"]["details"], expected["error"]["details"]);
        assert_eq!(of(&two, &[])["error"]["message"], "flags or variables are wrong: --project: a; MP_REGION: b");
        let ours = Failure::new(FailureKind::InvalidArgument, "MP_WORKSPACE_ID=x is not an integer");
        assert_eq!(of(&ours, &[])["error"]["code"], "CONFIG_ERROR");
    }

    #[test]
    fn an_error_has_details_and_next_steps_only_where_there_are_some() {
        let bare = of(&Failure::new(FailureKind::Storage, "the disk is full"), &[]);
        let expected = json!({"schema_version": 1, "state": "error",
            "error": {"code": "STORAGE", "message": "the disk is full", "actionable": false}});
        assert_eq!(bare, expected);
        let mut failure = Failure::new(FailureKind::RateLimited, "too many").account("a").next("mp x", "try");
        failure.retry_after_s = Some(7);
        failure.upstream = Some(Upstream { status: 429, request_id: Some("r".into()) });
        let object = of(&failure, &[]);
        let details = json!({"account_name": "a", "retry_after": 7, "status_code": 429, "request_id": "r"});
        assert_eq!((&object["error"]["details"], &object["next"][0]["command"]), (&details, &json!("mp x")));
    }
}
