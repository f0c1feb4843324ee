//! Asks Mixpanel who an identity is.

use std::sync::Arc;

use mp_catalog::results;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::plane::Plane;
use serde_json::Value;

use crate::me::cache::Me;
use crate::server::app::App;

use crate::call::exchange::send;
use crate::call::request::Outgoing;
use crate::identity::Identity;

/// Asks Mixpanel, whatever is cached, and stores nothing.
///
/// # Errors
/// When Mixpanel cannot be reached or does not accept the identity.
pub async fn ask(app: &Arc<App>, as_whom: &Identity) -> Result<Me, Failure> {
    let request = Outgoing::read(Plane::App, "/me");
    understand(send(app, as_whom, &request).await?, &as_whom.name)
}

fn understand(answer: Value, name: &str) -> Result<Me, Failure> {
    Me::from_answer(results(answer)).ok_or_else(|| {
        let detail = format!("GET /me of account '{name}' was answered with something else than an object");
        Failure::new(FailureKind::UpstreamInvalid, detail).account(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_is_taken_with_and_without_its_envelope() {
        for good in [json!({"status": "ok", "results": {"user_id": 4}}), json!({"user_id": 4})] {
            assert_eq!(understand(good, "a").expect("an object").user_id, Some(4));
        }
        assert!(understand(json!({"status": "ok"}), "a").is_ok(), "a 204");
        for odd in [json!([]), json!({"results": []}), json!({"results": null})] {
            assert_eq!(understand(odd, "a").map_err(|failure| failure.kind).err(), Some(FailureKind::UpstreamInvalid));
        }
    }
}
