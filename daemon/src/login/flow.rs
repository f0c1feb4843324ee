//! What happens in a login, from its start to its end. It runs in a task of its own and needs nobody to watch.

use std::sync::Arc;

use jiff::SignedDuration;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::{AccountName, ProjectId, Region};
use mp_proto::wire::{LoginResult, LoginStart};

use super::attempt::Login;
use super::choice::{self, Choice};
use super::grant::Browsing;
use super::plan::{Plan, Purpose};
use super::probe;
use super::publication::{self, Entry};
use super::services::Services;
use super::wait::{later, until};
use crate::config::Account;
use crate::config::edit::LoginProjectChange;
use crate::identity::tokens::Tokens;
use crate::identity::{Authorization, Identity};
use crate::me::user::Me;

/// How long a person may take to choose a project.
const CHOOSING: SignedDuration = SignedDuration::from_mins(10);

/// Runs a login to its end.
pub(super) async fn run(services: Arc<Services>, login: Arc<Login>) {
    let ending = Ending { services: Arc::clone(&services), login: Arc::clone(&login) };
    let browsing = Browsing::new(Arc::clone(&services), Arc::clone(&login));
    let flow = Flow { services, login, browsing };
    let outcome = flow.run().await.map_err(|failure| flow.with_next_step(failure));
    // Whoever logs in again right after this one should find its port free, for a registration is for one port.
    flow.browsing.close().await;
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
    browsing: Browsing,
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
            return failure.next(self.plan().command(), "log in again");
        }
        failure
    }

    /// Runs what may be dropped half-way: nothing of it is stored.
    async fn unless_stopped<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let failed = |detail: String| Err(Failure::new(FailureKind::LoginFailed, detail));
        tokio::select! {
            biased;
            _ = self.services.life.pressed() => {
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
        let tokens = self.browsing.grant(region).await?;
        let me = self.ask(region, Authorization::Bearer(tokens.access_token.clone())).await;
        let me = me.map_err(|mut failure| {
            failure.kind = FailureKind::LoginFailed;
            failure.detail =
                format!("the browser login worked, but Mixpanel does not say who it is: {}", failure.detail);
            failure
        })?;
        Ok(Proven { region, me: Arc::new(me), tokens: Some(tokens) })
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
            Some(kept) if self.login.wanted().flag.is_none() => (LoginProjectChange::Keep, Some(kept)),
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
            let start = if is_named { LoginStart::default() } else { plan.start.clone() };
            let again = |right: Region| {
                LoginStart { region: Some(right.to_string()), project: Some(project.to_string()), ..start }.command()
            };
            choice::check_region(&proven.me, project, proven.region, again)?;
        }
        Ok((name, change))
    }

    async fn choose(&self, proven: &Proven) -> Result<Option<ProjectId>, Failure> {
        let projects = match choice::choose(&proven.me, &self.login.wanted())? {
            Choice::One(project) => return Ok(Some(project)),
            Choice::None => return Ok(None),
            Choice::Ask(projects) => projects,
        };
        // The browser has done its part, and another login may need the port.
        self.browsing.close().await;
        let end = later(self.services.clock.now(), CHOOSING);
        let answer = self.login.wait_for_choice(projects, end);
        // Somebody may have said it since. One that cannot be seen is that caller's mistake, and was told there.
        if let Some(project) = self.login.wanted().project() {
            let _ = self.login.choose(project);
        }
        let clock = &*self.services.clock;
        let chosen = self.unless_stopped(async { Ok(until(clock, end, answer).await) }).await?;
        chosen.map(Some).ok_or_else(|| {
            let detail = format!("no project was chosen within {} min", CHOOSING.as_mins());
            let again = LoginStart { project: Some("ID".to_owned()), ..self.plan().start.clone() };
            Failure::new(FailureKind::LoginFailed, detail).next(again.command(), "name the project")
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
