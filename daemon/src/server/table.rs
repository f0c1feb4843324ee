//! The routes, declared once: the [`router`](crate::server::router) and the OpenAPI document are made from these rows.

use hyper::Method;
use mp_proto::event::Event;
use mp_proto::{routes as at, wire};

use crate::server::reply::{self, Answer};
use crate::server::route::{Asked, AskedKind, Reply, Route, body, json};
use crate::server::{
    accounts, bridge, control, events, failures, logins, me, metrics, network, openapi, operations, proxy, secrets,
    session, targets,
};

/// `GET /v1/openapi.json`.
async fn description() -> Answer {
    reply::ok(&openapi::document(&routes()))
}

/// Returns all routes of the socket API.
pub(crate) fn routes() -> Vec<Route> {
    let mut all = about_the_daemon();
    all.extend(secrets::routes());
    all.extend(about_the_session());
    all.extend(about_accounts());
    all.extend(about_credentials());
    all.extend(about_logins());
    all.extend(about_the_user());
    all.extend(about_mixpanel());
    all.extend(about_the_hosted_server());
    all.extend(about_targets());
    all.extend(about_the_bridge());
    all.extend(about_allowed_bridges());
    all
}

const TYPES: &[Asked] = &[Asked::new(
    "types",
    AskedKind::SomeOf(&Event::NAMES),
    "Event types to send, separated by commas; all when left out",
)];
const ONLINE: &[Asked] =
    &[Asked::new("online", AskedKind::Flag, "true asks Mixpanel itself, too; no credential is sent")];

fn about_the_daemon() -> Vec<Route> {
    use control as c;
    let (get, put, post) = (Method::GET, Method::PUT, Method::POST);
    let events = Reply::Other(&["text/event-stream"]);
    let text = Reply::Other(&["text/plain", "application/openmetrics-text"]);
    let api = Reply::Other(&["application/json"]);
    let accepted = Reply::Accepted(body::<wire::Accepted>());
    let stop = "Stop gracefully; refused where a login would be lost";
    let succeed = "Hand the socket over to another daemon of this user, as an upgrade of the connection";
    let level = "Change the log filter until the daemon ends";
    let about = "Stream events, each an `Event` as its data; resumes after Last-Event-ID";
    vec![
        Route::new(get.clone(), at::HEALTH, "Tell that the daemon is alive", json::<wire::HealthBody>(), c::health),
        Route::new(
            get.clone(),
            at::VERSION,
            "Show build, protocols and capabilities",
            json::<wire::VersionBody>(),
            c::version,
        ),
        Route::new(
            get.clone(),
            at::STATUS,
            "Show daemon, files, watch and accounts",
            json::<wire::StatusBody>(),
            c::status,
        ),
        Route::new(
            get.clone(),
            at::NETWORK,
            "Show the way to Mixpanel, and try it",
            json::<wire::NetworkBody>(),
            network::show,
        )
        .query(ONLINE),
        Route::new(
            get.clone(),
            at::METRICS,
            "Show metrics, as OpenMetrics 1.0 to those who accept it, else as Prometheus text",
            text,
            metrics::show,
        ),
        Route::new(get.clone(), at::OPENAPI, "Describe this API", api, description),
        Route::new(get, at::EVENTS, about, events, events::stream).query(TYPES),
        Route::new(put, at::LOG_LEVEL, level, json::<wire::LogLevel>(), c::log_level).takes::<wire::LogLevel>(),
        Route::new(
            post.clone(),
            at::CONFIG_CHECK,
            "Tell what would be wrong with a config file of this text; nothing is stored",
            json::<wire::ConfigProblems>(),
            c::check_config,
        )
        .takes::<wire::ConfigText>(),
        Route::new(post.clone(), at::HANDOVER, succeed, Reply::Upgraded, c::hand_over).fails(&[failures::SUCCESSION]),
        Route::new(post, at::SHUTDOWN, stop, accepted, c::shutdown).takes::<wire::Shutdown>().fails(&[failures::END]),
    ]
}

fn about_the_session() -> Vec<Route> {
    let saved = json::<wire::ActiveBody>();
    let stored = "Show what is persisted, whatever flags and environment say";
    let (get, resolved) = (Method::GET, json::<wire::SessionBody>());
    vec![
        Route::new(get.clone(), at::SESSION_PERSISTED, stored, json::<wire::ActiveBody>(), session::persisted)
            .in_context(),
        Route::new(get, at::SESSION, "Resolve the session of this context", resolved, session::show)
            .in_context()
            .fails(&[failures::RESOLVE]),
        Route::new(Method::PATCH, at::SESSION, "Persist account, project, workspace or target", saved, session::patch)
            .in_context()
            .takes::<wire::SessionPatch>()
            .fails(&[failures::EDIT]),
        Route::new(
            Method::POST,
            at::SESSION_CREDENTIAL,
            "Reveal what the session of this context authenticates with",
            json::<wire::CredentialBody>(),
            accounts::credential,
        )
        .in_context()
        .takes::<wire::TokenRequest>()
        .fails(&[failures::SESSION]),
    ]
}

fn about_accounts() -> Vec<Route> {
    use accounts as a;
    const FORCE: &[Asked] = &[Asked::new("force", AskedKind::Flag, "true removes an account that targets refer to")];
    let (get, post, patch, delete) = (Method::GET, Method::POST, Method::PATCH, Method::DELETE);
    let (shown, list) = (json::<wire::AccountBody>, json::<wire::AccountsBody>());
    let (created, removed) = (Reply::Created(body::<wire::AccountBody>()), json::<wire::AccountRemoved>());
    vec![
        Route::new(get.clone(), at::ACCOUNTS, "List accounts", list, a::list).in_context(),
        Route::new(post, at::ACCOUNTS, "Add an account", created, a::add)
            .in_context()
            .takes::<wire::AccountAdd>()
            .fails(&[failures::EDIT, failures::LOGGING_IN, failures::MIXPANEL])
            .asks_mixpanel(),
        Route::new(get, at::ACCOUNT, "Show an account", shown(), a::show).in_context().fails(&[failures::ACCOUNT]),
        Route::new(patch, at::ACCOUNT, "Change an account", shown(), a::update)
            .in_context()
            .takes::<wire::AccountUpdate>()
            .fails(&[failures::EDIT]),
        Route::new(delete, at::ACCOUNT, "Remove an account and its files", removed, a::remove)
            .in_context()
            .query(FORCE)
            .fails(&[failures::EDIT]),
    ]
}

fn about_credentials() -> Vec<Route> {
    use accounts as a;
    let post = || Method::POST;
    let (active, out) = (json::<wire::ActiveBody>(), json::<wire::LogoutBody>());
    let (refreshed, tested) = (json::<wire::RefreshBody>(), json::<wire::TestBody>());
    let (refresh, test) =
        ("Refresh a browser account's token now", "Ask Mixpanel whether an account's credential is good");
    vec![
        Route::new(post(), at::ACCOUNT_USE, "Make an account the active one", active, a::make_active)
            .in_context()
            .fails(&[failures::EDIT]),
        Route::new(post(), at::ACCOUNT_LOGOUT, "Remove an account's tokens", out, a::logout)
            .in_context()
            .fails(&[failures::ACCOUNT, failures::SESSION]),
        Route::new(post(), at::ACCOUNT_REFRESH, refresh, refreshed, a::refresh)
            .in_context()
            .takes::<wire::RefreshRequest>()
            .fails(&[failures::ACCOUNT, failures::SESSION, failures::MIXPANEL]),
        Route::new(post(), at::ACCOUNT_TEST, test, tested, a::test)
            .in_context()
            .fails(&[failures::ACCOUNT, failures::SESSION, failures::MIXPANEL])
            .asks_mixpanel(),
        Route::new(post(), at::ACCOUNT_TOKEN, "Reveal an account's bearer", json::<wire::TokenBody>(), a::token)
            .in_context()
            .takes::<wire::TokenRequest>()
            .fails(&[failures::ACCOUNT, failures::SESSION]),
    ]
}

fn about_logins() -> Vec<Route> {
    use logins as l;
    const LOOK: &[Asked] = &[
        Asked::new("wait_s", AskedKind::Count, "Wait so long for something new, at most 60"),
        Asked::new(
            "after",
            AskedKind::Count,
            "The last revision known; when left out, the next step that is not the daemon's is new",
        ),
    ];
    let login = || json::<wire::LoginBody>();
    let start = "Start a login; 200 with the open one if it is the same";
    let started = Reply::CreatedOrFound(body::<wire::LoginBody>());
    vec![
        Route::new(Method::GET, at::LOGINS, "List the open logins", json::<wire::LoginsBody>(), l::list),
        Route::new(Method::POST, at::LOGINS, start, started, l::start)
            .in_context()
            .takes::<wire::LoginStart>()
            .fails(&[failures::LOGGING_IN]),
        Route::new(Method::GET, at::LOGIN, "Look at a login", login(), l::show)
            .in_context()
            .query(LOOK)
            .fails(&[failures::LOGIN]),
        Route::new(Method::DELETE, at::LOGIN, "Cancel a login", login(), l::cancel).fails(&[failures::LOGIN]),
        Route::new(Method::POST, at::LOGIN_CALLBACK, "Finish a login by paste", login(), l::callback)
            .takes::<wire::LoginCallback>()
            .fails(&[failures::LOGIN, failures::LOGGING_IN]),
        Route::new(Method::POST, at::LOGIN_PROJECT, "Choose a login's project", login(), l::choose)
            .takes::<wire::LoginChoice>()
            .fails(&[failures::LOGIN, failures::LOGGING_IN]),
    ]
}

const REFRESH: Asked = Asked::new("refresh", AskedKind::Flag, "true asks Mixpanel, whatever is cached");
const CACHED: Asked =
    Asked::new("cached", AskedKind::Flag, "true never asks Mixpanel: the list is empty when nothing is cached");

fn about_the_user() -> Vec<Route> {
    const PROJECT: Asked = Asked::new("project", AskedKind::Project, "Its id; the session's when left out");
    let (get, me) = (|| Method::GET, "Show what Mixpanel says of the account's user");
    let (any, projects) = (Reply::Other(&["application/json"]), json::<wire::ProjectsBody>());
    let workspaces = json::<wire::WorkspacesBody>();
    let rows = [
        Route::new(get(), at::ME, me, any, me::show).query(&[REFRESH]),
        Route::new(get(), at::PROJECTS, "List the account's projects", projects, me::projects)
            .query(&[REFRESH, CACHED]),
        Route::new(get(), at::WORKSPACES, "List a project's workspaces", workspaces, me::workspaces)
            .query(&[PROJECT, REFRESH, CACHED]),
    ];
    let asks = |row: Route| row.in_context().fails(&[failures::SESSION, failures::MIXPANEL]).asks_mixpanel();
    rows.into_iter().map(asks).collect()
}

fn about_mixpanel() -> Vec<Route> {
    const ARGUMENTS: &[Asked] =
        &[Asked::new("arguments", AskedKind::Object, "The other arguments, as the text of a JSON object")];
    const ANSWERS: &[&str] = &["application/json", "application/jsonl", "application/octet-stream"];
    let (post, listed) = (|| Method::POST, json::<mp_catalog::OperationsBody>());
    let run = "Run an operation and answer what Mixpanel says: JSON, or as the operation has it, lines or bytes";
    let upload = "Run an operation that takes a file, which is the body";
    let pass = "Pass a request on to Mixpanel and its answer back";
    let asks = |row: Route| {
        row.in_context()
            .fails(&[failures::ROUTE, failures::SESSION, failures::MIXPANEL, failures::OPERATION])
            .asks_mixpanel()
    };
    vec![
        Route::new(Method::GET, at::OPERATIONS, "List the operations of the catalog", listed, operations::list),
        asks(Route::new(post(), at::OPERATION, run, Reply::Other(ANSWERS), operations::run))
            .takes::<mp_catalog::OperationCall>(),
        asks(Route::new(post(), at::OPERATION_UPLOAD, upload, Reply::Other(ANSWERS), operations::upload))
            .query(ARGUMENTS)
            .uploads("application/octet-stream"),
        asks(Route::any(at::API, pass, Reply::Passed, proxy::pass)).uploads("*/*"),
    ]
}

/// The methods of Streamable HTTP, each with what it is for.
fn about_the_hosted_server() -> Vec<Route> {
    const READ: &[Asked] = &[Asked::new("read", AskedKind::Flag, "true says that the message changes nothing")];
    let row = |method: Method, about| {
        let row = Route::new(method, at::MCP, about, Reply::Passed, proxy::hosted::pass).in_context();
        row.fails(&[failures::SESSION, failures::MIXPANEL]).asks_mixpanel()
    };
    vec![
        row(Method::POST, "Send a message to Mixpanel's hosted MCP server").query(READ).uploads("application/json"),
        row(Method::GET, "Listen to Mixpanel's hosted MCP server"),
        row(Method::DELETE, "End a session of Mixpanel's hosted MCP server"),
    ]
}

fn about_targets() -> Vec<Route> {
    use targets as t;
    let (get, post, delete) = (Method::GET, Method::POST, Method::DELETE);
    let (list, shown) = (json::<wire::TargetsBody>(), json::<wire::TargetBody>());
    let (created, removed) = (Reply::Created(body::<wire::TargetBody>()), json::<wire::TargetRemoved>());
    let active = json::<wire::ActiveBody>();
    vec![
        Route::new(get.clone(), at::TARGETS, "List targets", list, t::list).in_context(),
        Route::new(post.clone(), at::TARGETS, "Add a target", created, t::add)
            .in_context()
            .takes::<wire::TargetAdd>()
            .fails(&[failures::EDIT]),
        Route::new(get, at::TARGET, "Show a target", shown, t::show).in_context().fails(&[failures::TARGET]),
        Route::new(delete, at::TARGET, "Remove a target", removed, t::remove).in_context().fails(&[failures::EDIT]),
        Route::new(post, at::TARGET_USE, "Persist a target's session", active, t::apply_target)
            .in_context()
            .fails(&[failures::EDIT]),
    ]
}

fn about_the_bridge() -> Vec<Route> {
    const AT: &[Asked] =
        &[Asked::new("at", AskedKind::Text, "File to remove; the one this context finds when left out")];
    let exported = Reply::Created(body::<wire::BridgeExported>());
    let (shown, removed) = (json::<wire::BridgeBody>(), json::<wire::BridgeRemoved>());
    vec![
        Route::new(Method::GET, at::BRIDGE, "Show the bridge of this context", shown, bridge::show)
            .in_context()
            .fails(&[failures::RESOLVE]),
        Route::new(Method::POST, at::BRIDGE, "Write a bridge file", exported, bridge::export)
            .in_context()
            .takes::<wire::BridgeExport>()
            .fails(&[failures::SESSION]),
        Route::new(Method::DELETE, at::BRIDGE, "Remove a bridge file", removed, bridge::remove)
            .in_context()
            .query(AT)
            .fails(&[failures::RESOLVE]),
    ]
}

fn about_allowed_bridges() -> Vec<Route> {
    const AT: &[Asked] =
        &[Asked::new("at", AskedKind::Text, "The file, or its directory; the caller's directory when left out")];
    let list = "List the bridge files in working directories that calls may use";
    let allow = "Let calls use the bridge file in a working directory, as long as it holds what it holds";
    let (all, allowed) = (json::<wire::BridgesAllowed>(), json::<wire::BridgeAllowed>());
    let removed = json::<wire::BridgeRemoved>();
    vec![
        Route::new(Method::GET, at::BRIDGE_ALLOWED, list, all, bridge::list_allowed).in_context(),
        Route::new(Method::POST, at::BRIDGE_ALLOWED, allow, allowed, bridge::allow)
            .in_context()
            .takes::<wire::BridgeAllow>()
            .fails(&[failures::RESOLVE]),
        Route::new(Method::DELETE, at::BRIDGE_ALLOWED, "Take back that calls may use one", removed, bridge::forbid)
            .in_context()
            .query(AT)
            .fails(&[failures::RESOLVE]),
    ]
}
