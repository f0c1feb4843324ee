//! The routes about where secrets are. No answer holds one.

use std::sync::Arc;

use axum::extract::State;
use hyper::Method;
use mp_proto::routes::SECRETS;
use mp_proto::wire::{SecretsBody, SecretsChange};

use crate::server::app::App;
use crate::server::call::JsonBody;
use crate::server::failures;
use crate::server::reply::{self, Answer};
use crate::server::route::{Route, json};

/// Returns the routes.
pub(crate) fn routes() -> Vec<Route> {
    let (shows, moves) = (
        "Show where secrets are, and what can keep them",
        "Keep secrets elsewhere from now on, and move those that there are",
    );
    vec![
        Route::new(Method::GET, SECRETS, shows, json::<SecretsBody>(), show).fails(&[failures::KEEPING]),
        Route::new(Method::POST, SECRETS, moves, json::<SecretsBody>(), change)
            .takes::<SecretsChange>()
            .fails(&[failures::EDIT, failures::KEEPING]),
    ]
}

/// `GET /v1/secrets`.
pub(crate) async fn show(State(app): State<Arc<App>>) -> Answer {
    reply::ok(&app.secrets.tell().await?)
}

/// `POST /v1/secrets`.
pub(crate) async fn change(State(app): State<Arc<App>>, JsonBody(change): JsonBody<SecretsChange>) -> Answer {
    reply::ok(&app.secrets.change(change).await?)
}
