//! A choice of account, project and workspace, as a value: switching makes a new one and changes nothing anywhere else.

use std::sync::Arc;
use std::time::Duration;

use hyper::Method;
use mp_proto::deadline::{CALL, IDENTITY};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::plane::Plane;
use mp_proto::routes::{ME, PROJECTS, SESSION, SESSION_CREDENTIAL, WORKSPACES};
use mp_proto::secret::Secret;
use mp_proto::wire::{SessionPatch, TokenRequest};
use serde_json::Value;

use super::accounts::seconds;
use super::api_call::ApiCall;
use super::bytes::Lines;
use super::choice::{Choice, Pin, Switch, needs};
use super::client::Client;
use super::link::Request;
use super::names::{ActiveSession, Credential, Projects, Session, Workspaces};
use super::operations::Operations;
use super::scope::Scope;
use super::sessions::persist;

/// Which account, project and workspace calls are for.
///
/// It is a value: `use_…` returns another one, and this one stays as it is. Nothing is written and nobody is asked until a call is made,
/// so that a name that does not exist is told by the first call. What is not chosen is left to the daemon: to the environment of this
/// process, a bridge file, and what is persisted.
///
/// * [`use_account`](Self::use_account) takes nothing over: the project is found anew, for that account.
/// * [`use_project`](Self::use_project) keeps the account and drops the workspace.
/// * [`use_workspace`](Self::use_workspace) keeps both.
/// * [`use_target`](Self::use_target) replaces all three. A later `use_account` leaves the target; a later `use_project` or
///   `use_workspace` keeps its account.
///
/// `MP_PROJECT_ID`, `MP_WORKSPACE_ID` and a credential in the environment win over what is chosen here, as they do over the flags of
/// `mp`; [`resolve`](Self::resolve) tells. `MP_ACCOUNT` and `MP_TARGET` stand for a choice and give way to one.
///
/// ```no_run
/// # async fn example() -> Result<(), mp_client::Failure> {
/// use mp_client::Workspace;
///
/// let ws = Workspace::connect().await?;
/// let events = ws.use_account("team").use_project("3018488").run("inspect.events", serde_json::json!({})).await?;
/// let shop = ws.use_target("ecom").pin().await?;
/// println!("{events} {:?}", shop.project());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Workspace {
    client: Client,
    scope: Scope,
    /// Only while nothing else has been chosen since.
    session: Option<Arc<Session>>,
}

impl Client {
    /// Returns a workspace in which nothing is chosen: all of it is left to the environment and to what is persisted.
    pub fn workspace(&self) -> Workspace {
        Workspace::of(self.clone())
    }
}

impl Workspace {
    /// Connects, and returns a workspace in which nothing is chosen.
    ///
    /// # Errors
    /// Those of [`Client::connect`].
    pub async fn connect() -> Result<Self, Failure> {
        Client::connect().await.map(Self::of)
    }

    fn of(client: Client) -> Self {
        let scope = Scope::of(client.link().clone());
        Self { client, scope, session: None }
    }

    /// Returns the client.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Returns a workspace of an account, with the project that it has by default.
    pub fn use_account(&self, name: impl Into<String>) -> Self {
        self.with(Choice::account(name.into()))
    }

    /// Returns a workspace of a project, with the account of this one.
    pub fn use_project(&self, id: impl Into<String>) -> Self {
        self.with(self.scope.here().project(id.into()))
    }

    /// Returns a workspace with the account and the project of this one.
    pub fn use_workspace(&self, id: i64) -> Self {
        self.with(self.scope.here().workspace(id))
    }

    /// Returns a workspace of a saved target. It is looked up at each call, until [`Self::pin`] holds it.
    pub fn use_target(&self, name: impl Into<String>) -> Self {
        self.with(Choice::target(name.into()))
    }

    /// Returns a workspace after several switches at once, such as a program has them from its own flags. Empty, it changes nothing.
    ///
    /// # Errors
    /// When a target comes with what it decides: `target` is mutually exclusive with `account`, `project` and `workspace`.
    pub fn switch(&self, switch: &Switch) -> Result<Self, Failure> {
        switch.check()?;
        let mut here = self.clone();
        if let Some(target) = &switch.target {
            here = here.use_target(target);
        }
        if let Some(account) = &switch.account {
            here = here.use_account(account);
        }
        if let Some(project) = &switch.project {
            here = here.use_project(project);
        }
        if let Some(workspace) = switch.workspace {
            here = here.use_workspace(workspace);
        }
        Ok(here)
    }

    fn with(&self, choice: Choice) -> Self {
        Self { client: self.client.clone(), scope: self.scope.with(choice), session: None }
    }

    /// Returns the account that was chosen; none if it is left to others, or to a target. After [`Self::pin`] it is the one in use.
    pub fn account(&self) -> Option<&str> {
        let pinned = self.session.as_ref().and_then(|session| session.account.as_ref());
        pinned.map(|account| account.name.as_str()).or(self.scope.choice().axes().account.as_deref())
    }

    /// Returns the project that was chosen; none if it is left to others, or to a target. After [`Self::pin`] it is the one in use.
    pub fn project(&self) -> Option<&str> {
        let pinned = self.session.as_ref().and_then(|session| session.project.as_ref());
        pinned.map(|project| project.id.as_str()).or(self.scope.choice().axes().project.as_deref())
    }

    /// Returns the workspace that was chosen; none if it is left to others, or to a target. After [`Self::pin`] it is the one in use, if
    /// one was pinned.
    pub fn workspace(&self) -> Option<i64> {
        let pinned = self.session.as_ref().and_then(|session| session.workspace.as_ref());
        pinned.and_then(|workspace| i64::try_from(workspace.id.get()).ok()).or(self.scope.choice().axes().workspace)
    }

    /// Returns the target that was chosen.
    pub fn target(&self) -> Option<&str> {
        self.scope.choice().name_of_target()
    }

    /// Returns what [`Self::pin`] has found; none before, and after another switch.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_deref()
    }

    /// Returns account, project and workspace that a call from here has now, each with who decided it and where.
    ///
    /// # Errors
    /// When they cannot be resolved. That something is missing is an answer: see [`crate::SessionState`].
    pub async fn resolve(&self) -> Result<Session, Failure> {
        self.scope.get(SESSION, CALL).await
    }

    /// Returns a workspace that is held to the ids that this one resolves to now, for work that goes on while others switch accounts,
    /// edit targets or change defaults. Credentials stay fresh.
    ///
    /// Where nobody has chosen a workspace, that is held, too: a call that needs one has the default one of the project, whatever others
    /// pin. An account that comes from a bridge file is held to that file. Further switches start from what is held.
    ///
    /// # Errors
    /// When there is no account or project, or they cannot be resolved.
    pub async fn pin(&self) -> Result<Self, Failure> {
        let session = self.resolve().await?;
        if let Some(failure) = needs(&session) {
            return Err(failure);
        }
        let scope = self.scope.pinned(Choice::pinned(&session), Pin::of(&session, self.scope.pin()));
        Ok(Self { client: self.client.clone(), scope, session: Some(Arc::new(session)) })
    }

    /// Persists what was chosen, for every tool, and returns what is persisted now. A project becomes the default one of its account.
    ///
    /// # Errors
    /// When nothing was chosen, or it names what does not exist.
    pub async fn persist(&self) -> Result<ActiveSession, Failure> {
        let choice = self.scope.settled().await?;
        let (target, axes) = (choice.name_of_target().map(str::to_owned), choice.axes().clone());
        let patch = SessionPatch { account: axes.account, project: axes.project, workspace: axes.workspace, target };
        persist(self.scope.link(), &patch).await
    }

    /// Returns the operations of the catalog, for this workspace.
    pub fn operations(&self) -> Operations {
        Operations::of(self.scope.clone())
    }

    /// Runs an operation of the catalog and returns what it answers.
    ///
    /// # Errors
    /// When arguments are wrong (all problems together), or Mixpanel refuses.
    pub async fn run(&self, id: &str, arguments: Value) -> Result<Value, Failure> {
        self.operations().run(id, arguments).await
    }

    /// Runs an operation whose answer is JSON Lines, and returns them as they come.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub async fn stream(&self, id: &str, arguments: Value) -> Result<Lines, Failure> {
        self.operations().stream(id, arguments).await
    }

    /// Returns a call of Mixpanel's own API. In its path, `{project_id}` and `{workspace_id}` stand for those of this workspace.
    pub fn api(&self, plane: Plane, method: Method, path: impl Into<String>) -> ApiCall {
        ApiCall::of(self.scope.clone(), plane, method, path.into())
    }

    /// Reveals what calls from here authenticate with, for programs that call Mixpanel themselves. A bearer is valid for that long at
    /// least; the daemon refreshes it if it must, once for all who ask.
    ///
    /// # Errors
    /// When there is no account, a person has to log in, or there is no token just now.
    pub async fn credential(&self, min_valid: Duration) -> Result<Credential, Failure> {
        let body = TokenRequest { min_valid_s: Some(seconds(min_valid)) };
        let request = Request { method: Method::POST, path: SESSION_CREDENTIAL, body: Some(&body), deadline: CALL };
        self.scope.call(request).await.map(|answer| answer.body)
    }

    /// Reveals the bearer of calls from here, valid for that long at least.
    ///
    /// # Errors
    /// As [`Self::credential`], and when it is a service account, which has no bearer.
    pub async fn token(&self, min_valid: Duration) -> Result<Secret, Failure> {
        let Credential { token, account, .. } = self.credential(min_valid).await?;
        token.ok_or_else(|| {
            let detail = format!(
                "account '{account}' is a service account: it has a secret and no bearer; ask for the credential"
            );
            Failure::new(FailureKind::TokenMissing, detail).account(account)
        })
    }

    /// Returns what Mixpanel says of the account's user, as it says it.
    ///
    /// # Errors
    /// When it does not.
    pub async fn me(&self) -> Result<Value, Failure> {
        self.scope.get(ME, IDENTITY).await
    }

    /// Returns the projects that the account can see.
    ///
    /// # Errors
    /// When Mixpanel does not say.
    pub async fn projects(&self) -> Result<Projects, Failure> {
        self.scope.get(PROJECTS, IDENTITY).await
    }

    /// Returns the workspaces of the project.
    ///
    /// # Errors
    /// When there is no project, or Mixpanel does not say.
    pub async fn workspaces(&self) -> Result<Workspaces, Failure> {
        self.scope.get(WORKSPACES, IDENTITY).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_shared<T: Send + Sync + Clone + 'static>() {}

    fn is_sent<T: Send>(_: T) {}

    #[test]
    fn clients_go_into_tasks_and_so_do_their_calls() {
        is_shared::<Client>();
        is_shared::<Workspace>();
        let client = Client::builder().variables([("HOME", "/h")]).build().expect("a client");
        is_sent(client.version());
        is_sent(client.workspace().resolve());
        is_sent(client.workspace().run("inspect.events", serde_json::json!({})));
        is_sent(client.events());
    }

    #[test]
    fn a_client_shows_no_variable() {
        let builder = Client::builder().variables([("HOME", "/h"), ("MP_SECRET", "hunter2")]);
        let shown = format!("{builder:?} {:?}", builder.clone().build().expect("a client"));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
