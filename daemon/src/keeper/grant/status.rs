//! What is said of a grant: its failures, with what to run, and its line in the status.

use std::time::Duration;

use jiff::SignedDuration;
use mp_proto::event::Event;
use mp_proto::failure::{Failure, FailureKind, Next};
use mp_proto::wire::{AccountStatus, CredentialState};

use super::Grant;
use super::state::{GrantState, Trouble};
use crate::clock::Moment;

/// Why an account needs a login that has none.
pub(super) const NO_TOKENS: &str = "there are no stored tokens";

impl Grant {
    fn steps(&self) -> Next {
        if self.file.is_none() {
            let command = format!("mp account export-bridge --account {}", self.name);
            return Next::new(command, "write the bridge file anew where it came from");
        }
        Next::new(format!("mp account login {}", self.name), "log in again")
    }

    /// Tells those who watch that nothing but a login helps.
    pub(in crate::keeper) fn tell_login_required(&self, detail: &str) {
        self.services.hub.publish(&Event::LoginRequired {
            account: self.name.to_string(),
            detail: detail.to_owned(),
            command: self.steps().command,
        });
    }

    pub(in crate::keeper) fn login_required(&self, detail: &str) -> Failure {
        let detail = format!("account '{}' needs a new login: {detail}", self.name);
        let mut failure = Failure::new(FailureKind::LoginRequired, detail).account(self.name.as_str());
        failure.next = vec![self.steps()];
        failure
    }

    pub(super) fn unavailable(&self, cause: &str, pause: Duration) -> Failure {
        let detail = format!("the token of account '{}' could not be refreshed: {cause}", self.name);
        let mut failure = Failure::new(FailureKind::TokenUnavailable, detail).account(self.name.as_str());
        failure.retry_after_s = Some(pause.as_secs().max(1));
        failure.next("mp daemon status", "see when it is tried again")
    }

    pub(super) fn nothing_stored(&self, held: &GrantState) -> Failure {
        match &held.unreadable {
            Some(failure) => failure.clone().account(self.name.as_str()),
            None => self.login_required(NO_TOKENS),
        }
    }

    /// Fills in what a status shows.
    pub(in crate::keeper) fn show(&self, status: &mut AccountStatus) {
        let now = self.services.clock.moment();
        let mut held = self.held();
        self.look(&mut held, now);
        let (state, detail) = self.state(&held, now);
        status.expires_at = held.current.as_ref().map(|current| current.tokens.expires_at);
        status.generation = held.generation;
        status.since = Some(held.since);
        status.state = state;
        status.detail = detail;
        if let Trouble::Backoff { retry_at, .. } = &held.trouble {
            status.retry_at = Some(*retry_at);
        }
        if state == CredentialState::LoginRequired {
            status.next = vec![self.steps()];
        }
    }

    fn state(&self, held: &GrantState, now: Moment) -> (CredentialState, Option<String>) {
        let Some(current) = &held.current else {
            return match &held.unreadable {
                Some(failure) => (CredentialState::Unreadable, Some(failure.detail.clone())),
                None => (CredentialState::LoginRequired, Some(NO_TOKENS.to_owned())),
            };
        };
        match &held.trouble {
            Trouble::LoginRequired { detail, .. } => return (CredentialState::LoginRequired, Some(detail.clone())),
            Trouble::Backoff { cause, .. } => return (CredentialState::Backoff, Some(cause.clone())),
            Trouble::None => {}
        }
        // Before the refresh that may be under way: it may be the attempt to write.
        if let Some(detail) = held.unsaved.clone().or_else(|| held.unreadable.as_ref().map(|it| it.detail.clone())) {
            return (CredentialState::Degraded, Some(detail));
        }
        if held.landing.is_some() {
            return (CredentialState::Refreshing, None);
        }
        match (current.left(now) > SignedDuration::ZERO, current.tokens.refresh_token.is_some()) {
            (true, _) => (CredentialState::Ok, None),
            (false, true) => {
                (CredentialState::Expired, Some("the access token has ended; the next call refreshes it".to_owned()))
            }
            (false, false) => (
                CredentialState::LoginRequired,
                Some("the access token has ended and there is no refresh token".to_owned()),
            ),
        }
    }
}
