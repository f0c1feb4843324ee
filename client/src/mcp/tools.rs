//! The tools: those that are always there, as a table, and the reads of the chosen groups, made from the catalog.

use std::borrow::Cow;
use std::sync::Arc;

use mp_catalog::{Effect, Kind, Operation, OperationCall, Shape, all};
use mp_proto::failure::{Failure, FailureKind};
use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Value, json};

use super::policy::Policy;

/// What a tool that is always there does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Does {
    Session,
    Accounts,
    Targets,
    Projects,
    Workspaces,
    UseSession,
    Login,
    Events,
    FindOperations,
    CallOperation,
    ReadMore,
}

impl Does {
    /// Returns what a call does to what the user has: to data, to the login, to what is stored. Operations have effects of their own.
    pub(super) fn effect_of(self, arguments: &JsonObject) -> Effect {
        let persists =
            || arguments.get(PERSIST).is_some_and(|persist| *persist != Value::Bool(false) && !persist.is_null());
        match self {
            Self::UseSession if persists() => Effect::Write,
            Self::Login => Effect::Write,
            Self::Session
            | Self::Accounts
            | Self::Targets
            | Self::Projects
            | Self::Workspaces
            | Self::UseSession
            | Self::Events
            | Self::FindOperations
            | Self::CallOperation
            | Self::ReadMore => Effect::Read,
        }
    }

    /// Returns the command that the user can run where the tool is refused, and what it is for.
    pub(super) const fn instead(self) -> (&'static str, &'static str) {
        match self {
            Self::Login => ("mp login", "the user can log in at a terminal"),
            _ => (
                "mp session",
                "the user can store a session with `mp account use`, `mp project use` and `mp workspace use`",
            ),
        }
    }
}

/// The argument of `use_session` that stores the choice.
const PERSIST: &str = "persist";

/// A tool that is always there.
struct FixedTool {
    does: Does,
    name: &'static str,
    about: &'static str,
    /// The properties of its arguments: the JSON text of an object.
    properties: &'static str,
    required: &'static [&'static str],
    /// Whether it changes nothing.
    reads: bool,
    /// Whether it asks Mixpanel.
    asks: bool,
}

const TOOLS: [FixedTool; 11] = [
    FixedTool {
        does: Does::Session,
        name: "session",
        about: "Show the account, project and workspace that calls use, and who decided each",
        properties: "{}",
        required: &[],
        reads: true,
        asks: false,
    },
    FixedTool {
        does: Does::Accounts,
        name: "list_accounts",
        about: "List the accounts of this machine with the state of their tokens",
        properties: "{}",
        required: &[],
        reads: true,
        asks: false,
    },
    FixedTool {
        does: Does::Targets,
        name: "list_targets",
        about: "List the targets: saved combinations of account, project and workspace",
        properties: "{}",
        required: &[],
        reads: true,
        asks: false,
    },
    FixedTool {
        does: Does::Projects,
        name: "list_projects",
        about: "List the projects that the account can see",
        properties: r#"{"refresh": {"type": "boolean", "description": "Ask Mixpanel, whatever is cached"}}"#,
        required: &[],
        reads: true,
        asks: true,
    },
    FixedTool {
        does: Does::Workspaces,
        name: "list_workspaces",
        about: "List the workspaces of a project",
        properties: r#"{"project": {"type": "string", "description": "Its id [default: the session's]"},
            "refresh": {"type": "boolean", "description": "Ask Mixpanel, whatever is cached"}}"#,
        required: &[],
        reads: true,
        asks: true,
    },
    FixedTool {
        does: Does::UseSession,
        name: "use_session",
        about: "Choose what later calls of this server use: account, project, workspace, or a target in place of the three. \
                A new account drops the chosen project and workspace, a new project the workspace",
        properties: r#"{"account": {"type": "string"}, "project": {"type": "string", "description": "Its id"},
            "workspace": {"type": "integer", "description": "Its id"}, "target": {"type": "string"},
            "persist": {"type": "boolean", "description": "Store it for all tools; ask the user first"}}"#,
        required: &[],
        reads: false,
        asks: false,
    },
    FixedTool {
        does: Does::Login,
        name: "login",
        about: "Log in by the user's browser: opens it, and waits for the user up to 50 s. Call it again while it says that it \
                waits; it goes on with the same login",
        properties: r#"{"account": {"type": "string", "description": "A browser account that exists [default: a new one]"},
            "region": {"type": "string", "enum": ["us", "eu", "in"], "description": "Of a new account"},
            "project": {"type": "string", "description": "Id of the default project, where there are several"}}"#,
        required: &[],
        reads: false,
        asks: true,
    },
    FixedTool {
        does: Does::Events,
        name: "events",
        about: "Tell what happened to the login and the session since `after`, which every answer tells anew; waits for the first",
        properties: r#"{"after": {"type": "string", "description": "From the last answer [default: the state of now]"},
            "types": {"type": "array", "items": {"type": "string"}, "description": "Such as token.refreshed, login.required, session.changed"},
            "wait_s": {"type": "integer", "description": "1 to 50 [default: 1]"}}"#,
        required: &[],
        reads: true,
        asks: false,
    },
    FixedTool {
        does: Does::FindOperations,
        name: "find_operations",
        about: "Find operations of Mixpanel's API by words, group or effect; with an id, show one with the schema of its arguments",
        properties: r#"{"words": {"type": "string", "description": "Words that its id, summary or arguments must have"},
            "group": {"type": "string", "description": "Such as dashboards, reports, cohorts, flags, lexicon, query"},
            "effect": {"type": "string", "enum": ["read", "write", "destroy"]},
            "id": {"type": "string", "description": "Such as dashboards.list"}}"#,
        required: &[],
        reads: true,
        asks: false,
    },
    FixedTool {
        does: Does::CallOperation,
        name: "call_operation",
        about: "Run an operation that find_operations has shown",
        properties: r#"{"id": {"type": "string", "description": "Such as dashboards.list"},
            "arguments": {"type": "object", "description": "As its schema says"},
            "project": {"type": "string", "description": "For this call only"},
            "workspace": {"type": "integer", "description": "For this call only"},
            "refresh": {"type": "boolean", "description": "Ask Mixpanel even if its answer is kept"},
            "dry_run": {"type": "boolean", "description": "Of ask: only return what would be sent"},
            "link": {"type": "boolean", "description": "Of ask: also return a link to the same report"}}"#,
        required: &["id"],
        reads: false,
        asks: true,
    },
    FixedTool {
        does: Does::ReadMore,
        name: "read_more",
        about: "Read on in a result that was too long to be returned whole",
        properties: r#"{"result": {"type": "integer"}, "offset": {"type": "integer"}}"#,
        required: &["result", "offset"],
        reads: true,
        asks: false,
    },
];

/// Returns the tool of a name that is always there.
pub(super) fn find(name: &str) -> Option<Does> {
    TOOLS.iter().find(|tool| tool.name == name).map(|tool| tool.does)
}

/// Returns why an operation cannot be called here; none when it can.
pub(super) fn obstacle(operation: &Operation) -> Option<&'static str> {
    let has = |kind| operation.params.iter().any(|param| param.kind == kind);
    match operation.reply.shape {
        Shape::Bytes => Some("it answers with a file"),
        _ if has(Kind::File) => Some("it takes a file"),
        _ if has(Kind::Secret) && operation.params.iter().any(|param| param.kind == Kind::Secret && param.required) => {
            Some("it takes a secret, which must not go through a conversation")
        }
        _ => None,
    }
}

/// Returns the operations of some groups that are tools of their own: their reads.
pub(super) fn direct(groups: &[&str]) -> Vec<&'static Operation> {
    let is_fitting = |operation: &&Operation| {
        operation.effect == Effect::Read
            && operation.reply.shape != Shape::Lines
            && obstacle(operation).is_none()
            && groups.contains(&operation.command[0])
    };
    all().filter(is_fitting).collect()
}

/// Returns the name of an operation as a tool: some hosts take nothing but letters, digits and underscores.
pub(super) fn tool_name(operation: &Operation) -> String {
    operation.id.replace(['.', '-'], "_")
}

/// Returns all tools, as the protocol lists them.
pub(super) fn list(direct: &[&'static Operation], policy: Policy) -> Vec<Tool> {
    let is_allowed = |tool: &&FixedTool| policy.refusal(tool.does.effect_of(&JsonObject::new())).is_none();
    let always = TOOLS.iter().filter(is_allowed).map(|tool| fixed(tool, policy));
    always.chain(direct.iter().map(|operation| of_operation(operation))).collect()
}

fn fixed(tool: &FixedTool, policy: Policy) -> Tool {
    let mut properties: JsonObject = serde_json::from_str(tool.properties).expect("a test lists all tools");
    if policy.read_only {
        properties.shift_remove(PERSIST);
    }
    let mut schema = JsonObject::new();
    schema.insert("type".to_owned(), "object".into());
    schema.insert("properties".to_owned(), properties.into());
    if !tool.required.is_empty() {
        schema.insert("required".to_owned(), tool.required.into());
    }
    schema.insert("additionalProperties".to_owned(), false.into());
    let is_call = tool.does == Does::CallOperation;
    // What is left of a server that only reads changes nothing but its own conversation.
    let reads = tool.reads || policy.read_only;
    let mut hints = ToolAnnotations::new().read_only(reads).open_world(tool.asks);
    if !reads {
        hints = hints.destructive(is_call && policy.allow_destructive).idempotent(!is_call);
    }
    Tool::new(tool.name, tool.about, Arc::new(schema)).with_annotations(hints)
}

/// What a tool that asks takes besides its arguments.
const BESIDE: [(&str, &str); 2] =
    [("dry_run", "Only return the parameters that would be sent"), ("link", "Also return a link to the same report")];

/// Returns the call of a tool that is an operation.
///
/// # Errors
/// When what stands beside its arguments is wrong.
pub(super) fn called(operation: &Operation, mut arguments: JsonObject) -> Result<OperationCall, Failure> {
    if operation.asks.is_none() {
        return Ok(OperationCall { arguments, ..OperationCall::default() });
    }
    let mut wanted = |name: &str| match arguments.shift_remove(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(is_wanted)) => Ok(is_wanted),
        Some(_) => Err(Failure::new(FailureKind::InvalidArgument, format!("{name} must be true or false"))),
    };
    let (dry_run, link) = (wanted("dry_run")?, wanted("link")?);
    Ok(OperationCall { arguments, dry_run, link, ..OperationCall::default() })
}

/// Returns the schema of a tool that is an operation: of its arguments, and of what stands beside them.
fn schema(operation: &Operation) -> JsonObject {
    let mut schema = operation.input_schema();
    if operation.asks.is_some()
        && let Some(Value::Object(properties)) = schema.get_mut("properties")
    {
        let beside = BESIDE.map(|(name, about)| (name.to_owned(), json!({"type": "boolean", "description": about})));
        properties.extend(beside);
    }
    schema
}

fn of_operation(operation: &'static Operation) -> Tool {
    let about = if operation.detail.is_empty() {
        Cow::Borrowed(operation.summary)
    } else {
        Cow::Owned(format!("{}. {}", operation.summary, operation.detail))
    };
    let hints = ToolAnnotations::new().read_only(true).open_world(true);
    Tool::new(tool_name(operation), about, Arc::new(schema(operation))).with_annotations(hints)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    const POLICY: Policy = Policy { read_only: false, allow_destructive: false };

    #[test]
    fn what_a_server_that_only_reads_may_not_do_is_told_by_its_arguments() {
        let effect = |does: Does, arguments: Value| does.effect_of(arguments.as_object().expect("an object"));
        for persist in [Value::Bool(true), "true".into(), 1.into()] {
            assert_eq!(effect(Does::UseSession, serde_json::json!({"persist": persist})), Effect::Write);
        }
        assert_eq!(effect(Does::UseSession, serde_json::json!({"project": "7", "persist": false})), Effect::Read);
        assert_eq!(effect(Does::Login, serde_json::json!({})), Effect::Write);
        for tool in TOOLS.iter().filter(|tool| tool.reads) {
            assert_eq!(effect(tool.does, serde_json::json!({"persist": true})), Effect::Read, "{}", tool.name);
        }
    }

    fn listed(groups: &[&str], policy: Policy) -> serde_json::Value {
        serde_json::to_value(list(&direct(groups), policy)).expect("plain data")
    }

    #[test]
    fn the_list_is_short_and_reviewed() {
        let list = listed(&super::super::GROUPS, POLICY);
        let size = list.to_string().len();
        assert!(size <= 20_000, "{size} bytes");
        insta::assert_json_snapshot!("tools", list);
    }

    #[test]
    fn names_are_unique_and_such_as_every_host_takes() {
        let groups = crate::offer::callable_groups();
        let all = list(&direct(&groups), POLICY);
        let names: HashSet<&str> = all.iter().map(|tool| tool.name.as_ref()).collect();
        assert_eq!(names.len(), all.len());
        let is_good = |name: &&str| {
            name.len() <= 64
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        };
        assert!(names.iter().all(is_good), "{names:?}");
        for tool in &TOOLS {
            assert_eq!(find(tool.name), Some(tool.does));
        }
    }

    #[test]
    fn hints_follow_from_what_a_tool_may_do() {
        let hints = |policy: Policy| {
            let all = list(&[], policy);
            let tool = all.iter().find(|tool| tool.name == "call_operation").expect("it is there");
            let hints = tool.annotations.clone().expect("it has some");
            (hints.read_only_hint, hints.destructive_hint)
        };
        assert_eq!(hints(POLICY), (Some(false), Some(false)));
        assert_eq!(hints(Policy { allow_destructive: true, ..POLICY }), (Some(false), Some(true)));
        assert_eq!(hints(Policy { read_only: true, ..POLICY }), (Some(true), None));
        let read_only = list(&[], Policy { read_only: true, ..POLICY });
        assert_eq!(read_only.len(), TOOLS.len() - 1, "there is no login");
        for tool in &read_only {
            assert!(tool.name != "login" && tool.input_schema["properties"].get(PERSIST).is_none(), "{}", tool.name);
            assert_eq!(tool.annotations.as_ref().and_then(|hints| hints.read_only_hint), Some(true), "{}", tool.name);
        }
        let groups = crate::offer::groups();
        for tool in list(&direct(&groups), POLICY).iter().skip(TOOLS.len()) {
            assert_eq!(tool.annotations.as_ref().and_then(|hints| hints.read_only_hint), Some(true), "{}", tool.name);
        }
    }
}
