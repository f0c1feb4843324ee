//! `GET /v1/network`: the way to Mixpanel, tried.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use mp_proto::ids::Region;
use mp_proto::wire::NetworkBody;
use serde::Deserialize;

use crate::server::app::App;
use crate::server::call::Parameters;
use crate::server::reply::{self, Answer};

/// The query.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    /// Whether Mixpanel itself is asked.
    #[serde(default)]
    online: bool,
}

/// `GET /v1/network`.
pub(crate) async fn show(State(app): State<Arc<App>>, Parameters(asked): Parameters<Asked>) -> Answer {
    let regions: BTreeSet<Region> = app.store.last_good().config.accounts.values().map(|one| one.region).collect();
    let regions: Vec<Region> = match (asked.online, regions.is_empty()) {
        (false, _) => Vec::new(),
        (true, true) => vec![Region::Us],
        (true, false) => regions.into_iter().collect(),
    };
    let trial = app.mixpanel.try_way(&regions, || app.clock.now()).await;
    reply::ok(&NetworkBody { network: app.mixpanel.way().status(), tries: trial.tries, ahead_s: trial.ahead_s })
}
