//! The server: lists the tools, and carries out one call each. Every call has a connection of its own, so calls run side by side, and one
//! that is cancelled ends at Mixpanel, too.

use mp_catalog::{Operation, OperationCall};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::visible::{self, Spelling, Unveiled};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation, JsonObject, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::{RequestContext, RoleServer};
use rmcp::{ErrorData, ServerHandler};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::conversation::Conversation;
use super::policy::Policy;
use super::secrets::hide;
use super::shelf::{Shelf, text};
use super::tools::{self, Does};
use super::{accounts, operations, watch};
use crate::api::{Options, VERSION};
use crate::caller::SessionFlags;

/// What an agent should know before its first call.
const INSTRUCTIONS: &str = "Mixpanel with the login of this machine. Begin with `session`: it tells which account and project calls use. \
    Everything that Mixpanel's API can do is an operation: find it with find_operations (with `id` for the schema of its arguments), run \
    it with call_operation. Ask the user before anything that changes something, and before use_session with persist. When an error names \
    a command, tell the user. Credentials are kept by the daemon: never ask for one.";

/// Arguments of `read_more`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct More {
    result: u64,
    offset: usize,
}

/// Arguments of a tool that takes none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// The server of one conversation.
pub(super) struct Server {
    conversation: Conversation,
    policy: Policy,
    direct: Vec<&'static Operation>,
    shelf: Shelf,
}

impl Server {
    /// Returns a server whose calls begin with these flags.
    pub(super) fn new(options: Options, flags: SessionFlags, policy: Policy, groups: &[&str]) -> Self {
        Self {
            conversation: Conversation::new(options, flags),
            policy,
            direct: tools::direct(groups),
            shelf: Shelf::default(),
        }
    }

    async fn carry_out(&self, name: &str, arguments: JsonObject) -> Option<Result<String, Failure>> {
        let done = match (tools::find(name), self.direct.iter().find(|row| tools::tool_name(row) == name)) {
            (Some(does), _) => self.fixed(does, arguments).await,
            (None, Some(operation)) => {
                let call = match tools::called(operation, arguments) {
                    Ok(call) => call,
                    Err(failure) => return Some(Err(failure)),
                };
                self.operation(operation, call, self.conversation.flags()).await
            }
            (None, None) => return None,
        };
        Some(done)
    }

    async fn fixed(&self, does: Does, arguments: JsonObject) -> Result<String, Failure> {
        if let Some(reason) = self.policy.refusal(does.effect_of(&arguments)) {
            let (command, label) = does.instead();
            return Err(
                Failure::new(FailureKind::Forbidden, format!("this is not done here: {reason}")).next(command, label)
            );
        }
        let mut daemon = self.conversation.connection(&self.conversation.flags())?;
        let value = match does {
            Does::Session => {
                let Nothing {} = read(arguments)?;
                accounts::session(&mut daemon).await?
            }
            Does::Accounts => {
                let Nothing {} = read(arguments)?;
                accounts::accounts(&mut daemon).await?
            }
            Does::Targets => {
                let Nothing {} = read(arguments)?;
                accounts::targets(&mut daemon).await?
            }
            Does::Projects => accounts::projects(&mut daemon, read(arguments)?).await?,
            Does::Workspaces => accounts::workspaces(&mut daemon, read(arguments)?).await?,
            Does::UseSession => accounts::use_session(&self.conversation, read(arguments)?).await?,
            Does::Login => accounts::login(&self.conversation, &mut daemon, read(arguments)?).await?,
            Does::Events => watch::events(daemon.options().clone(), read(arguments)?).await?,
            Does::FindOperations => operations::look(&read(arguments)?, self.policy)?,
            Does::CallOperation => return self.call(read(arguments)?).await,
            Does::ReadMore => {
                let More { result, offset } = read(arguments)?;
                return self.shelf.more(result, offset).ok_or_else(|| {
                    let detail = format!("result {result} is not kept any more: repeat the call that it came from");
                    Failure::new(FailureKind::InvalidArgument, detail)
                });
            }
        };
        Ok(self.shown(value, &[]))
    }

    async fn call(&self, wanted: operations::Wanted) -> Result<String, Failure> {
        let operation = operations::allowed(&wanted.id, &wanted.arguments, self.policy)?;
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
        self.operation(operation, call, flags).await
    }

    async fn operation(
        &self,
        operation: &Operation,
        call: OperationCall,
        flags: SessionFlags,
    ) -> Result<String, Failure> {
        let mut daemon = self.conversation.connection(&flags)?;
        let (value, notes) = operations::run(&mut daemon, operation, call).await?;
        Ok(self.shown(value, &notes))
    }

    fn shown(&self, mut value: Value, notes: &[String]) -> String {
        hide(&mut value);
        let shown = self.shelf.show(plain(&text(&value)));
        notes.iter().fold(shown, |shown, note| format!("{shown}\nnote: {}", visible::line(note)))
    }
}

/// Reads the arguments of a tool.
fn read<T: DeserializeOwned>(arguments: JsonObject) -> Result<T, Failure> {
    serde_json::from_value(Value::Object(arguments))
        .map_err(|error| Failure::new(FailureKind::InvalidArgument, format!("the arguments are wrong: {error}")))
}

/// Returns JSON in which nothing is unseen: what a model reads, and a person does not, is how a name gives orders.
fn plain(json: &str) -> String {
    let (mut unveiled, mut shown) = (Unveiled::new(Spelling::Json), Vec::with_capacity(json.len()));
    unveiled.push(json.as_bytes(), &mut shown);
    unveiled.end(&mut shown);
    String::from_utf8_lossy(&shown).into_owned()
}

/// A failure is an answer: the model is to read it, and to do better.
fn failed(failure: &Failure) -> CallToolResult {
    let mut value = json!({"error": {"code": failure.kind.code(), "detail": failure.detail}});
    let mut add = |name: &str, part: Value| {
        if !part.is_null() && part.as_array().is_none_or(|list| !list.is_empty()) {
            value["error"][name] = part;
        }
    };
    add("errors", crate::output::json(&failure.errors));
    add("next", crate::output::json(&failure.next));
    add("retry_after_s", crate::output::json(&failure.retry_after_s));
    add("account", crate::output::json(&failure.account));
    hide(&mut value);
    CallToolResult::error(vec![ContentBlock::text(plain(&value.to_string()))])
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("mp", VERSION))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(tools::list(&self.direct, self.policy)))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        tools::list(&self.direct, self.policy).into_iter().find(|tool| tool.name == name)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let done = tokio::select! {
            biased;
            () = context.ct.cancelled() => {
                Some(Err(Failure::new(FailureKind::Timeout, "the call was cancelled")))
            }
            done = self.carry_out(&request.name, request.arguments.unwrap_or_default()) => done,
        };
        let unknown = || ErrorData::invalid_params(format!("there is no tool '{}'", request.name.escape_debug()), None);
        let mut result = match done.ok_or_else(unknown)? {
            Ok(text) => CallToolResult::success(vec![ContentBlock::text(text)]),
            Err(failure) => failed(&failure),
        };
        // Blocks of their own: the first stays JSON, for those who read it as such.
        let news = self.conversation.news().into_iter().map(|note| ContentBlock::text(format!("note: {note}")));
        result.content.extend(news);
        Ok(result.into())
    }
}
