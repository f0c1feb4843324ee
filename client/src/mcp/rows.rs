//! The tools that are always there, as a table.

use mp_catalog::Effect;

use super::does::Does;

/// A tool that is always there.
pub(super) struct FixedTool {
    pub(super) does: Does,
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) about: &'static str,
    /// The properties of its arguments: the JSON text of an object.
    pub(super) properties: &'static str,
    pub(super) required: &'static [&'static str],
    /// The properties of its answer, as JSON text; none where that is not known before.
    pub(super) output: Option<&'static str>,
    /// Whether it changes nothing.
    pub(super) reads: bool,
    /// Whether it asks Mixpanel.
    pub(super) asks: bool,
    /// Whether a second call with the same arguments changes nothing more.
    pub(super) repeats: bool,
}

impl FixedTool {
    /// One that reads what this machine knows.
    const READ: Self = Self {
        does: Does::Session,
        name: "",
        title: "",
        about: "",
        properties: "{}",
        required: &[],
        output: None,
        reads: true,
        asks: false,
        repeats: true,
    };
}

/// A list, as the answer of a tool.
const LIST: Option<&str> = Some(r#"{"result": {"type": "array", "items": {"type": "object"}}}"#);

/// What a login is told as.
const LOGIN: Option<&str> = Some(r#"{"state": {"type": "string"}, "login_id": {"type": "string"}}"#);

/// What `read_operation` and its like take.
macro_rules! operation {
    ($more:literal) => {
        concat!(
            r#"{"id": {"type": "string", "description": "Such as dashboards.list"},
            "arguments": {"type": "object", "description": "As find_operations shows them", "properties": {}},
            "project": {"type": "string", "description": "For this call only"},
            "workspace": {"type": "integer", "description": "For this call only"}"#,
            $more,
            "}"
        )
    };
}

/// The tools.
pub(super) const TOOLS: [FixedTool; 15] = [
    FixedTool {
        name: "session",
        title: "Session",
        about: "Show the account, project and workspace that calls use, and who decided each",
        output: Some(r#"{"state": {"type": "string"}}"#),
        ..FixedTool::READ
    },
    FixedTool {
        does: Does::Accounts,
        name: "list_accounts",
        title: "Accounts",
        about: "List the accounts of this machine with the state of their tokens",
        output: LIST,
        ..FixedTool::READ
    },
    FixedTool {
        does: Does::Targets,
        name: "list_targets",
        title: "Targets",
        about: "List the targets: saved combinations of account, project and workspace",
        output: LIST,
        ..FixedTool::READ
    },
    FixedTool {
        does: Does::Projects,
        name: "list_projects",
        title: "Projects",
        about: "List the projects that the account can see",
        properties: r#"{"refresh": {"type": "boolean", "description": "Ask Mixpanel, whatever is cached"}}"#,
        output: LIST,
        asks: true,
        ..FixedTool::READ
    },
    FixedTool {
        does: Does::Workspaces,
        name: "list_workspaces",
        title: "Workspaces",
        about: "List the workspaces of a project",
        properties: r#"{"project": {"type": "string", "description": "Its id [default: the session's]"},
            "refresh": {"type": "boolean", "description": "Ask Mixpanel, whatever is cached"}}"#,
        output: Some(r#"{"workspaces": {"type": "array", "items": {"type": "object"}}}"#),
        asks: true,
        ..FixedTool::READ
    },
    FixedTool {
        does: Does::UseSession,
        name: "use_session",
        title: "Use account or project",
        about: "Choose what later calls of this server use: account, project, workspace, or a target in place of the three. \
                A new account drops the chosen project and workspace, a new project the workspace",
        properties: r#"{"account": {"type": "string"}, "project": {"type": "string", "description": "Its id"},
            "workspace": {"type": "integer", "description": "Its id"}, "target": {"type": "string"},
            "persist": {"type": "boolean", "description": "Store it for all tools; ask the user first"}}"#,
        output: Some(r#"{"state": {"type": "string"}}"#),
        reads: false,
        ..FixedTool::READ
    },
    FixedTool {
        does: Does::Login,
        name: "login",
        title: "Log in",
        about: "Log in by the user's browser. Answers at once: with the address, unless the host has shown it to the user. Then \
                login_status tells how it goes on; called again, it joins the login that is open",
        properties: r#"{"account": {"type": "string", "description": "A browser account that exists [default: a new one]"},
            "region": {"type": "string", "enum": ["us", "eu", "in"], "description": "Of a new account"},
            "project": {"type": "string", "description": "Id of the default project, where there are several"}}"#,
        output: LOGIN,
        reads: false,
        asks: true,
        ..FixedTool::READ
    },
    FixedTool {
        does: Does::LoginStatus,
        name: "login_status",
        title: "Login status",
        about: "Tell how far a login is, and wait a little for its next step",
        properties: r#"{"login_id": {"type": "string"}, "wait_s": {"type": "integer", "description": "0 to 50 [default: 5]"}}"#,
        required: &["login_id"],
        output: LOGIN,
        ..FixedTool::READ
    },
    FixedTool {
        does: Does::Events,
        name: "events",
        title: "What happened",
        about: "Tell what happened to the login and the session since `after`, which every answer tells anew; waits for the first",
        properties: r#"{"after": {"type": "string", "description": "From the last answer [default: the state of now]"},
            "types": {"type": "array", "items": {"type": "string"}, "description": "Such as token.refreshed, login.required, session.changed"},
            "wait_s": {"type": "integer", "description": "1 to 50 [default: 1]"}}"#,
        output: Some(r#"{"events": {"type": "array", "items": {"type": "object"}}}"#),
        ..FixedTool::READ
    },
    FixedTool {
        does: Does::FindOperations,
        name: "find_operations",
        title: "Find operations",
        about: "Find operations of Mixpanel's API by a plain question, a group or an effect, best first; with an id, show one with \
                the schema of its arguments. Each tells the tool that runs it",
        properties: r#"{"words": {"type": "string", "description": "Such as: who changed a dashboard"},
            "group": {"type": "string", "description": "Such as dashboards, reports, cohorts, flags, lexicon, query"},
            "effect": {"type": "string", "enum": ["read", "write", "destroy"]},
            "id": {"type": "string", "description": "Such as dashboards.list"}}"#,
        ..FixedTool::READ
    },
    FixedTool {
        does: Does::Operation(Effect::Read),
        name: "read_operation",
        title: "Read by an operation",
        about: "Run an operation that only reads",
        properties: operation!(
            r#", "refresh": {"type": "boolean", "description": "Ask Mixpanel even if its answer is kept"}"#
        ),
        required: &["id"],
        asks: true,
        ..FixedTool::READ
    },
    FixedTool {
        does: Does::Operation(Effect::Write),
        name: "write_operation",
        title: "Change by an operation",
        about: "Run an operation that creates or changes something. Ask the user first",
        properties: operation!(
            r#", "link": {"type": "boolean", "description": "Of ask.*: store it as a report with a link"}"#
        ),
        required: &["id"],
        reads: false,
        asks: true,
        repeats: false,
        ..FixedTool::READ
    },
    FixedTool {
        does: Does::Operation(Effect::Destroy),
        name: "destroy_operation",
        title: "Destroy by an operation",
        about: "Run an operation that takes away what cannot be had back. Ask the user first, and name what will be gone",
        properties: operation!(""),
        required: &["id"],
        reads: false,
        asks: true,
        repeats: false,
        ..FixedTool::READ
    },
    FixedTool {
        does: Does::AskSchema,
        name: "get_ask_schema",
        title: "Schema of a question",
        about: "Show all that an ask_* tool takes in `more`, with examples: first its fields, then by `part` what they refer to",
        properties: r#"{"family": {"type": "string", "enum": ["insights", "funnel", "retention", "flow", "users"]},
            "part": {"type": "string", "description": "A name out of parts, or all (11 to 32 kB)"}}"#,
        required: &["family"],
        ..FixedTool::READ
    },
    FixedTool {
        does: Does::ReadAnswer,
        name: "read_answer",
        title: "Read a long answer",
        about: "Read rows of an answer that was too long to be returned whole",
        properties: r#"{"id": {"type": "string", "description": "As its digest says"}, "from": {"type": "integer", "description": "First row [default: 0]"},
            "count": {"type": "integer", "description": "Rows [default: as many as fit]"},
            "columns": {"type": "array", "items": {"type": "string"}, "description": "Only these"},
            "contains": {"type": "string", "description": "Only rows that hold this text"}}"#,
        required: &["id"],
        output: Some(r#"{"rows": {"type": "array"}, "total": {"type": "integer"}}"#),
        ..FixedTool::READ
    },
];

/// Tools of former versions, and what to call in their place.
pub(super) const FORMER: [(&str, &str); 2] = [
    (
        "call_operation",
        "read_operation, write_operation or destroy_operation: find_operations tells for each operation which",
    ),
    ("read_more", "read_answer, which takes the id that a digest names"),
];

/// Returns the tool of a name that is always there.
pub(super) fn find(name: &str) -> Option<Does> {
    TOOLS.iter().find(|tool| tool.name == name).map(|tool| tool.does)
}

/// Returns the name of the tool that runs operations with an effect.
pub(super) fn tool_of(effect: Effect) -> &'static str {
    let tool = TOOLS.iter().find(|tool| tool.does == Does::Operation(effect));
    tool.map_or("find_operations", |tool| tool.name)
}
