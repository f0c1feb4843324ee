//! The part of a login that is in the browser: a person is sent to the provider and comes back with a code, which gets the tokens.

use std::sync::Arc;

use jiff::SignedDuration;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::Region;
use mp_proto::location::run_dir;
use mp_proto::secret::Secret;
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, RedirectUrl};
use parking_lot::Mutex;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::warn;

use super::attempt::Login;
use super::callback::{self, Listener};
use super::door::Door;
use super::redirect::Returned;
use super::services::Services;
use super::wait::{later, until};
use super::{peer, registration};
use crate::identity::bases::CallerBases;
use crate::identity::registration::Registration;
use crate::identity::tokens::Tokens;
use crate::mixpanel::Host;

/// How long a person may take with the browser. As long as the Python tool waits.
const BROWSER: SignedDuration = SignedDuration::from_secs(300);

/// A login that goes by the browser.
pub(super) struct Browsing {
    services: Arc<Services>,
    login: Arc<Login>,
    serving: Mutex<Option<Serving>>,
}

/// The task of the listener. Dropped, it closes by itself.
struct Serving {
    open: DropGuard,
    task: JoinHandle<()>,
}

impl Browsing {
    /// Returns one that has not begun.
    pub(super) fn new(services: Arc<Services>, login: Arc<Login>) -> Self {
        Self { services, login, serving: Mutex::default() }
    }

    /// Sends a person to the provider and returns what it grants.
    pub(super) async fn grant(&self, region: Region) -> Result<Tokens, Failure> {
        let (port, listener) = self.listen(region)?;
        let client = registration::client_for(&self.services, region, &callback::redirect_uri(port)).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state) = self.authorize_url(region, &client, challenge)?;
        let end = later(self.services.clock.now(), BROWSER);
        let door = listener.as_ref().and_then(|listener| self.door(listener, &url));
        let state = Secret::new(state.secret().clone());
        let returned = self.login.wait_for_browser(url, client.redirect_uri.clone(), state, door, end);
        if let Some(listener) = listener {
            self.serve(listener);
        }
        let code = self.code(until(&*self.services.clock, end, returned).await)?;
        let verifier = Secret::new(verifier.into_secret());
        let (client_id, redirect) = (&client.client_id, &client.redirect_uri);
        let granted = self.services.endpoint.exchange(region, client_id, redirect, code, verifier).await;
        granted.map_err(|error| {
            registration::forget_refused(&self.services, &client, &error);
            error.of_exchange()
        })
    }

    fn code(&self, returned: Option<Returned>) -> Result<Secret, Failure> {
        match returned {
            Some(Returned::Code(code)) => Ok(code),
            Some(Returned::Denied(why)) => {
                let why = why.unwrap_or("the provider gives no reason that is known here");
                let denied = Failure::new(FailureKind::LoginDenied, format!("the login was denied: {why}"));
                Err(denied.next(self.login.plan.command(), "log in again, and allow it"))
            }
            None => {
                let detail = format!("the browser did not come back within {} s", BROWSER.as_secs());
                let again = format!("{} --no-browser", self.login.plan.command());
                let late = Failure::new(FailureKind::LoginFailed, detail);
                Err(late.next(again, "log in by pasting the address from any browser"))
            }
        }
    }

    /// Returns what a browser program is handed. Without one the URL can still be opened by hand.
    fn door(&self, listener: &Listener, authorize_url: &str) -> Option<Door> {
        if peer::is_told() {
            return Some(Door::at(&listener.address()));
        }
        let made = Door::in_file(&run_dir(self.services.paths.root()), authorize_url);
        made.inspect_err(|error| warn!(%error, "no page for the browser could be written")).ok()
    }

    fn serve(&self, listener: Listener) {
        let closing = CancellationToken::new();
        let task = listener.serve(self.services.life.clone(), Arc::clone(&self.login), closing.clone());
        let serving = Serving { open: closing.drop_guard(), task: self.services.life.spawn(task) };
        *self.serving.lock() = Some(serving);
    }

    /// Closes the listener. Connections that wait for the end of the login still get their page.
    pub(super) async fn close(&self) {
        let serving = self.serving.lock().take();
        if let Some(Serving { open, task }) = serving {
            drop(open);
            // A listener that panicked is closed as well.
            let _ = task.await;
        }
    }

    /// Opens the listener. A login by paste can do without.
    fn listen(&self, region: Region) -> Result<(u16, Option<Listener>), Failure> {
        let registered = Registration::read(&self.services.paths, region).map(|known| known.redirect_uri);
        let ports = callback::order(registered.as_deref());
        match Listener::open(&ports) {
            Ok(listener) => {
                if let Some(warning) = listener.warning() {
                    self.login.tell(warning);
                }
                Ok((listener.port(), Some(listener)))
            }
            Err(error) if self.login.plan.no_browser => {
                self.login.tell(format!("{error}; so the address that the browser shows in the end has to be pasted"));
                Ok((ports[0], None))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Returns the URL that a person opens, and its state. It names no scope: the registration has one.
    fn authorize_url(
        &self,
        region: Region,
        client: &Registration,
        challenge: PkceCodeChallenge,
    ) -> Result<(String, CsrfToken), Failure> {
        let base = self.services.mixpanel.base(region, Host::Oauth, &CallerBases::default());
        let not_a_url = |_| Failure::new(FailureKind::Internal, "the authorization endpoint is not a URL");
        let endpoint = AuthUrl::new(format!("{base}/authorize/")).map_err(not_a_url)?;
        let redirect = RedirectUrl::new(client.redirect_uri.clone()).map_err(not_a_url)?;
        let oauth = oauth2::basic::BasicClient::new(ClientId::new(client.client_id.clone()));
        let oauth = oauth.set_auth_uri(endpoint).set_redirect_uri(redirect);
        let (url, state) = oauth.authorize_url(CsrfToken::new_random).set_pkce_challenge(challenge).url();
        Ok((in_recorded_order(url), state))
    }
}

/// Puts the query in the order in which the Python tool has it. No server should care, but some do.
fn in_recorded_order(mut url: url::Url) -> String {
    const ORDER: [&str; 6] =
        ["response_type", "client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method"];
    let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    pairs.sort_by_key(|(name, _)| ORDER.iter().position(|known| known == name));
    url.query_pairs_mut().clear().extend_pairs(pairs);
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_has_the_recorded_order() {
        let url = "http://h/authorize/?state=s&client_id=c&response_type=code&code_challenge_method=S256&code_challenge=x\
                   &redirect_uri=http%3A%2F%2Flocalhost%3A1%2Fcallback";
        let ordered = in_recorded_order(url.parse().expect("a URL"));
        let expected = "http://h/authorize/?response_type=code&client_id=c&redirect_uri=http%3A%2F%2Flocalhost%3A1%2Fcallback\
                        &state=s&code_challenge=x&code_challenge_method=S256";
        assert_eq!(ordered, expected);
    }
}
