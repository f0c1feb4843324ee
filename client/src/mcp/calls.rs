//! Carrying out the call of a tool.

use mp_catalog::{Effect, Operation, OperationCall};
use mp_proto::failure::{Failure, FailureKind};
use rmcp::model::JsonObject;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answers::Answers;
use super::asker::{Asker, Said, Stop, Wish};
use super::conversation::Conversation;
use super::does::Does;
use super::policy::Policy;
use super::reply::Done;
use super::rows::{FORMER, find};
use super::{accounts, ask, ask_schema, limits, login, operations, tools, watch};
use crate::caller::SessionFlags;

/// Arguments of a tool that takes none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// What calls work with.
pub(super) struct Calls {
    pub(super) conversation: Conversation,
    pub(super) policy: Policy,
    pub(super) direct: Vec<&'static Operation>,
    pub(super) answers: Answers,
}

impl Calls {
    /// Carries out the call of a tool; none when there is no such tool.
    pub(super) async fn carry_out(
        &self,
        name: &str,
        arguments: JsonObject,
        asker: &Asker,
    ) -> Option<Result<Done, Stop>> {
        if let Some(does) = find(name) {
            return Some(self.fixed(does, arguments, asker).await);
        }
        if let Some(question) = ask::question(name) {
            let asked = question.call(arguments).and_then(|call| Ok((question.operation()?, call)));
            let (operation, call) = match asked {
                Ok(asked) => asked,
                Err(failure) => return Some(Err(failure.into())),
            };
            return Some(self.operation(operation, call, self.conversation.flags(), asker).await);
        }
        if let Some(operation) = self.direct.iter().find(|row| tools::tool_name(row) == name) {
            return Some(self.operation(operation, tools::called(arguments), self.conversation.flags(), asker).await);
        }
        let (_, instead) = FORMER.iter().find(|(former, _)| *former == name)?;
        let detail = format!("{name} is not there any more: call {instead}");
        Some(Err(Failure::new(FailureKind::InvalidArgument, detail).into()))
    }

    async fn fixed(&self, does: Does, arguments: JsonObject, asker: &Asker) -> Result<Done, Stop> {
        let is_operation = matches!(does, Does::Operation(_));
        if let Some(reason) = self.policy.refusal(does.effect_of(&arguments)).filter(|_| !is_operation) {
            let (command, label) = does.instead();
            let refused = Failure::new(FailureKind::Forbidden, format!("this is not done here: {reason}"));
            return Err(refused.next(command, label).into());
        }
        let mut daemon = self.conversation.connection(&self.conversation.flags())?;
        let value = match does {
            Does::Operation(effect) => return self.wanted(effect, read(arguments)?, asker).await,
            Does::ReadAnswer => return Ok(whole(self.answers.read(&read(arguments)?)?)),
            Does::AskSchema => return Ok(whole(ask_schema::show(&read(arguments)?)?)),
            Does::FindOperations => super::find::look(&read(arguments)?, self.policy)?,
            Does::Session => nothing(arguments, accounts::session(&mut daemon)).await?,
            Does::Accounts => nothing(arguments, accounts::accounts(&mut daemon)).await?,
            Does::Targets => nothing(arguments, accounts::targets(&mut daemon)).await?,
            Does::Projects => accounts::projects(&mut daemon, read(arguments)?).await?,
            Does::Workspaces => accounts::workspaces(&mut daemon, read(arguments)?).await?,
            Does::UseSession => accounts::use_session(&self.conversation, read(arguments)?).await?,
            Does::Login => login::begin(&self.conversation, &mut daemon, asker, read(arguments)?).await?,
            Does::LoginStatus => login::status(&mut daemon, asker, &read(arguments)?).await?,
            Does::Events => watch::events(daemon.options().clone(), read(arguments)?).await?,
        };
        Ok(value.into())
    }

    async fn wanted(&self, effect: Effect, wanted: operations::Wanted, asker: &Asker) -> Result<Done, Stop> {
        let operation = operations::allowed(&wanted, effect, self.policy)?;
        if effect == Effect::Destroy && asker.has_forms() {
            agreed(operation, &wanted, asker).await?;
        }
        let mut flags = self.conversation.flags();
        if wanted.project.is_some() {
            // It belongs to another project.
            flags.workspace = None;
        }
        flags.project = wanted.project.or(flags.project);
        flags.workspace = wanted.workspace.or(flags.workspace);
        let call = OperationCall {
            arguments: wanted.arguments,
            refresh: wanted.refresh,
            dry_run: wanted.dry_run,
            link: wanted.link,
            ..OperationCall::default()
        };
        self.operation(operation, call, flags, asker).await
    }

    async fn operation(
        &self,
        operation: &'static Operation,
        call: OperationCall,
        flags: SessionFlags,
        asker: &Asker,
    ) -> Result<Done, Stop> {
        let mut daemon = self.conversation.call(&flags, asker.call())?;
        let is_dry = call.dry_run;
        let answered = operations::run(&mut daemon, operation, call, asker).await;
        if !is_dry {
            asker.left(limits::of(&mut daemon).await);
        }
        let (value, notes) = answered?;
        Ok(Done { value, notes, operation: Some(operation), is_whole: false })
    }
}

/// Asks the user whether something may be destroyed, where the host can ask.
async fn agreed(operation: &Operation, wanted: &operations::Wanted, asker: &Asker) -> Result<(), Stop> {
    let arguments = Value::Object(wanted.arguments.clone()).to_string();
    let shown = mp_proto::visible::line(&arguments[..arguments.floor_char_boundary(600)]).into_owned();
    let project = wanted.project.as_ref().map_or_else(String::new, |project| format!(" in project {project}"));
    let message = format!("{}{project}? What is gone cannot be had back. {} {shown}", operation.summary, operation.id);
    match asker.ask("agree", Wish::Agree { message }, operation.id).await? {
        Said::Yes(_) => Ok(()),
        Said::No => Err(Failure::new(FailureKind::Forbidden, "the user was asked, and did not agree").into()),
    }
}

fn whole(value: Value) -> Done {
    Done { is_whole: true, ..Done::from(value) }
}

/// Does what takes no arguments.
async fn nothing(arguments: JsonObject, work: impl Future<Output = Result<Value, Failure>>) -> Result<Value, Failure> {
    let Nothing {} = read(arguments)?;
    work.await
}

/// Reads the arguments of a tool.
fn read<T: DeserializeOwned>(arguments: JsonObject) -> Result<T, Failure> {
    serde_json::from_value(Value::Object(arguments))
        .map_err(|error| Failure::new(FailureKind::InvalidArgument, format!("the arguments are wrong: {error}")))
}
