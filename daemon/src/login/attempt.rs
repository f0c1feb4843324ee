//! One login as callers see it and speak to it.

use parking_lot::{Mutex, MutexGuard};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use jiff::Timestamp;
use mp_proto::event::Event;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::ProjectId;
use mp_proto::secret::Secret;
use mp_proto::wire::{LoginBody, LoginProject, LoginResult, LoginState};
use oauth2::CsrfToken;
use tokio::sync::{oneshot, watch};
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::choice::{self, Wanted};
use super::door::Door;
use super::plan::{Plan, Purpose};
use super::redirect::{self, Returned};
use super::services::Services;

/// One login.
#[derive(Debug)]
pub struct Login {
    pub(super) plan: Plan,
    body: watch::Sender<LoginBody>,
    waiting: Mutex<Awaited>,
    pub(super) cancelled: CancellationToken,
    /// Whether the account becomes the active one. Who joins may want more than who started.
    pub(super) activates: AtomicBool,
    /// Which project it is to choose, if anybody has said so.
    wanted: Mutex<Wanted>,
}

/// What a login waits for from outside.
#[derive(Debug, Default)]
struct Awaited {
    /// The state of the authorization request. It stays after the return: a browser that asks twice is answered twice.
    state: Option<Secret>,
    browser: Option<oneshot::Sender<Returned>>,
    /// What leads a browser to the provider.
    door: Option<Door>,
    /// Whether somebody was given the address of the door: one browser is enough.
    is_opened: bool,
    project: Option<oneshot::Sender<ProjectId>>,
    ended_at: Option<Timestamp>,
}

impl Login {
    pub(super) fn new(plan: Plan) -> Self {
        let body = LoginBody {
            // Nobody should be able to guess it, for it is all that a paste needs to name.
            id: CsrfToken::new_random().secret().clone(),
            state: LoginState::Finishing,
            revision: 1,
            r#type: plan.credential.account_type(),
            account: plan.purpose.account().cloned(),
            region: plan.region,
            authorize_url: None,
            open_url: None,
            redirect_uri: None,
            expires_at: None,
            projects: Vec::new(),
            notes: plan.notes.clone(),
            result: None,
            problem: None,
        };
        let activates = AtomicBool::new(!matches!(plan.purpose, Purpose::Tokens(_)));
        let (waiting, cancelled) = (Mutex::default(), CancellationToken::new());
        let wanted = Mutex::new(plan.wanted.clone());
        Self { plan, body: watch::Sender::new(body), waiting, cancelled, activates, wanted }
    }

    /// Returns its id.
    pub fn id(&self) -> String {
        self.body.borrow().id.clone()
    }

    /// Returns what there is to see of it.
    pub fn body(&self) -> LoginBody {
        self.body.borrow().clone()
    }

    /// Waits until there is something new to see: a later revision than the one known, or, if none is known, a step that is not the
    /// daemon's. Returns what there is in the end.
    pub async fn look(&self, after: Option<u64>, patience: Duration) -> LoginBody {
        let mut changes = self.body.subscribe();
        let is_news = |body: &LoginBody| match after {
            _ if body.state.is_final() => true,
            Some(known) => body.revision > known,
            None => !body.state.is_daemons_turn(),
        };
        // An error means that it took too long, or that nobody changes it any more.
        let _ = tokio::time::timeout(patience, changes.wait_for(is_news)).await;
        self.body()
    }

    /// Waits for its end as the browser sees it: everything that the browser had to do is done.
    pub(super) async fn settled(&self) -> LoginBody {
        let is_settled = |body: &LoginBody| body.state.is_final() || body.state == LoginState::ChooseProject;
        let _ = self.body.subscribe().wait_for(is_settled).await;
        self.body()
    }

    /// Waits until it has ended.
    pub(super) async fn over(&self) {
        let _ = self.body.subscribe().wait_for(|body| body.state.is_final()).await;
    }

    /// Checks what the provider sent by the browser or a person pasted, and takes nothing.
    ///
    /// # Errors
    /// As [`Self::deliver`].
    pub(super) fn check(&self, query: &str) -> Result<(), Failure> {
        self.waiting().read(query).map(drop)
    }

    /// Takes what the provider sent by the browser or a person pasted. The first answer counts; the same one again is no error.
    ///
    /// # Errors
    /// When it is not the answer to this login, or the login waits for none. The login goes on.
    pub fn deliver(&self, query: &str) -> Result<(), Failure> {
        let (redirect, sender) = {
            let mut waiting = self.waiting();
            (waiting.read(query)?, waiting.browser.take())
        };
        if let Some(sender) = sender {
            self.change(|body| {
                body.state = LoginState::Finishing;
                body.authorize_url = None;
            });
            // Nobody receives it if the login has just ended.
            let _ = sender.send(redirect);
        }
        Ok(())
    }

    /// Returns whether a path at the listener leads to the provider.
    pub(super) fn leads_on(&self, path: &str) -> bool {
        self.waiting().door.as_ref().is_some_and(|door| door.is_at(path))
    }

    /// Returns what to open in a browser, to the first who asks while it is waited for: more than one tab helps nobody.
    pub fn take_open_url(&self) -> Option<String> {
        let mut waiting = self.waiting();
        let url = waiting.door.as_ref().filter(|_| !waiting.is_opened).map(|door| door.url().to_owned());
        waiting.is_opened |= url.is_some();
        url
    }

    /// Takes note of the project that another start of the same login wants, and chooses it if that is what the login waits for.
    ///
    /// # Errors
    /// When it is none of those to choose from, or somebody else wants another one. The login goes on.
    pub(super) fn want(&self, wanted: &Wanted) -> Result<(), Failure> {
        let Some(project) = wanted.project() else { return Ok(()) };
        let known = {
            let mut known = self.wanted.lock();
            if known.project().is_none() {
                *known = wanted.clone();
            }
            known.clone()
        };
        if self.body.borrow().state == LoginState::ChooseProject {
            return self.choose(project);
        }
        match (&known.flag, &wanted.flag) {
            (Some(theirs), Some(own)) if theirs != own => Err(self.wants_other(theirs)),
            _ => Ok(()),
        }
    }

    fn wants_other(&self, project: &ProjectId) -> Failure {
        Failure::new(FailureKind::LoginFailed, format!("this login is open already, for project {project}"))
            .next(format!("mp login --cancel {}", self.id()), "cancel it, and begin again")
    }

    /// Returns which project it is to choose.
    pub(super) fn wanted(&self) -> Wanted {
        self.wanted.lock().clone()
    }

    /// Takes the choice of a project.
    ///
    /// # Errors
    /// When it is none of those to choose from, or there is nothing to choose. The login goes on.
    pub fn choose(&self, project: &str) -> Result<(), Failure> {
        let projects = self.body.borrow().projects.clone();
        let (sender, chosen) = {
            let mut waiting = self.waiting();
            if waiting.project.is_none() {
                return Err(not_waiting("does not wait for the choice of a project"));
            }
            let chosen = projects.iter().find(|one| one.id.as_str() == project);
            let chosen = chosen.ok_or_else(|| choice::not_visible(project, &projects))?;
            (waiting.project.take(), chosen.id.clone())
        };
        if let Some(sender) = sender {
            self.change(|body| body.state = LoginState::Finishing);
            let _ = sender.send(chosen);
        }
        Ok(())
    }

    /// Cancels it. What is being stored is stored to its end.
    pub fn cancel(&self) {
        self.cancelled.cancel();
    }

    /// Changes what there is to see. Once a login has ended, nothing does: whoever came too late must not bring it back.
    pub(super) fn change(&self, change: impl FnOnce(&mut LoginBody)) {
        self.body.send_if_modified(|body| {
            let is_open = !body.state.is_final();
            if is_open {
                change(body);
                body.revision += 1;
            }
            is_open
        });
    }

    pub(super) fn tell(&self, note: String) {
        self.change(|body| body.notes.push(note));
    }

    /// Shows the URL and waits for the browser from now on.
    pub(super) fn wait_for_browser(
        &self,
        url: String,
        redirect: String,
        state: Secret,
        door: Option<Door>,
        end: Timestamp,
    ) -> oneshot::Receiver<Returned> {
        let (sender, receiver) = oneshot::channel();
        {
            let mut waiting = self.waiting();
            (waiting.state, waiting.browser, waiting.door) = (Some(state), Some(sender), door);
        }
        self.change(|body| {
            body.state = LoginState::WaitingForBrowser;
            body.authorize_url = Some(url);
            body.redirect_uri = Some(redirect);
            body.expires_at = Some(end);
        });
        receiver
    }

    /// Shows the projects and waits for a choice from now on.
    pub(super) fn wait_for_choice(&self, projects: Vec<LoginProject>, end: Timestamp) -> oneshot::Receiver<ProjectId> {
        let (sender, receiver) = oneshot::channel();
        self.waiting().project = Some(sender);
        self.change(|body| {
            body.state = LoginState::ChooseProject;
            body.projects = projects;
            body.expires_at = Some(end);
        });
        receiver
    }

    /// Ends it. Only the first end counts.
    pub(super) fn end(&self, services: &Services, outcome: Result<LoginResult, Failure>) {
        {
            let mut waiting = self.waiting();
            if waiting.ended_at.is_some() {
                return;
            }
            *waiting = Awaited { ended_at: Some(services.clock.now()), ..Awaited::default() };
        }
        let problem = outcome.as_ref().err().map(|failure| failure.detail.clone());
        self.change(|body| {
            body.state = if outcome.is_ok() { LoginState::Done } else { LoginState::Failed };
            body.authorize_url = None;
            body.expires_at = None;
            match outcome {
                Ok(result) => body.result = Some(result),
                Err(failure) => body.problem = Some(failure.to_body()),
            }
            let account = body.account.as_ref().map(ToString::to_string);
            info!(login = %body.id, account = account.as_deref().unwrap_or(""), done = problem.is_none(), "login has ended");
            // Before anybody can see the end: whoever has seen it finds the event, and whoever got the event sees the end.
            services.hub.publish(&Event::LoginCompleted { id: body.id.clone(), account, problem });
        });
    }

    pub(super) fn is_over(&self) -> bool {
        self.body.borrow().state.is_final()
    }

    pub(super) fn ended_at(&self) -> Option<Timestamp> {
        self.waiting().ended_at
    }

    fn waiting(&self) -> MutexGuard<'_, Awaited> {
        self.waiting.lock()
    }
}

impl Awaited {
    fn read(&self, query: &str) -> Result<Returned, Failure> {
        let Some(state) = &self.state else { return Err(not_waiting("does not wait for a browser")) };
        Ok(redirect::read(query, state)?)
    }
}

fn not_waiting(what: &str) -> Failure {
    Failure::new(FailureKind::LoginFailed, format!("the login {what} (any more)"))
}
