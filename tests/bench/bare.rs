//! The least that could be: one axum handler that answers with a session body, served by `axum::serve` in a process of its own.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use mp_proto::routes;
use mp_proto::wire::SessionBody;

/// The argument by which the benchmark starts itself as this server.
pub(crate) const MODE: &str = "--serve-bare";

/// Serves until killed, with as many threads as the daemon has.
pub(crate) fn serve(socket: &Path, body: &Path) {
    let body: SessionBody =
        serde_json::from_slice(&std::fs::read(body).expect("the benchmark wrote it")).expect("a session body");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("threads are free").block_on(async {
        let app = Router::new()
            .route(routes::HEALTH, get(|| async { "ok" }))
            .route(routes::SESSION, get(answer))
            .with_state(Arc::new(body));
        let listener = tokio::net::UnixListener::bind(socket).expect("the home is writable");
        axum::serve(listener, app).await.expect("it serves until killed");
    });
}

/// Writes the body anew for each call, as any handler must.
async fn answer(State(body): State<Arc<SessionBody>>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], serde_json::to_vec(&*body).expect("plain values"))
}
