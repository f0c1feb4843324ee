//! Whether an account's credential is good.

use mp_proto::context::Context;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::wire::{TestBody, TestUser};

use crate::config::Lookup;
use crate::identity::Identity;
use crate::me::user::Me;
use crate::me::users::Users;
use crate::resolve::Origin;
use crate::session::sessions::Sessions;
use crate::session::{callers_header, identity_of};

/// Asks Mixpanel whether an account's credential is good. A refusal is a result; only what cannot be asked is a failure.
///
/// # Errors
/// When there is no such account, its block is wrong, or the caller must bring a variable.
pub async fn verify(sessions: &Sessions, users: &Users, name: &str, context: &Context) -> Result<TestBody, Failure> {
    let asked = match tested(sessions, name, context) {
        Ok(identity) => users.ask(&identity).await,
        Err(failure) if failure.kind == FailureKind::TokenMissing => Err(failure),
        Err(failure) => return Err(failure),
    };
    Ok(result(name, asked))
}

/// Returns the identity to test: an account of the config, or the one that the caller's bridge or environment makes.
fn tested(sessions: &Sessions, name: &str, context: &Context) -> Result<Identity, Failure> {
    let snapshot = sessions.pin(context)?.snapshot;
    let lent = || {
        let session = sessions.open(context).ok()?;
        let is_lent = matches!(session.origin, Origin::Environment | Origin::Bridge) && session.identity.name == name;
        is_lent.then_some(Identity { headers: callers_header(context), ..session.identity.clone() })
    };
    if matches!(snapshot.config.account(name), Lookup::Missing) {
        return lent().ok_or_else(|| snapshot.no_account(name));
    }
    identity_of(snapshot.account(name)?, context)
}

fn result(name: &str, asked: Result<Me, Failure>) -> TestBody {
    let account_name = name.to_owned();
    match asked {
        Ok(me) => TestBody {
            account_name,
            ok: true,
            user: me.user_id.zip(me.user_email.clone()).map(|(id, email)| TestUser { id, email }),
            accessible_project_count: Some(me.projects().len() as u64),
            problem: None,
        },
        Err(failure) => TestBody {
            account_name,
            ok: false,
            user: None,
            accessible_project_count: None,
            problem: Some(failure.to_body()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn me() -> Me {
        let projects = json!({"1": {"name": "a"}, "2": {"name": "b"}, "3": {"name": "c"}});
        let answer = json!({"user_id": 4401, "user_email": "dana@acme.example", "projects": projects});
        Me::from_answer(answer).expect("an object")
    }

    #[test]
    fn a_test_shows_the_user_only_with_id_and_address() {
        let whole = result("acme", Ok(me()));
        assert_eq!((whole.ok, whole.accessible_project_count), (true, Some(3)));
        assert!(whole.user.is_some_and(|user| user.id == 4401 && user.email == "dana@acme.example"));
        let lean = result("acme", Ok(Me::from_answer(json!({"user_id": 1})).expect("an object")));
        assert!(lean.ok && lean.user.is_none() && lean.accessible_project_count == Some(0));
        let refused = result("acme", Err(Failure::new(FailureKind::CredentialRefused, "no")));
        assert!(!refused.ok && refused.problem.is_some_and(|problem| problem.code == "credential_refused"));
    }
}
