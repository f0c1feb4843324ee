//! Logins: begun by a tool, finished by a person. Where the host can, it leads its user to the address, and no model sees that; else the
//! browser of this machine is opened, and the address stands in the result, for a user who sits elsewhere.

use std::time::{Duration, Instant};

use hyper::Method;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::{LOGIN, LOGIN_PROJECT, LOGINS, fill};
use mp_proto::wire::{LoginBody, LoginChoice, LoginProject, LoginStart, LoginState};
use serde::Deserialize;
use serde_json::{Value, json};

use super::asker::{Asker, Said, Stop, Wish};
use super::conversation::Conversation;
use crate::api::Connection;
use crate::browser;

/// How long a call waits for a user who has been led to the address: hosts give up after a minute if they are told of progress, and after
/// ten seconds if not.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(50), Duration::from_secs(8));

/// The longest wait of `login_status`, and the usual one.
const LONGEST: u64 = 50;
const USUAL: u64 = 5;

/// Arguments of `login`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Login {
    account: Option<String>,
    region: Option<String>,
    project: Option<String>,
}

/// Arguments of `login_status`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Look {
    login_id: String,
    wait_s: Option<u64>,
}

/// Begins a login, or goes on with the one that is open.
///
/// # Errors
/// When it fails, or the user has to be asked first.
pub(super) async fn begin(
    conversation: &Conversation,
    daemon: &mut Connection,
    asker: &Asker,
    wanted: Login,
) -> Result<Value, Stop> {
    let (mut login, is_ours) = begun(daemon, asker, &wanted).await?;
    if login.state == LoginState::WaitingForBrowser {
        let Some(url) = login.authorize_url.clone().filter(|_| asker.has_urls()) else {
            if let Some(url) = &login.open_url {
                browser::open(url, conversation.environment(), None);
            }
            return Ok(shown(&login, true)?);
        };
        led(daemon, asker, &login, url, is_ours).await?;
        asker.does("waits for the user to log in, in the browser");
        let patience = if asker.token().is_some() { PATIENCE.0 } else { PATIENCE.1 };
        login = waited(daemon, login, patience).await?;
    }
    let login = chosen(daemon, asker, login, wanted.project).await?;
    if login.state.is_final() {
        asker.complete(&login.id).await;
    }
    Ok(shown(&login, !asker.has_urls())?)
}

/// Returns the login that is meant, and whether this call has begun it.
async fn begun(daemon: &mut Connection, asker: &Asker, wanted: &Login) -> Result<(LoginBody, bool), Failure> {
    if let Some(id) = asker.state() {
        return Ok((daemon.get::<LoginBody>(&fill(LOGIN, id)).await?.body, false));
    }
    // Without the project: a call that knows it goes on with the login of one that did not.
    let start = LoginStart {
        account: wanted.account.clone(),
        region: wanted.region.clone(),
        no_browser: asker.has_urls(),
        ..LoginStart::default()
    };
    let begun = daemon.call::<LoginBody>(Method::POST, LOGINS, Some(&start)).await?;
    Ok((begun.body, begun.created))
}

/// Lets the host lead its user to the address.
async fn led(
    daemon: &mut Connection,
    asker: &Asker,
    login: &LoginBody,
    url: String,
    is_ours: bool,
) -> Result<(), Stop> {
    let message = "Log in to Mixpanel. The login stays on this machine; no tool sees your password.".to_owned();
    let wish = Wish::Open { message, url, id: login.id.clone() };
    if asker.ask("login", wish, &login.id).await? == Said::No {
        if is_ours || asker.state().is_some() {
            // Somebody else may have ended it meanwhile.
            let _ = daemon.raw(Method::DELETE, &fill(LOGIN, &login.id), None::<&()>).await;
        }
        let detail = "the user does not want to log in now";
        return Err(Failure::new(FailureKind::LoginFailed, detail)
            .next("mp login", "the user can log in at a terminal")
            .into());
    }
    Ok(())
}

/// Waits until the next step is somebody else's, or the time is over.
async fn waited(daemon: &mut Connection, mut login: LoginBody, patience: Duration) -> Result<LoginBody, Failure> {
    let until = Instant::now() + patience;
    while matches!(login.state, LoginState::WaitingForBrowser | LoginState::Finishing) {
        let left = until.saturating_duration_since(Instant::now()).as_secs();
        if left == 0 {
            break;
        }
        let path = format!("{}?wait_s={left}&after={}", fill(LOGIN, &login.id), login.revision);
        login = daemon.get::<LoginBody>(&path).await?.body;
    }
    Ok(login)
}

/// Chooses the project of a login that found several: the one that was named, else the one that the user picks.
async fn chosen(
    daemon: &mut Connection,
    asker: &Asker,
    login: LoginBody,
    named: Option<String>,
) -> Result<LoginBody, Stop> {
    if login.state != LoginState::ChooseProject {
        return Ok(login);
    }
    let project = match named {
        Some(project) => project,
        None if asker.has_forms() && !login.projects.is_empty() => {
            let options: Vec<String> = login.projects.iter().map(option).collect();
            let message = "Which project shall be used? It can be changed later.".to_owned();
            match asker.ask("project", Wish::Choose { message, options }, &login.id).await? {
                Said::Yes(Some(choice)) => match login.projects.iter().find(|project| option(project) == choice) {
                    Some(project) => project.id.to_string(),
                    None => return Ok(login),
                },
                Said::Yes(None) | Said::No => return Ok(login),
            }
        }
        None => return Ok(login),
    };
    let path = fill(LOGIN_PROJECT, &login.id);
    let login = daemon.call::<LoginBody>(Method::POST, &path, Some(&LoginChoice { project })).await?.body;
    Ok(waited(daemon, login, PATIENCE.1).await?)
}

fn option(project: &LoginProject) -> String {
    match &project.organization {
        Some(organization) => format!("{} ({}, {organization})", project.name, project.id),
        None => format!("{} ({})", project.name, project.id),
    }
}

/// Tells how far a login is, and waits a little for its next step.
///
/// # Errors
/// When it has failed, or there is none of this id.
pub(super) async fn status(daemon: &mut Connection, asker: &Asker, look: &Look) -> Result<Value, Failure> {
    let login = daemon.get::<LoginBody>(&fill(LOGIN, &look.login_id)).await?.body;
    asker.does("waits for the user to log in, in the browser");
    let wait = look.wait_s.unwrap_or(USUAL).min(LONGEST);
    let login = waited(daemon, login, Duration::from_secs(wait)).await?;
    shown(&login, false)
}

/// Returns what an agent is told of a login. Its address is told where nobody else leads the user there.
fn shown(login: &LoginBody, with_address: bool) -> Result<Value, Failure> {
    let mut told = json!({"login_id": login.id, "state": login.state});
    match login.state {
        LoginState::Done => {
            told["account"] = crate::output::json(&login.account);
            told["region"] = crate::output::json(&login.region);
            told["user"] = login.result.as_ref().and_then(|result| result.user_email.clone()).into();
            told["project"] =
                login.result.as_ref().and_then(|result| result.project.as_ref()).map(ToString::to_string).into();
        }
        LoginState::Failed => {
            return Err(login
                .problem
                .clone()
                .map_or_else(|| Failure::new(FailureKind::LoginFailed, "the login has failed"), Failure::from));
        }
        LoginState::ChooseProject => {
            told["projects"] = crate::output::json(&login.projects);
            told["next"] = "ask the user for one, and call login again with the same arguments and the project".into();
        }
        LoginState::WaitingForBrowser | LoginState::Finishing => {
            if let Some(url) = login.authorize_url.as_ref().filter(|_| with_address) {
                told["authorize_url"] = url.clone().into();
            }
            told["next"] = "show the user authorize_url, if it is here, in case no browser has opened; then call login_status with the \
                            login_id. On another machine than this one, `mp login --no-browser` in a terminal joins this login"
                .into();
        }
    }
    Ok(told)
}
