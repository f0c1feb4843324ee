//! What Mixpanel allows the project that was asked, and what is left of it: beside each result that came from there.

use mp_proto::routes::{SESSION, STATUS};
use mp_proto::wire::{BudgetStatus, SessionBody, StatusBody};
use rmcp::model::MetaObject;
use serde_json::{Map, Value, json};

use crate::api::Connection;

/// The key in `_meta`.
const KEY: &str = "mp/limits";

/// Returns what is left for the project of a connection; none when nobody knows.
pub(super) async fn of(daemon: &mut Connection) -> Option<MetaObject> {
    let session = daemon.get::<SessionBody>(SESSION).await.ok()?.body;
    let (region, project) = (session.account?.region?, session.project?.id);
    let status = daemon.get::<StatusBody>(STATUS).await.ok()?.body;
    let is_meant = |limit: &&BudgetStatus| limit.region == region && limit.project == project;
    let limits: Map<String, Value> =
        status.limits.iter().filter(is_meant).map(|limit| (limit.family.as_str().to_owned(), shown(limit))).collect();
    let mut meta = MetaObject::new();
    meta.0.insert(KEY.to_owned(), json!({"project": project, "region": region, "limits": limits}));
    Some(meta)
}

fn shown(limit: &BudgetStatus) -> Value {
    let mut shown = json!({
        "hourly": limit.hourly, "used": limit.used, "left": limit.hourly.saturating_sub(limit.used),
        "concurrent": limit.concurrent, "running": limit.running, "waiting": limit.waiting,
    });
    if let Some(seconds) = limit.closed_for_s {
        shown["closed_for_s"] = seconds.into();
    }
    shown
}
