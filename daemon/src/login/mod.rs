//! Logins as shared objects: any tool can start one, watch it, finish it by paste, choose its project, or cancel it.
//!
//! A login lives in a task of the daemon, not in a call: whoever started it may go, and it still comes to its end. This file holds
//! what callers see; [`flow`] is what happens, [`plan`] what was asked for.

pub(crate) mod addition;
pub mod callback;
mod choice;
mod flow;
pub mod naming;
mod page;
pub mod plan;
pub mod probe;
mod publish;
pub mod redirect;
pub mod register;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mp_proto::event::Event;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::ProjectId;
use mp_proto::secret::Secret;
use mp_proto::wire::{LoginBody, LoginProject, LoginResult, LoginState};
use oauth2::CsrfToken;
use tokio::sync::{Semaphore, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::server::app::App;
use plan::{Plan, Purpose};
use redirect::Returned;

/// How long a login that has ended can still be looked at.
const KEPT: SignedDuration = SignedDuration::from_mins(10);

/// How many that have ended are kept.
const MAX_ENDED: usize = 32;

/// How many may be open. There are four callback ports; the others wait for a paste or a choice.
const MAX_OPEN: usize = 16;

/// All logins, oldest first.
#[derive(Debug)]
pub struct Logins {
    all: Mutex<Vec<Arc<Login>>>,
    /// One login is published at a time: a name that is free must still be free when its block is written.
    publishing: Semaphore,
}

impl Default for Logins {
    fn default() -> Self {
        Self { all: Mutex::default(), publishing: Semaphore::new(1) }
    }
}

impl Logins {
    /// Returns how many have not ended. A daemon with one does not leave for being idle.
    pub fn open(&self) -> usize {
        self.lock().iter().filter(|login| !login.is_over()).count()
    }

    /// Returns a login by its id.
    pub fn find(&self, app: &App, id: &str) -> Option<Arc<Login>> {
        let mut all = self.lock();
        forget_old(&mut all, app.clock.now());
        all.iter().find(|login| login.id() == id).cloned()
    }

    /// Starts a login, or returns the open one that is the same, and whether it is new.
    ///
    /// # Errors
    /// When too many are open, or the daemon is leaving.
    pub fn begin(&self, app: &Arc<App>, plan: Plan) -> Result<(Arc<Login>, bool), Failure> {
        if app.stop.is_cancelled() {
            return Err(Failure::new(FailureKind::Stopping, "the daemon is stopping"));
        }
        let mut all = self.lock();
        forget_old(&mut all, app.clock.now());
        let open = || all.iter().filter(|login| !login.is_over());
        if let Some(same) = open().find(|login| login.plan.is_same(&plan)) {
            if !matches!(plan.purpose, Purpose::Tokens(_)) {
                same.activates.store(true, Ordering::Relaxed);
            }
            return Ok((Arc::clone(same), false));
        }
        if open().count() >= MAX_OPEN {
            let detail = format!("{MAX_OPEN} logins are open; finish or cancel one first");
            return Err(Failure::new(FailureKind::LoginFailed, detail));
        }
        let login = Arc::new(Login::new(plan));
        all.push(Arc::clone(&login));
        drop(all);
        let account = login.plan.purpose.account().map(ToString::to_string);
        info!(login = %login.id(), account = account.as_deref().unwrap_or(""), "login was started");
        app.hub.publish(&Event::LoginStarted { id: login.id(), account });
        app.tasks.spawn(flow::run(Arc::clone(app), Arc::clone(&login)));
        Ok((login, true))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Login>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn forget_old(all: &mut Vec<Arc<Login>>, now: Timestamp) {
    all.retain(|login| login.ended_at().is_none_or(|ended| now.duration_since(ended) < KEPT));
    let mut surplus = all.iter().filter(|login| login.is_over()).count().saturating_sub(MAX_ENDED);
    all.retain(|login| {
        let goes = surplus > 0 && login.is_over();
        surplus -= usize::from(goes);
        !goes
    });
}

/// One login.
#[derive(Debug)]
pub struct Login {
    plan: Plan,
    body: watch::Sender<LoginBody>,
    waiting: Mutex<Waiting>,
    cancelled: CancellationToken,
    /// Whether the account becomes the active one. Who joins may want more than who started.
    activates: AtomicBool,
}

/// What a login waits for from outside.
#[derive(Debug, Default)]
struct Waiting {
    /// The state of the authorization request. It stays after the return: a browser that asks twice is answered twice.
    state: Option<Secret>,
    browser: Option<oneshot::Sender<Returned>>,
    project: Option<oneshot::Sender<ProjectId>>,
    ended_at: Option<Timestamp>,
}

impl Login {
    fn new(plan: Plan) -> Self {
        let body = LoginBody {
            // Nobody should be able to guess it, for it is all that a paste needs to name.
            id: CsrfToken::new_random().secret().clone(),
            state: LoginState::Finishing,
            revision: 1,
            r#type: plan.credential.account_type(),
            account: plan.purpose.account().cloned(),
            region: plan.region,
            authorize_url: None,
            redirect_uri: None,
            expires_at: None,
            projects: Vec::new(),
            notes: plan.notes.clone(),
            result: None,
            problem: None,
        };
        let activates = AtomicBool::new(!matches!(plan.purpose, Purpose::Tokens(_)));
        let (waiting, cancelled) = (Mutex::default(), CancellationToken::new());
        Self { plan, body: watch::Sender::new(body), waiting, cancelled, activates }
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
    async fn settled(&self) -> LoginBody {
        let is_settled = |body: &LoginBody| body.state.is_final() || body.state == LoginState::ChooseProject;
        let _ = self.body.subscribe().wait_for(is_settled).await;
        self.body()
    }

    /// Waits until it has ended.
    async fn over(&self) {
        let _ = self.body.subscribe().wait_for(|body| body.state.is_final()).await;
    }

    /// Takes what the provider sent by the browser or a person pasted. The first answer counts; the same one again is no error.
    ///
    /// # Errors
    /// When it is not the answer to this login, or the login waits for none. The login goes on.
    pub fn deliver(&self, query: &str) -> Result<(), Failure> {
        let (redirect, sender) = {
            let mut waiting = self.waiting();
            let Some(state) = &waiting.state else { return Err(not_waiting("does not wait for a browser")) };
            (redirect::read(query, state)?, waiting.browser.take())
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
    fn change(&self, change: impl FnOnce(&mut LoginBody)) {
        self.body.send_if_modified(|body| {
            let is_open = !body.state.is_final();
            if is_open {
                change(body);
                body.revision += 1;
            }
            is_open
        });
    }

    fn tell(&self, note: String) {
        self.change(|body| body.notes.push(note));
    }

    /// Shows the URL and waits for the browser from now on.
    fn wait_for_browser(
        &self,
        url: String,
        redirect: String,
        state: Secret,
        end: Timestamp,
    ) -> oneshot::Receiver<Returned> {
        let (sender, receiver) = oneshot::channel();
        {
            let mut waiting = self.waiting();
            (waiting.state, waiting.browser) = (Some(state), Some(sender));
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
    fn wait_for_choice(&self, projects: Vec<LoginProject>, end: Timestamp) -> oneshot::Receiver<ProjectId> {
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
    fn end(&self, app: &App, outcome: Result<LoginResult, Failure>) {
        {
            let mut waiting = self.waiting();
            if waiting.ended_at.is_some() {
                return;
            }
            *waiting = Waiting { ended_at: Some(app.clock.now()), ..Waiting::default() };
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
            app.hub.publish(&Event::LoginCompleted { id: body.id.clone(), account, problem });
        });
    }

    fn is_over(&self) -> bool {
        self.body.borrow().state.is_final()
    }

    fn ended_at(&self) -> Option<Timestamp> {
        self.waiting().ended_at
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn not_waiting(what: &str) -> Failure {
    Failure::new(FailureKind::LoginFailed, format!("the login {what} (any more)"))
}

#[cfg(test)]
mod tests;
