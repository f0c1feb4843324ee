//! Looks for the region that a credential is of: one after the other, the first that knows it wins.

use std::time::Duration;

use mp_proto::failure::{Failure, FailureKind, Problem};
use mp_proto::ids::Region;
use mp_proto::plane::Plane;
use tokio::time::timeout;
use url::Url;

use crate::identity::Authorization;
use crate::login::plan::CallerNetwork;
use crate::mixpanel::Mixpanel;

/// How long one region may take. It is only asked whether it knows the credential, and there are two more.
const PATIENCE: Duration = Duration::from_secs(5);

/// How one region answered.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Attempt {
    Status(u16),
    Silence(String),
}

/// Returns the first region that answers 200 to `/me`. Each attempt is told by one line.
///
/// # Errors
/// When none does.
pub(super) async fn probe(
    mixpanel: &Mixpanel,
    authorization: &Authorization,
    network: &CallerNetwork,
    mut tell: impl FnMut(String),
) -> Result<Region, Failure> {
    let only_one = network.bases.is_one_for_all_regions() && mixpanel.redirected_to().is_none();
    let regions = if only_one { std::slice::from_ref(&network.label) } else { Region::ALL };
    let mut attempts = Vec::new();
    for region in regions {
        let attempt = ask(mixpanel, *region, authorization, network).await;
        if attempt == Attempt::Status(200) {
            tell(format!("{region}: ok"));
            return Ok(*region);
        }
        tell(format!("{region}: {}", shown(&attempt)));
        attempts.push((*region, attempt));
    }
    Err(none_of(&attempts))
}

/// Nothing but the credential is sent: custom headers are meant for the region that it belongs to.
async fn ask(mixpanel: &Mixpanel, region: Region, authorization: &Authorization, network: &CallerNetwork) -> Attempt {
    let url = format!("{}/me", mixpanel.base(region, Plane::App, &network.bases));
    let Ok(url) = Url::parse(&url) else { return Attempt::Silence("the address is not a URL".to_owned()) };
    let http = match mixpanel.http_to(&url) {
        Ok(http) => http,
        Err(error) => return Attempt::Silence(error.to_string()),
    };
    let request = http.get(url.clone());
    let request = match authorization {
        Authorization::Basic { username, secret } => request.basic_auth(username, Some(secret.expose())),
        Authorization::Bearer(token) => request.bearer_auth(token.expose()),
        Authorization::Grant(_) => return Attempt::Silence("a browser's grant has its region".to_owned()),
    };
    match timeout(PATIENCE, request.send()).await {
        Ok(Ok(response)) => Attempt::Status(response.status().as_u16()),
        Ok(Err(error)) if error.is_builder() => Attempt::Silence("the credential cannot stand in a header".to_owned()),
        Ok(Err(error)) if error.is_connect() => {
            Attempt::Silence(format!("no connection: {}", mixpanel.explain(&url, &error)))
        }
        Ok(Err(_)) => Attempt::Silence("the connection broke".to_owned()),
        Err(_) => Attempt::Silence(format!("no answer within {} s", PATIENCE.as_secs())),
    }
}

fn shown(attempt: &Attempt) -> String {
    match attempt {
        Attempt::Status(status) => status.to_string(),
        Attempt::Silence(why) => why.clone(),
    }
}

fn none_of(attempts: &[(Region, Attempt)]) -> Failure {
    let unreachable = attempts.iter().all(|(_, attempt)| matches!(attempt, Attempt::Silence(_)));
    let detail = match (unreachable, attempts.len()) {
        (true, _) => "could not reach any region of Mixpanel",
        (false, 1) => "the credential is not valid at MP_API_BASE_URL",
        (false, _) => "the credential is not valid in any region",
    };
    let errors = attempts.iter().map(|(region, attempt)| Problem::new(region.as_str(), shown(attempt))).collect();
    Failure::new(FailureKind::RegionNotFound, detail).errors(errors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_failure_tells_refusals_from_silence_and_has_a_row_per_region() {
        let silent = Attempt::Silence("no connection".into());
        let all = |attempt: &Attempt| Region::ALL.iter().map(|region| (*region, attempt.clone())).collect::<Vec<_>>();
        let unreachable = none_of(&all(&silent));
        assert_eq!(unreachable.kind.exit_code(), 2);
        assert!(unreachable.detail.contains("could not reach"), "{unreachable}");
        let mut mixed = all(&silent);
        mixed[1].1 = Attempt::Status(401);
        let refused = none_of(&mixed);
        assert!(refused.detail.contains("not valid in any region"), "{refused}");
        let rows: Vec<_> = refused.errors.iter().map(|row| format!("{}: {}", row.at, row.detail)).collect();
        assert_eq!(rows, ["us: no connection", "eu: 401", "in: no connection"]);
    }
}
