//! Logins. A login is an object of the daemon that any tool may show, finish or cancel; this is a handle to one.

use std::time::Duration;

use hyper::Method;
use mp_proto::deadline::{CALL, IDENTITY};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::{LOGIN, LOGIN_CALLBACK, LOGIN_PROJECT, LOGINS, fill};
use mp_proto::secret::Secret;
use mp_proto::wire::{LoginBody, LoginCallback, LoginChoice, LoginProject, LoginStart, LoginState, LoginsBody};

use super::link::{Link, Request};
use super::names::OAuthLoginResult;

/// How long the daemon may keep one look at a login waiting for a change.
const WAIT_S: u64 = 20;

/// How long such a look may take before the daemon counts as stuck. A deadline of the client is for calls, and does not count here.
const LOOK: Duration = Duration::from_secs(WAIT_S + 15);

/// The logins of the daemon: [`crate::Client::logins`].
///
/// ```no_run
/// # async fn example(client: mp_client::Client) -> Result<(), mp_client::Failure> {
/// use mp_client::LoginStart;
///
/// let mut login = client.logins().start(&LoginStart { name: Some("me".into()), ..LoginStart::default() }).await?;
/// println!("Open {}", login.authorize_url().unwrap_or_default());
/// let result = login.finish().await?;
/// println!("{:?} is logged in", result.user_email);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Logins {
    link: Link,
}

impl Logins {
    pub(super) fn of(link: Link) -> Self {
        Self { link }
    }

    /// Begins a login, or joins the one that is open for the same account: see [`Login::is_joined`].
    ///
    /// # Errors
    /// When something of it is wrong (all problems together), or a credential is accepted nowhere.
    pub async fn start(&self, start: &LoginStart) -> Result<Login, Failure> {
        let request = Request { method: Method::POST, path: LOGINS, body: Some(start), deadline: IDENTITY };
        let answer = self.link.call::<LoginBody, _>(self.link.context(), request).await?;
        Ok(Login { link: self.link.clone(), is_joined: !answer.created, body: answer.body })
    }

    /// Logs a browser account in again; nothing of it changes but its tokens.
    ///
    /// # Errors
    /// When there is no such account, or it does not log in by a browser.
    pub async fn again(&self, account: impl Into<String>) -> Result<Login, Failure> {
        self.start(&LoginStart { account: Some(account.into()), ..LoginStart::default() }).await
    }

    /// Returns all logins that have not ended, oldest first.
    ///
    /// # Errors
    /// When the daemon cannot be reached.
    pub async fn open(&self) -> Result<Vec<Login>, Failure> {
        let logins = self.link.get::<LoginsBody>(LOGINS).await?.logins;
        Ok(logins.into_iter().map(|body| Login { link: self.link.clone(), is_joined: true, body }).collect())
    }

    /// Returns a login by its id, as `login.started` tells it.
    ///
    /// # Errors
    /// When there is none, or it has ended more than ten minutes ago.
    pub async fn find(&self, id: &str) -> Result<Login, Failure> {
        let body = self.link.get(&fill(LOGIN, id)).await?;
        Ok(Login { link: self.link.clone(), is_joined: true, body })
    }
}

/// A login, as it was when it was last looked at. Dropping it ends nothing: other tools may see it through.
#[derive(Debug, Clone)]
pub struct Login {
    link: Link,
    body: LoginBody,
    is_joined: bool,
}

impl Login {
    /// Returns its id.
    pub fn id(&self) -> &str {
        &self.body.id
    }

    /// Returns where it is.
    pub fn state(&self) -> LoginState {
        self.body.state
    }

    /// Returns all that is known of it.
    pub fn body(&self) -> &LoginBody {
        &self.body
    }

    /// Returns whether another tool has begun it: then it is not ours to cancel.
    pub fn is_joined(&self) -> bool {
        self.is_joined
    }

    /// Returns what a person has to open in a browser; none for other kinds of account.
    pub fn authorize_url(&self) -> Option<&str> {
        self.body.authorize_url.as_deref()
    }

    /// Returns what to hand to a browser program: it leads to [`Self::authorize_url`], which should not stand among a program's arguments,
    /// for other users can read those. Only the first start of a login has it, unless it says `no_browser`.
    pub fn open_url(&self) -> Option<&str> {
        self.body.open_url.as_deref()
    }

    /// Returns the projects to choose from in [`LoginState::ChooseProject`].
    pub fn projects(&self) -> &[LoginProject] {
        &self.body.projects
    }

    /// Waits until something of it has changed, and returns where it is then. One that has ended does not change any more.
    ///
    /// # Errors
    /// When the daemon cannot be reached, or has forgotten it.
    pub async fn wait_change(&mut self) -> Result<LoginState, Failure> {
        let before = self.body.revision;
        while !self.body.state.is_final() && self.body.revision == before {
            let path = format!("{}?wait_s={WAIT_S}&after={before}", fill(LOGIN, &self.body.id));
            self.body = self.link.look(&path, LOOK).await?;
        }
        Ok(self.body.state)
    }

    /// Waits for its end and returns what it has stored. In [`LoginState::ChooseProject`] somebody has to choose: this, or another tool.
    /// The daemon ends a login for which nobody does anything.
    ///
    /// # Errors
    /// When it fails; the reason is that of the login.
    pub async fn finish(&mut self) -> Result<OAuthLoginResult, Failure> {
        while !self.body.state.is_final() {
            self.wait_change().await?;
        }
        if let Some(problem) = &self.body.problem {
            return Err(problem.clone().into());
        }
        self.body.result.clone().ok_or_else(|| {
            Failure::new(FailureKind::LoginFailed, "the login has ended, and the daemon does not say how")
        })
    }

    /// Hands in the address that the browser was sent to, for a browser that cannot reach the daemon.
    ///
    /// # Errors
    /// When it is not of this login.
    pub async fn finish_by_paste(&mut self, url: impl Into<String>) -> Result<LoginState, Failure> {
        let callback = LoginCallback { url: Some(Secret::new(url)) };
        self.body =
            self.link.change(Method::POST, &fill(LOGIN_CALLBACK, &self.body.id), Some(&callback), IDENTITY).await?;
        Ok(self.body.state)
    }

    /// Chooses the project of a login that has found several.
    ///
    /// # Errors
    /// When it is none of them, or there is nothing to choose.
    pub async fn choose_project(&mut self, project: impl Into<String>) -> Result<LoginState, Failure> {
        let choice = LoginChoice { project: project.into() };
        self.body =
            self.link.change(Method::POST, &fill(LOGIN_PROJECT, &self.body.id), Some(&choice), IDENTITY).await?;
        Ok(self.body.state)
    }

    /// Cancels it, for all who wait for it. One that has ended stays as it ended.
    ///
    /// # Errors
    /// When the daemon cannot be reached, or has forgotten it.
    pub async fn cancel(&mut self) -> Result<LoginState, Failure> {
        self.body = self.link.change(Method::DELETE, &fill(LOGIN, &self.body.id), None::<&()>, CALL).await?;
        Ok(self.body.state)
    }
}
