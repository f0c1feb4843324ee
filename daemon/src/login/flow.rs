//! What happens in a login, from its start to its end. It runs in a task of its own and needs nobody to watch.

use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::{AccountName, ProjectId, Region};
use mp_proto::secret::Secret;
use mp_proto::wire::LoginResult;
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, RedirectUrl};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::attempt::Login;
use super::callback::{self, Listener};
use super::choice::{self, Choice};
use super::plan::{Plan, Purpose};
use super::publication::{self, Entry};
use super::redirect::Returned;
use super::services::Services;
use super::{probe, registration};
use crate::config::Account;
use crate::config::edit::LoginProjectChange;
use crate::identity::bases::CallerBases;
use crate::identity::registration::Registration;
use crate::identity::tokens::Tokens;
use crate::identity::{Authorization, Identity};
use crate::me::user::Me;
use crate::mixpanel::Host;

/// How long a person may take with the browser. As long as the Python tool waits.
const BROWSER: SignedDuration = SignedDuration::from_secs(300);

/// How long a person may take to choose a project.
const CHOOSING: SignedDuration = SignedDuration::from_mins(10);

/// How often the clock is looked at: a timer stops while a laptop sleeps.
const LOOK: Duration = Duration::from_millis(500);

/// Runs a login to its end.
pub(super) async fn run(services: Arc<Services>, login: Arc<Login>) {
    let ending = Ending { services: Arc::clone(&services), login: Arc::clone(&login) };
    let flow = Flow { services, login, serving: Mutex::default() };
    let outcome = flow.run().await.map_err(|failure| flow.with_next_step(failure));
    // Whoever logs in again right after this one should find its port free, for a registration is for one port.
    flow.close().await;
    ending.login.end(&ending.services, outcome);
}

/// Ends a login whose task ends otherwise, by a panic: nobody should wait for ever.
struct Ending {
    services: Arc<Services>,
    login: Arc<Login>,
}

impl Drop for Ending {
    fn drop(&mut self) {
        let detail = "the daemon made an error; its log says more";
        self.login.end(&self.services, Err(Failure::new(FailureKind::Internal, detail)));
    }
}

struct Flow {
    services: Arc<Services>,
    login: Arc<Login>,
    serving: Mutex<Option<Serving>>,
}

/// The task of the listener. Dropped, it closes by itself.
struct Serving {
    open: DropGuard,
    task: JoinHandle<()>,
}

/// A credential that works, and whose.
struct Proven {
    region: Region,
    me: Arc<Me>,
    tokens: Option<Tokens>,
}

impl Flow {
    fn plan(&self) -> &Plan {
        &self.login.plan
    }

    async fn run(&self) -> Result<LoginResult, Failure> {
        let proven = self.unless_stopped(self.prove()).await?;
        let existing = self.existing(&proven)?;
        let (account, project) = self.project(&proven, existing.as_deref()).await?;
        self.publish(proven, account, project).await
    }

    /// A person who was in a browser is not left there without knowing what to do.
    fn with_next_step(&self, failure: Failure) -> Failure {
        let is_browser = self.plan().authorization.is_none();
        if is_browser && failure.next.is_empty() {
            return failure.next(self.plan().purpose.command(), "log in again");
        }
        failure
    }

    /// Runs what may be dropped half-way: nothing of it is stored.
    async fn unless_stopped<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let failed = |detail: String| Err(Failure::new(FailureKind::LoginFailed, detail));
        tokio::select! {
            biased;
            () = self.services.life.stopping() => {
                failed(format!("the daemon stopped ({}) before the login was finished", self.services.life.reason()))
            }
            () = self.login.cancelled.cancelled() => failed("the login was cancelled".to_owned()),
            done = work => done,
        }
    }

    async fn prove(&self) -> Result<Proven, Failure> {
        let plan = self.plan();
        let Some(authorization) = &plan.authorization else { return self.prove_by_browser().await };
        let region = match plan.region {
            Some(region) => region,
            None => {
                let tell = |note| self.login.tell(note);
                let region = probe::probe(&self.services.mixpanel, authorization, &plan.network, tell).await?;
                self.login.change(|body| body.region = Some(region));
                region
            }
        };
        let me = self.ask(region, authorization.clone()).await?;
        Ok(Proven { region, me: Arc::new(me), tokens: None })
    }

    async fn ask(&self, region: Region, authorization: Authorization) -> Result<Me, Failure> {
        let plan = self.plan();
        let account = plan.purpose.account();
        let identity = Identity {
            name: account.map_or_else(|| "(new)".to_owned(), ToString::to_string),
            region,
            authorization,
            headers: plan.network.headers.clone(),
            bases: plan.network.bases.clone(),
        };
        self.services.users.ask(&identity).await.map_err(|mut failure| {
            failure.account = account.map(ToString::to_string);
            failure
        })
    }

    async fn prove_by_browser(&self) -> Result<Proven, Failure> {
        let region = self.plan().region.unwrap_or(Region::Us);
        let tokens = self.grant(region).await?;
        let me = self.ask(region, Authorization::Bearer(tokens.access_token.clone())).await;
        let me = me.map_err(|mut failure| {
            failure.kind = FailureKind::LoginFailed;
            failure.detail =
                format!("the browser login worked, but Mixpanel does not say who it is: {}", failure.detail);
            failure
        })?;
        Ok(Proven { region, me: Arc::new(me), tokens: Some(tokens) })
    }

    /// Sends a person to the provider and returns what it grants.
    async fn grant(&self, region: Region) -> Result<Tokens, Failure> {
        let (port, listener) = self.listen(region)?;
        let client = registration::client_for(&self.services, region, &callback::redirect_uri(port)).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state) = self.authorize_url(region, &client, challenge)?;
        let end = later(self.services.clock.now(), BROWSER);
        let state = Secret::new(state.secret().clone());
        let returned = self.login.wait_for_browser(url, client.redirect_uri.clone(), state, end);
        if let Some(listener) = listener {
            self.serve(listener);
        }
        let seconds = BROWSER.as_secs();
        let code = match self.until(end, returned).await {
            Some(Returned::Code(code)) => code,
            Some(Returned::Denied(why)) => {
                let detail = format!("the login was denied: {why}");
                return Err(Failure::new(FailureKind::LoginDenied, detail)
                    .next(self.plan().purpose.command(), "log in again, and allow it"));
            }
            None => {
                let detail = format!("the browser did not come back within {seconds} s");
                return Err(Failure::new(FailureKind::LoginFailed, detail).next(
                    format!("{} --no-browser", self.plan().purpose.command()),
                    "log in by pasting the address from any browser",
                ));
            }
        };
        let verifier = Secret::new(verifier.into_secret());
        let (client_id, redirect) = (&client.client_id, &client.redirect_uri);
        let granted = self.services.endpoint.exchange(region, client_id, redirect, code, verifier).await;
        granted.map_err(|error| {
            registration::forget_refused(&self.services, &client, &error);
            error.of_exchange()
        })
    }

    fn serve(&self, listener: Listener) {
        let closing = CancellationToken::new();
        let task = listener.serve(self.services.life.clone(), Arc::clone(&self.login), closing.clone());
        let serving = Serving { open: closing.drop_guard(), task: self.services.life.spawn(task) };
        *self.serving.lock() = Some(serving);
    }

    /// Closes the listener. Connections that wait for the end of the login still get their page.
    async fn close(&self) {
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
            Ok(listener) => Ok((listener.port(), Some(listener))),
            Err(error) if self.plan().no_browser => {
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

    /// Waits until somebody answers or a time has come.
    async fn until<T>(&self, end: Timestamp, mut answer: oneshot::Receiver<T>) -> Option<T> {
        let known = self.services.clock.moment();
        while self.services.clock.moment().left_until(end, &known) > SignedDuration::ZERO {
            if let Ok(answered) = tokio::time::timeout(LOOK, &mut answer).await {
                return answered.ok();
            }
        }
        None
    }

    /// Returns the account that the login is for, if it exists: the one that was named, or the one that this user has already.
    fn existing(&self, proven: &Proven) -> Result<Option<Arc<Account>>, Failure> {
        let snapshot = publication::look(&self.services, self.plan())?;
        let account = match &self.plan().purpose {
            Purpose::Again(name) | Purpose::Tokens(name) => Some(Arc::clone(snapshot.account(name.as_str())?)),
            Purpose::New(Some(_)) => None,
            Purpose::New(None) => {
                let mut accounts = snapshot.config.accounts.values();
                accounts.find(|account| self.is_of_the_same_user(account, proven)).cloned()
            }
        };
        if let Some(account) = &account {
            self.login.change(|body| body.account = Some(account.name.clone()));
        }
        Ok(account)
    }

    fn is_of_the_same_user(&self, account: &Account, proven: &Proven) -> bool {
        let fits = account.account_type() == self.plan().credential.account_type() && account.region == proven.region;
        let first = |me: &Me| me.organizations().into_iter().next().map(|organization| organization.id);
        fits && self.services.users.remembered(&account.name).is_some_and(|known| {
            known.user_id.is_some() && known.user_id == proven.me.user_id && first(&known) == first(&proven.me)
        })
    }

    /// Decides the default project. What exists keeps its own.
    async fn project(
        &self,
        proven: &Proven,
        existing: Option<&Account>,
    ) -> Result<(Option<AccountName>, LoginProjectChange), Failure> {
        let plan = self.plan();
        let is_browser = proven.tokens.is_some();
        let name = existing.map(|account| account.name.clone());
        let kept = existing.and_then(|account| account.default_project.as_ref()).map(|project| project.value.clone());
        let is_named = !matches!(plan.purpose, Purpose::New(_));
        let (change, project) = match kept {
            Some(kept) if plan.project.is_none() => (LoginProjectChange::Keep, Some(kept)),
            _ if is_named => {
                let project = if is_browser { choice::smallest(&proven.me) } else { None };
                (project.clone().map_or(LoginProjectChange::Keep, LoginProjectChange::IfUnset), project)
            }
            _ => {
                let project = self.choose(proven).await?;
                (project.clone().map_or(LoginProjectChange::Keep, LoginProjectChange::Set), project)
            }
        };
        if let (true, Some(project)) = (is_browser, &project) {
            choice::check_region(&proven.me, project, proven.region)?;
        }
        Ok((name, change))
    }

    async fn choose(&self, proven: &Proven) -> Result<Option<ProjectId>, Failure> {
        let plan = self.plan();
        let projects = match choice::choose(&proven.me, plan.project.as_ref(), plan.project_variable.as_deref())? {
            Choice::One(project) => return Ok(Some(project)),
            Choice::None => return Ok(None),
            Choice::Ask(projects) => projects,
        };
        let end = later(self.services.clock.now(), CHOOSING);
        let answer = self.login.wait_for_choice(projects, end);
        let chosen = self.unless_stopped(async { Ok(self.until(end, answer).await) }).await?;
        chosen.map(Some).ok_or_else(|| {
            let detail = format!("no project was chosen within {} min", CHOOSING.as_mins());
            Failure::new(FailureKind::LoginFailed, detail).next("mp login --project ID", "name the project")
        })
    }

    /// Returns whether the cached answer of an account is about another user than the one that has logged in: then it must not stay,
    /// and the person should know.
    fn was_somebody_else(&self, account: Option<&AccountName>, me: &Me) -> bool {
        let remembered = account.and_then(|name| self.services.users.remembered(name));
        let Some(former) = remembered.filter(|former| former.user_id != me.user_id) else { return false };
        let email = |me: &Me| me.user_email.clone().unwrap_or_else(|| "an unknown user".to_owned());
        self.login.tell(format!("the account was that of {}; now it is that of {}", email(&former), email(me)));
        true
    }

    async fn publish(
        &self,
        proven: Proven,
        existing: Option<AccountName>,
        project: LoginProjectChange,
    ) -> Result<LoginResult, Failure> {
        let Proven { region, me, tokens } = proven;
        let activate = self.login.activates.load(std::sync::atomic::Ordering::Relaxed);
        let expires_at = tokens.as_ref().map(|tokens| tokens.expires_at);
        let is_somebody_else = self.was_somebody_else(existing.as_ref(), &me);
        let keep_me = activate || is_somebody_else;
        let entry = Entry { region, me: Arc::clone(&me), tokens, project, activate, keep_me };
        let (name, snapshot) = publication::publish(&self.services, self.plan(), existing.as_ref(), entry).await?;
        let account = snapshot.config.accounts.get(&name);
        let project = account.and_then(|account| account.default_project.as_ref()).map(|project| project.value.clone());
        let paths = &self.services.paths;
        let result = LoginResult {
            user_id: me.user_id,
            user_email: me.user_email.clone(),
            project_name: project.as_ref().and_then(|project| me.project_name(project)),
            project,
            expires_at,
            tokens_path: expires_at.map(|_| paths.tokens(&name).display().to_string()),
            client_path: expires_at.map(|_| paths.oauth_client(region).display().to_string()),
        };
        self.login.change(|body| body.account = Some(name));
        Ok(result)
    }
}

/// A clock near the end of time does not stop a login.
fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
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
