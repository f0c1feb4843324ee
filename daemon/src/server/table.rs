//! The routes, declared once: the router and the OpenAPI document are made from these rows.

use std::sync::Arc;

use axum::Router;
use hyper::{Method, Uri};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::{routes as at, wire};

use crate::server::app::App;
use crate::server::reply::{self, Answer, Refusal};
use crate::server::route::{Reply, Route, body, json};
use crate::server::{
    accounts, bridge, control, events, logins, me, network, openapi, operations, proxy, session, targets,
};

/// `GET /v1/openapi.json`.
async fn description() -> Answer {
    reply::ok(&openapi::document(&routes()))
}

/// Returns all routes of the socket API.
pub(crate) fn routes() -> Vec<Route> {
    let mut all = about_the_daemon();
    all.extend(about_the_session());
    all.extend(about_accounts());
    all.extend(about_logins());
    all.extend(about_mixpanel());
    all.extend(about_targets_and_bridge());
    all
}

fn about_the_daemon() -> Vec<Route> {
    use control as c;
    let (get, put, post) = (Method::GET, Method::PUT, Method::POST);
    let events = Reply::Other("text/event-stream");
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
        .query(&[("online", "true asks Mixpanel itself, too; no credential is sent")]),
        Route::new(
            get.clone(),
            at::METRICS,
            "Show counters as Prometheus text",
            Reply::Other("text/plain"),
            c::metrics,
        ),
        Route::new(get.clone(), at::OPENAPI, "Describe this API", Reply::Other("application/json"), description),
        Route::new(get, at::EVENTS, "Stream events; resumes after Last-Event-ID", events, events::stream)
            .query(&[("types", "Event types to send, separated by commas; all when left out")]),
        Route::new(
            put,
            at::LOG_LEVEL,
            "Change the log filter until the daemon ends",
            json::<wire::LogLevel>(),
            c::log_level,
        )
        .takes::<wire::LogLevel>(),
        Route::new(post, at::SHUTDOWN, "Stop gracefully", Reply::Accepted(body::<wire::Accepted>()), c::shutdown)
            .takes::<wire::Shutdown>(),
    ]
}

fn about_the_session() -> Vec<Route> {
    let saved = json::<wire::ActiveBody>();
    let stored = "Show what is persisted, whatever flags and environment say";
    vec![
        Route::new(Method::GET, at::SESSION_PERSISTED, stored, json::<wire::ActiveBody>(), session::persisted),
        Route::new(
            Method::GET,
            at::SESSION,
            "Resolve the session of this context",
            json::<wire::SessionBody>(),
            session::show,
        ),
        Route::new(Method::PATCH, at::SESSION, "Persist account, project, workspace or target", saved, session::patch)
            .takes::<wire::SessionPatch>(),
        Route::new(
            Method::POST,
            at::SESSION_CREDENTIAL,
            "Reveal what the session of this context authenticates with",
            json::<wire::CredentialBody>(),
            accounts::credential,
        )
        .takes::<wire::TokenRequest>(),
    ]
}

fn about_accounts() -> Vec<Route> {
    use accounts as a;
    let (get, post, patch, delete) = (Method::GET, Method::POST, Method::PATCH, Method::DELETE);
    let created = Reply::Created(body::<wire::AccountBody>());
    let force = &[("force", "true removes an account that targets refer to")];
    vec![
        Route::new(get.clone(), at::ACCOUNTS, "List accounts", json::<wire::AccountsBody>(), a::list),
        Route::new(post.clone(), at::ACCOUNTS, "Add an account", created, a::add).takes::<wire::AccountAdd>(),
        Route::new(get, at::ACCOUNT, "Show an account", json::<wire::AccountBody>(), a::show),
        Route::new(patch, at::ACCOUNT, "Change an account", json::<wire::AccountBody>(), a::update)
            .takes::<wire::AccountUpdate>(),
        Route::new(delete, at::ACCOUNT, "Remove an account and its files", json::<wire::AccountRemoved>(), a::remove)
            .query(force),
        Route::new(
            post.clone(),
            at::ACCOUNT_USE,
            "Make an account the active one",
            json::<wire::ActiveBody>(),
            a::make_active,
        ),
        Route::new(
            post.clone(),
            at::ACCOUNT_LOGOUT,
            "Remove an account's tokens",
            json::<wire::LogoutBody>(),
            a::logout,
        ),
        Route::new(
            post.clone(),
            at::ACCOUNT_REFRESH,
            "Refresh a browser account's token now",
            json::<wire::RefreshBody>(),
            a::refresh,
        )
        .takes::<wire::RefreshRequest>(),
        Route::new(
            post.clone(),
            at::ACCOUNT_TEST,
            "Ask Mixpanel whether an account's credential is good",
            json::<wire::TestBody>(),
            a::test,
        ),
        Route::new(post, at::ACCOUNT_TOKEN, "Reveal an account's bearer", json::<wire::TokenBody>(), a::token)
            .takes::<wire::TokenRequest>(),
    ]
}

fn about_logins() -> Vec<Route> {
    use logins as l;
    let login = || json::<wire::LoginBody>();
    let start = "Start a login; 200 with the open one if it is the same";
    let started = Reply::Created(body::<wire::LoginBody>());
    let look = &[
        ("wait_s", "Wait so long for something new, at most 60"),
        ("after", "The last revision known; when left out, the next step that is not the daemon's is new"),
    ];
    vec![
        Route::new(Method::GET, at::LOGINS, "List the open logins", json::<wire::LoginsBody>(), l::list),
        Route::new(Method::POST, at::LOGINS, start, started, l::start).takes::<wire::LoginStart>(),
        Route::new(Method::GET, at::LOGIN, "Look at a login", login(), l::show).query(look),
        Route::new(Method::DELETE, at::LOGIN, "Cancel a login", login(), l::cancel),
        Route::new(Method::POST, at::LOGIN_CALLBACK, "Finish a login by paste", login(), l::callback)
            .takes::<wire::LoginCallback>(),
        Route::new(Method::POST, at::LOGIN_PROJECT, "Choose a login's project", login(), l::choose)
            .takes::<wire::LoginChoice>(),
    ]
}

fn about_mixpanel() -> Vec<Route> {
    const REFRESH: (&str, &str) = ("refresh", "true asks Mixpanel, whatever is cached");
    const CACHED: (&str, &str) = ("cached", "true never asks Mixpanel: the list is empty when nothing is cached");
    vec![
        Route::new(
            Method::GET,
            at::ME,
            "Show what Mixpanel says of the account's user",
            Reply::Other("application/json"),
            me::show,
        )
        .query(&[REFRESH]),
        Route::new(
            Method::GET,
            at::PROJECTS,
            "List the account's projects",
            json::<wire::ProjectsBody>(),
            me::projects,
        )
        .query(&[REFRESH, CACHED]),
        Route::new(
            Method::GET,
            at::WORKSPACES,
            "List a project's workspaces",
            json::<wire::WorkspacesBody>(),
            me::workspaces,
        )
        .query(&[("project", "Its id; the session's when left out"), REFRESH, CACHED]),
        Route::new(
            Method::GET,
            at::OPERATIONS,
            "List the operations of the catalog",
            json::<mp_catalog::OperationsBody>(),
            operations::list,
        ),
        Route::new(
            Method::POST,
            at::OPERATION,
            "Run an operation and answer what Mixpanel says",
            Reply::Other("application/json"),
            operations::run,
        )
        .takes::<mp_catalog::OperationCall>(),
        Route::new(
            Method::POST,
            at::OPERATION_UPLOAD,
            "Run an operation that takes a file, which is the body",
            Reply::Other("application/json"),
            operations::upload,
        )
        .query(&[("arguments", "The other arguments, as the text of a JSON object")]),
        Route::any(
            at::API,
            "Pass a request on to Mixpanel (any method; planes app, query, engage, export) and its answer back",
            Reply::Other("*/*"),
            proxy::pass,
        ),
    ]
}

fn about_targets_and_bridge() -> Vec<Route> {
    use targets as t;
    let (get, post, delete) = (Method::GET, Method::POST, Method::DELETE);
    let exported = Reply::Created(body::<wire::BridgeExported>());
    vec![
        Route::new(get.clone(), at::TARGETS, "List targets", json::<wire::TargetsBody>(), t::list),
        Route::new(post.clone(), at::TARGETS, "Add a target", Reply::Created(body::<wire::TargetBody>()), t::add)
            .takes::<wire::TargetAdd>(),
        Route::new(get.clone(), at::TARGET, "Show a target", json::<wire::TargetBody>(), t::show),
        Route::new(delete.clone(), at::TARGET, "Remove a target", json::<wire::TargetRemoved>(), t::remove),
        Route::new(
            post.clone(),
            at::TARGET_USE,
            "Persist a target's session",
            json::<wire::ActiveBody>(),
            t::apply_target,
        ),
        Route::new(get, at::BRIDGE, "Show the bridge of this context", json::<wire::BridgeBody>(), bridge::show),
        Route::new(post, at::BRIDGE, "Write a bridge file", exported, bridge::export).takes::<wire::BridgeExport>(),
        Route::new(delete, at::BRIDGE, "Remove a bridge file", json::<wire::BridgeRemoved>(), bridge::remove)
            .query(&[("at", "File to remove; the one this context finds when left out")]),
        Route::new(
            Method::GET,
            at::BRIDGE_ALLOWED,
            "List the bridge files in working directories that calls may use",
            json::<wire::BridgesAllowed>(),
            bridge::list_allowed,
        ),
        Route::new(
            Method::POST,
            at::BRIDGE_ALLOWED,
            "Let calls use the bridge file in a working directory, as long as it holds what it holds",
            json::<wire::BridgeAllowed>(),
            bridge::allow,
        )
        .takes::<wire::BridgeAllow>(),
        Route::new(Method::DELETE, at::BRIDGE_ALLOWED, "Take that back", json::<wire::BridgeRemoved>(), bridge::forbid)
            .query(&[("at", "The file, or its directory; the caller's directory when left out")]),
    ]
}

/// Makes the router of all routes.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let router = routes().into_iter().fold(Router::new(), |router, route| (route.attach)(router));
    // In this order: the second applies to the routes that are there already.
    let router = router.fallback(unknown_route).method_not_allowed_fallback(wrong_method);
    router.with_state(Arc::clone(app))
}

async fn unknown_route(uri: Uri) -> Answer {
    let detail = format!("there is no {}; GET {} lists the routes", uri.path(), at::OPENAPI);
    Err(Refusal(Failure::new(FailureKind::RouteNotFound, detail)))
}

async fn wrong_method(method: Method, uri: Uri) -> axum::response::Response {
    let detail = format!("{} does not take {method}; GET {} lists the routes", uri.path(), at::OPENAPI);
    reply::failure(&Failure::new(FailureKind::MethodNotAllowed, detail))
}
