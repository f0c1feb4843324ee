//! Completes an account that is added without its region or its name: both are found out by its credential.

use mp_proto::context::Context;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::{AccountType, Region};
use mp_proto::secret::Secret;
use mp_proto::wire::AccountAdd;

use super::plan::{CallerNetwork, brought};
use super::services::Services;
use super::{probe, publication};
use crate::config::edit::{Change, edit};
use crate::config::snapshot::Snapshot;
use crate::identity::{Authorization, Identity};

/// Returns the account with region and name, and what was tried on the way.
///
/// # Errors
/// When the account would be refused anyway, its credential is missing, or Mixpanel does not know it.
pub(super) async fn complete(
    services: &Services,
    context: &Context,
    snapshot: &Snapshot,
    mut add: AccountAdd,
) -> Result<(AccountAdd, Vec<String>), Failure> {
    let kind = AccountType::parse(&add.r#type).ok();
    let is_browser = kind == Some(AccountType::OauthBrowser);
    if (add.name.is_some() && (add.region.is_some() || is_browser)) || kind.is_none() {
        // The edit says what is wrong, if anything is.
        return Ok((add, Vec::new()));
    }
    would_be_accepted(&add, snapshot)?;
    if is_browser {
        let detail = "name is missing: nobody is known of a browser account before its login";
        return Err(Failure::new(FailureKind::InvalidArgument, detail)
            .next("mp login", "log in, and have the account made and named"));
    }
    let (authorization, network) = (authorization(&add, context)?, CallerNetwork::of(context)?);
    let mut notes = Vec::new();
    let region = match add.region.as_deref().and_then(|region| Region::parse(region).ok()) {
        Some(region) => region,
        None => probe::probe(&services.mixpanel, &authorization, &network, |note| notes.push(note)).await?,
    };
    add.region = Some(region.to_string());
    if add.name.is_none() {
        let CallerNetwork { headers, bases, .. } = network;
        let identity = Identity { name: "(new)".to_owned(), region, authorization, headers, bases };
        let me = services.users.ask(&identity).await.map_err(|failure| Failure { account: None, ..failure })?;
        add.name = Some(publication::derived_name(&me, snapshot).to_string());
    }
    Ok((add, notes))
}

/// Tries the edit on the text as it is, with what is missing filled in: nobody is asked anything for an account that cannot be.
fn would_be_accepted(add: &AccountAdd, snapshot: &Snapshot) -> Result<(), Failure> {
    let mut trial = add.clone();
    trial.region.get_or_insert_with(|| Region::Us.to_string());
    trial.name.get_or_insert_with(|| free_name(snapshot));
    edit(&snapshot.text, &Change::AddAccount(trial)).map(drop).map_err(|error| error.into_failure(&snapshot.path))
}

fn free_name(snapshot: &Snapshot) -> String {
    super::naming::derive(None, |name| publication::is_taken(snapshot, name)).to_string()
}

fn authorization(add: &AccountAdd, context: &Context) -> Result<Authorization, Failure> {
    let given = |secret: &Option<Secret>| secret.clone().unwrap_or_else(|| Secret::new(""));
    Ok(match (&add.username, &add.token_env) {
        (Some(username), _) => Authorization::Basic { username: username.clone(), secret: given(&add.secret) },
        (None, Some(variable)) => Authorization::Bearer(brought(variable, &context.env, FailureKind::InvalidArgument)?),
        (None, None) => Authorization::Bearer(given(&add.token)),
    })
}
