//! The server: what the protocol asks for, and who answers. Every call has a connection of its own, so calls run side by side, and one
//! that is cancelled ends at Mixpanel, too.

use std::sync::Arc;

use mp_proto::failure::{Failure, FailureKind};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult, GetPromptRequestParams,
    GetPromptResponse, Implementation, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult,
    ListToolsResult, PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities,
    ServerConfig, SubscribeRequestParams, SubscriptionFilter, Tool, UnsubscribeRequestParams,
};
use rmcp::service::{RequestContext, RoleServer, SubscriptionContext};
use rmcp::{ErrorData, ServerHandler};

use super::answers::Answers;
use super::asker::{Asker, Stop};
use super::calls::Calls;
use super::conversation::Conversation;
use super::policy::Policy;
use super::reply::{complete, failed, told};
use super::updates::{self, Change, Updates};
use super::{completion, progress, prompts, resources, tools};
use crate::api::{Options, VERSION};
use crate::caller::SessionFlags;

/// What an agent should know before its first call. Hosts cut it after 2 kB.
const INSTRUCTIONS: &str = "Mixpanel with the login of this machine. Begin with `session`: it tells which account and project calls use. \
    Questions about numbers: ask_insights, ask_funnel, ask_retention, ask_flow, ask_users; get_ask_schema tells what they take besides. \
    Look with inspect_events and inspect_properties what things are called before you ask. Everything else that Mixpanel's API can do \
    is an operation: find_operations takes a plain question and names the tool that runs it (read_operation, write_operation, \
    destroy_operation). Ask the user before anything that changes something, and before use_session with persist. A long answer comes \
    as a digest; read_answer has its rows. _meta mp/limits tells what is left of the hour: a project has few queries, so ask for \
    several things at once. When an error names a command, tell the user. Credentials are kept by the daemon: never ask for one.";

/// The server of one conversation.
#[derive(Clone)]
pub(super) struct Server {
    calls: Arc<Calls>,
    updates: Arc<Updates>,
}

impl Server {
    /// Returns a server whose calls begin with these flags.
    pub(super) fn new(options: Options, flags: SessionFlags, policy: Policy, groups: &[&str]) -> Self {
        let calls = Calls {
            conversation: Conversation::new(options, flags),
            policy,
            direct: tools::direct(groups),
            answers: Answers::default(),
        };
        Self { calls: Arc::new(calls), updates: Arc::new(Updates::new()) }
    }

    /// Tells those who watch what a call has changed here.
    fn tell(&self, flags: &SessionFlags, answers: usize) {
        if self.calls.conversation.flags() != *flags {
            self.updates.tell(Change::All);
        }
        if self.calls.answers.list().len() != answers {
            self.updates.tell(Change::Answers);
        }
    }
}

fn refused(failure: &Failure) -> ErrorData {
    ErrorData::internal_error(failure.detail.clone(), Some(crate::output::json(&failure.next)))
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_completions()
            .enable_prompts()
            .enable_resources()
            .enable_resources_subscribe()
            .enable_resources_list_changed()
            .enable_tools()
            .build();
        let about = "Mixpanel with the login that all tools of this machine share";
        ServerConfig::new(capabilities)
            .with_server_info(Implementation::new("mp", VERSION).with_title("Mixpanel (mp)").with_description(about))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(tools::list(&self.calls.direct, self.calls.policy)))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        tools::list(&self.calls.direct, self.calls.policy).into_iter().find(|tool| tool.name == name)
    }

    async fn call_tool(
        &self,
        mut request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let asker = Asker::new(&mut request, &context);
        let (flags, answers) = (self.calls.conversation.flags(), self.calls.answers.list().len());
        let done = tokio::select! {
            biased;
            () = context.ct.cancelled() => {
                Some(Err(Failure::new(FailureKind::Timeout, "the call was cancelled").into()))
            }
            done = progress::beside(
                &asker,
                &self.calls.conversation,
                self.calls.carry_out(&request.name, request.arguments.unwrap_or_default(), &asker),
            ) => done,
        };
        let unknown = || ErrorData::invalid_params(format!("there is no tool '{}'", request.name.escape_debug()), None);
        let mut result = match done.ok_or_else(unknown)? {
            Ok(done) => complete(done, &request.name, &self.calls.answers),
            Err(Stop::Failed(failure)) => failed(&failure),
            Err(Stop::Needs(input)) => return Ok((*input).into()),
        };
        result.content.extend(self.calls.conversation.news().iter().map(|note| told(note)));
        self.tell(&flags, answers);
        Ok(result.with_meta(asker.take_left()).into())
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(ListResourcesResult::with_all_items(resources::list(&self.calls.answers)))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(ListResourceTemplatesResult::with_all_items(resources::templates()))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let unknown =
            || ErrorData::resource_not_found(format!("there is no resource '{}'", request.uri.escape_debug()), None);
        let read = tokio::select! {
            biased;
            () = context.ct.cancelled() => return Err(ErrorData::internal_error("the read was cancelled", None)),
            read = resources::read(&self.calls.conversation, &self.calls.answers, &request.uri) => read,
        };
        match read.ok_or_else(unknown)? {
            Ok(result) => Ok(result.into()),
            Err(failure) if failure.kind == FailureKind::InvalidArgument => {
                Err(ErrorData::resource_not_found(failure.detail, None))
            }
            Err(failure) => Err(refused(&failure)),
        }
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        Some(updates::accepted(requested))
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let changes = self.updates.changes();
        tokio::select! {
            () = context.cancelled() => {}
            () = self.updates.serve(changes, &context) => {}
            () = self.updates.listen(&self.calls.conversation) => {}
        }
        Ok(())
    }

    #[expect(clippy::disallowed_methods, reason = "it ends with this process, and there is no tracker in a client")]
    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        if !updates::is_known(&request.uri) {
            let detail = format!("there is no resource '{}'", request.uri.escape_debug());
            return Err(ErrorData::resource_not_found(detail, None));
        }
        if self.updates.watch(&request.uri) {
            let (server, peer, changes) = (self.clone(), context.peer, self.updates.changes());
            tokio::spawn(async move {
                tokio::select! {
                    () = server.updates.forward(changes, &peer) => {}
                    () = server.updates.listen(&server.calls.conversation) => {}
                }
            });
        }
        Ok(())
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.updates.leave(&request.uri);
        Ok(())
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(ListPromptsResult::with_all_items(prompts::list()))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let given = request.arguments.unwrap_or_default();
        prompts::get(&request.name, &given).map(Into::into).map_err(|why| ErrorData::invalid_params(why, None))
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        Ok(completion::complete(&self.calls.conversation, &self.calls.answers, &request).await)
    }
}
