//! What a prompt can tell: the daemon's answer, if it comes in time.

use std::time::Duration;

use clap::ArgMatches;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::AccountType;
use mp_proto::routes::{SESSION, STATUS};
use mp_proto::wire::{CredentialState, SessionAccount, SessionBody, SessionState, SourceKind};
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::time::{Instant, timeout_at};

use super::template::Field;
use crate::api::{Connection, Options};
use crate::call::{place, session_flags};
use crate::caller::{Environment, context, directory};

/// No daemon runs.
const OFF: &str = "off";

/// One runs, and does not answer in time.
const SLOW: &str = "slow";

/// The values of all fields; empty where nothing is known.
#[derive(Debug, Default)]
pub(super) struct Facts([String; Field::ALL.len()]);

/// What is read of the status: only how credentials are.
#[derive(Deserialize)]
struct Credentials {
    accounts: Vec<Known>,
}

#[derive(Deserialize)]
struct Known {
    name: String,
    state: CredentialState,
}

impl Facts {
    /// Asks the daemon.
    pub(super) async fn ask(arguments: &ArgMatches, patience: Duration, mark: &str) -> Self {
        let deadline = Instant::now() + patience;
        let mut facts = Self::default();
        let environment = Environment::of_this_process();
        let state = match connection(arguments, &environment, patience) {
            Err(failure) => failure.kind.code(),
            Ok(mut daemon) => match timeout_at(deadline, daemon.get::<SessionBody>(SESSION)).await {
                Err(_) => SLOW,
                Ok(Err(failure)) if failure.kind == FailureKind::Unreachable => OFF,
                Ok(Err(failure)) if failure.kind == FailureKind::Timeout => SLOW,
                Ok(Err(failure)) => failure.kind.code(),
                Ok(Ok(answer)) => {
                    facts.take(&answer.body);
                    let asked = credential(&mut daemon, answer.body.account.as_ref());
                    timeout_at(deadline, asked).await.ok().flatten().unwrap_or(word(answer.body.state))
                }
            },
        };
        let target = arguments.get_one::<String>("target").map(String::as_str);
        facts.set(
            Field::Target,
            target.or(environment.get("MP_TARGET")).filter(|_| !facts.get(Field::Account).is_empty()),
        );
        facts.set(Field::State, Some(state));
        let is_fine = ["ok", "needs_account", "needs_project", OFF, SLOW].contains(&state);
        facts.set(Field::Mark, Some(mark).filter(|_| !is_fine));
        facts
    }

    fn take(&mut self, session: &SessionBody) {
        let (account, project, workspace) = (&session.account, &session.project, &session.workspace);
        self.set(Field::Account, account.as_ref().map(|account| account.name.as_str()));
        self.set(Field::Region, account.as_ref().and_then(|account| account.region).map(|region| region.as_str()));
        let id = project.as_ref().map(|project| project.id.as_str());
        self.set(Field::ProjectId, id);
        self.set(Field::Project, project.as_ref().and_then(|project| project.name.as_deref()).or(id));
        let id = workspace.as_ref().map(|workspace| workspace.id.to_string());
        self.set(Field::WorkspaceId, id.as_deref());
        self.set(
            Field::Workspace,
            workspace.as_ref().and_then(|workspace| workspace.name.as_deref()).or(id.as_deref()),
        );
    }

    fn set(&mut self, field: Field, value: Option<&str>) {
        self.0[field as usize] = value.unwrap_or_default().to_owned();
    }

    /// Returns the value of a field.
    pub(super) fn get(&self, field: Field) -> &str {
        &self.0[field as usize]
    }

    /// Returns whether no daemon has said anything.
    pub(super) fn is_silent(&self) -> bool {
        [OFF, SLOW].contains(&self.get(Field::State))
    }

    /// Returns all fields, as they are.
    pub(super) fn json(&self) -> Value {
        let value = |field| match self.get(field) {
            "" => Value::Null,
            text => Value::from(text),
        };
        Field::ALL.into_iter().map(|field| (field.name().to_owned(), value(field))).collect::<Map<_, _>>().into()
    }
}

/// Returns a connection that starts no daemon and tells nothing beside its answers.
fn connection(arguments: &ArgMatches, environment: &Environment, deadline: Duration) -> Result<Connection, Failure> {
    let mut place = place(arguments, environment)?;
    place.autostart = false;
    let context = context(&session_flags(arguments), environment, directory().as_deref())?;
    Ok(Connection::new(Options {
        place,
        context,
        environment: environment.clone(),
        deadline,
        observer: None,
        build: None,
        told: None,
        waits: None,
        preference: None,
        tool: None,
        call: None,
    }))
}

/// Returns what is wrong with the credential of an account, if anything is that a person has to mend. Only a browser login can be lost.
async fn credential(daemon: &mut Connection, account: Option<&SessionAccount>) -> Option<&'static str> {
    let is_login = |account: &&SessionAccount| {
        account.r#type == Some(AccountType::OauthBrowser) && account.source.kind != SourceKind::Bridge
    };
    let name = account.filter(is_login)?.name.to_string();
    let known = daemon.get::<Credentials>(STATUS).await.ok()?.body.accounts;
    let state = known.into_iter().find(|known| known.name == name)?.state;
    matches!(state, CredentialState::LoginRequired | CredentialState::Unreadable).then(|| state.as_str())
}

const fn word(state: SessionState) -> &'static str {
    match state {
        SessionState::Ok => "ok",
        SessionState::NeedsAccount => "needs_account",
        SessionState::NeedsProject => "needs_project",
    }
}
