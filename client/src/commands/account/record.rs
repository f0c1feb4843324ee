//! An account as it is shown, and the one that a command means.

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::wire::AccountSummary;
use serde_json::{Value, json};

use crate::call::Call;
use crate::output::{View, fitted};

/// The record that the Python tool prints; the socket API tells more.
pub(crate) fn record(account: &AccountSummary) -> Value {
    json!({
        "name": account.name, "type": account.r#type, "region": account.region, "status": account.status,
        "is_active": account.is_active, "referenced_by_targets": account.referenced_by_targets,
        "user_email": null, "project_id": null, "project_name": null,
    })
}

/// Returns accounts for people.
pub(super) fn table(accounts: &[AccountSummary]) -> String {
    let row = |account: &AccountSummary| {
        let active = if account.is_active { "*" } else { "" };
        vec![account.name.to_string(), account.r#type.to_string(), account.region.to_string(), active.to_owned()]
    };
    let rows: Vec<Vec<String>> = accounts.iter().map(row).collect();
    fitted(&["NAME", "TYPE", "REGION", "ACTIVE"], &rows, View::of_stdout().width)
}

/// Returns the account that a command means: its argument, else `--account`, else the active one.
///
/// # Errors
/// When there is none.
pub(super) async fn named(call: &mut Call<'_>) -> Result<String, Failure> {
    if let Some(name) = call.text("name").or_else(|| call.text("account")) {
        return Ok(name);
    }
    if let Some(name) = call.environment.get("MP_ACCOUNT") {
        return Ok(name.to_owned());
    }
    let active = call.persisted().await?.account;
    active.ok_or_else(|| {
        Failure::new(FailureKind::NeedsAccount, "no active account is configured")
            .next("mp login", "log in")
            .next("mp account use NAME", "choose one of `mp account list`")
    })
}
