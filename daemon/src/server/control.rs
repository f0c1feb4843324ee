//! The routes about the daemon itself.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use hyper::StatusCode;
use hyper::header::{CONNECTION, UPGRADE};
use hyper_util::rt::TokioIo;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::handover;
use mp_proto::wire::{
    Accepted, ConfigMistake, ConfigProblems, ConfigState, ConfigStatus, ConfigText, HealthBody, LogLevel, RESTARTING,
    Shutdown, StartedBy, StatusBody,
};
use tokio::net::UnixStream;
use tokio::time::timeout;
use tracing::info;

use crate::config::parser;
use crate::config::snapshot::{self, Snapshot};
use crate::keeper::would_lose;
use crate::life::{AGAIN, FORCED};
use crate::server::app::App;
use crate::server::call::JsonBody;
use crate::server::heads::Explained;
use crate::server::reply::{self, Answer};

/// How long a stop tries to save what is only in memory before it is refused: a person waits for it.
const SAVING: Duration = Duration::from_secs(3);

/// `GET /v1/health`.
pub(crate) async fn health() -> Answer {
    reply::ok(&HealthBody { status: "ok".to_owned() })
}

/// `GET /v1/version`.
pub(crate) async fn version(State(app): State<Arc<App>>) -> Answer {
    reply::ok(&app.version())
}

/// `GET /v1/status`: works with a broken config too, on the last good one.
pub(crate) async fn status(State(app): State<Arc<App>>) -> Answer {
    let now = app.clock.now();
    let snapshot = app.store.current();
    reply::ok(&StatusBody {
        daemon: app.version(),
        started_by: app.started_by,
        started_at: app.started_at,
        uptime_s: u64::try_from(now.duration_since(app.started_at).as_secs()).unwrap_or(0),
        socket: app.socket.display().to_string(),
        restart_pending: app.restart_pending(),
        idle_exit_s: app.idle_exit.map(|after| after.as_secs()),
        connections: app.counters.connections.load(Ordering::Relaxed),
        calls: app.counters.calls.load(Ordering::Relaxed),
        event_streams: app.hub.streams(),
        upstream: app.mixpanel.redirected_to(),
        network: app.mixpanel.way().status(),
        process: app.limits.status(),
        log_level: app.log.filter(),
        log_file: app.log_file.as_ref().map(|path| path.display().to_string()),
        config: config_status(&snapshot),
        secret_store: snapshot.config.secret_store,
        secrets_problem: app.secrets.problem(),
        watch: app.watch.status(),
        accounts: app.account_states(),
        limits: app.gates.status(),
        reads: app.reads.status(),
        waits: app.calls.waits().status(),
    })
}

fn config_status(snapshot: &Snapshot) -> ConfigStatus {
    let state = if snapshot.state == snapshot::State::Missing {
        ConfigState::Missing
    } else if snapshot.problems().is_empty() {
        ConfigState::Ok
    } else {
        ConfigState::Invalid
    };
    ConfigStatus {
        path: snapshot.path.display().to_string(),
        state,
        revision: snapshot.revision,
        problems: snapshot.problems(),
    }
}

/// `PUT /v1/log-level`.
pub(crate) async fn log_level(State(app): State<Arc<App>>, JsonBody(body): JsonBody<LogLevel>) -> Answer {
    app.log.set(&body.level)?;
    info!(level = %body.level, "log filter was changed");
    reply::ok(&LogLevel { level: app.log.filter() })
}

/// `POST /v1/config/check`: by the parser that reads the file, so that an editor has the same words for it before it is saved.
pub(crate) async fn check_config(JsonBody(body): JsonBody<ConfigText>) -> Answer {
    let problems = parser::parse(&body.text).problems.into_iter();
    let told = problems.map(|problem| ConfigMistake {
        line: problem.line as u64,
        column: problem.column as u64,
        detail: problem.detail,
    });
    reply::ok(&ConfigProblems { problems: told.collect() })
}

/// `POST /v1/shutdown`. It is refused where the end would lose a login: who asks can be told, and can mend it.
pub(crate) async fn shutdown(State(app): State<Arc<App>>, JsonBody(body): JsonBody<Shutdown>) -> Answer {
    let at_risk =
        app.keeper.secure(&app.store.last_good().config, if body.force { Duration::ZERO } else { SAVING }).await;
    if !(at_risk.is_empty() || body.force) {
        return Err(would_lose(&at_risk).into());
    }
    let (reason, status) = match body {
        Shutdown { force: true, .. } => (FORCED, "stopping"),
        Shutdown { again: true, .. } if app.started_by == StartedBy::Service => (AGAIN, RESTARTING),
        _ => ("a client asked for it", "stopping"),
    };
    app.life.request_stop(reason);
    reply::with_status(StatusCode::ACCEPTED, &Accepted { status: status.to_owned() })
}

/// How long a connection may take to become that of two daemons.
const UPGRADING: Duration = Duration::from_secs(5);

/// `POST /v1/handover`. What follows is between two daemons; see [`mp_proto::handover`].
pub(crate) async fn hand_over(State(app): State<Arc<App>>, mut request: Request) -> Answer {
    if app.life.is_stopping() {
        return Err(Failure::new(FailureKind::Stopping, "the daemon is stopping").into());
    }
    if app.started_by == StartedBy::Service {
        let detail = "a service manager has started this daemon, and starts the next one";
        return Err(Failure::new(FailureKind::Declined, detail).into());
    }
    if request.headers().get(UPGRADE).is_none_or(|to| to != handover::UPGRADE) {
        let detail = format!("expected an upgrade of the connection to {}", handover::UPGRADE);
        return Err(Failure::new(FailureKind::InvalidArgument, detail).into());
    }
    let upgrade = hyper::upgrade::on(&mut request);
    let handovers = app.handovers.clone();
    app.life.spawn(async move {
        if let Ok(Ok(upgraded)) = timeout(UPGRADING, upgrade).await
            && let Ok(parts) = upgraded.downcast::<TokioIo<Explained<UnixStream>>>()
        {
            // Whoever is not taken care of sees the end of the connection.
            let _ = handovers.send(parts.io.into_inner().into_inner()).await;
        }
    });
    let head = Response::builder().status(StatusCode::SWITCHING_PROTOCOLS);
    let head = head.header(CONNECTION, "upgrade").header(UPGRADE, handover::UPGRADE);
    Ok(head.body(Body::empty()).expect("its parts are constants"))
}
