//! The routes about where secrets are. No answer holds one.

use std::sync::Arc;

use axum::extract::State;
use mp_proto::wire::SecretsChange;

use crate::server::app::App;
use crate::server::call::JsonBody;
use crate::server::reply::{self, Answer};

/// `GET /v1/secrets`.
pub(crate) async fn show(State(app): State<Arc<App>>) -> Answer {
    reply::ok(&app.secrets.tell().await?)
}

/// `POST /v1/secrets`.
pub(crate) async fn change(State(app): State<Arc<App>>, JsonBody(change): JsonBody<SecretsChange>) -> Answer {
    reply::ok(&app.secrets.change(change).await?)
}
