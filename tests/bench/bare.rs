//! The least that could be, in processes of their own: one axum handler that answers with a session body, served by `axum::serve`; and a
//! server that answers one caller after the other.

use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
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

/// The same for one that accepts, answers from memory and closes, as token agents do: pizauth has one thread for all its callers.
pub(crate) const CLOSING: &str = "--serve-closing";

/// Returns the server of an argument.
pub(crate) fn server(mode: &str) -> Option<fn(&Path, &Path)> {
    match mode {
        MODE => Some(serve),
        CLOSING => Some(close),
        _ => None,
    }
}

/// Serves until killed, with as many threads as the daemon has.
fn serve(socket: &Path, body: &Path) {
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

/// Serves until killed, one caller at a time.
fn close(socket: &Path, body: &Path) {
    let body = std::fs::read(body).expect("the benchmark wrote it");
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    let answer = [head.as_bytes(), &body].concat();
    let listener = UnixListener::bind(socket).expect("the home is writable");
    for mut caller in listener.incoming().flatten() {
        let mut head = [0; 4096];
        // A head comes in one piece here. Who leaves early gets no answer.
        let _ = caller.read(&mut head).and_then(|_| caller.write_all(&answer));
    }
}
