//! Who asks: what the other side can do, and what its user is asked in the middle of a call. Clients of the revision 2025-11-25 and
//! older are asked by a request of the server; those of 2026-07-28 get a result that says what is missing, and call again with it.

use std::collections::BTreeMap;

use hyper::header::HeaderValue;
use mp_proto::failure::{Failure, FailureKind};
use parking_lot::Mutex;
use rmcp::model::{
    CallToolRequestParams, ClientResult, CustomNotification, ElicitRequest, ElicitRequestParams, ElicitResult,
    ElicitationAction, ElicitationSchema, EnumSchema, InputRequest, InputRequiredResult, InputResponses, MetaObject,
    ProgressToken, ServerNotification, ServerRequest,
};
use rmcp::service::{Peer, RequestContext, RoleServer};
use serde_json::{Value, json};

use crate::api::waits;

/// Why a call ends without a value.
#[derive(Debug)]
pub(super) enum Stop {
    /// It has failed.
    Failed(Failure),
    /// The user has to be asked first.
    Needs(Box<InputRequiredResult>),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// What a user is asked.
pub(super) enum Wish {
    /// To open an address. The id tells later that this has come to its end.
    Open { message: String, url: String, id: String },
    /// To agree.
    Agree { message: String },
    /// To choose one of several.
    Choose { message: String, options: Vec<String> },
}

/// What the user has said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Yes, or the option that was chosen.
    Yes(Option<String>),
    /// No, or nothing.
    No,
}

/// Who asks.
pub(super) struct Asker {
    peer: Peer<RoleServer>,
    token: Option<ProgressToken>,
    has_forms: bool,
    has_urls: bool,
    /// It wants results in place of requests.
    is_stateless: bool,
    responses: InputResponses,
    state: Option<String>,
    /// The id under which the daemon knows the call.
    call: HeaderValue,
    /// What is being done, for those who are told.
    doing: Mutex<String>,
    /// What is left of Mixpanel's limits after it.
    left: Mutex<Option<MetaObject>>,
}

impl Asker {
    /// Returns who makes a request.
    pub(super) fn new(request: &mut CallToolRequestParams, context: &RequestContext<RoleServer>) -> Self {
        let elicitation = context.client_capabilities().and_then(|capabilities| capabilities.elicitation);
        let has_urls = elicitation.as_ref().is_some_and(|can| can.url.is_some());
        // Older clients have forms alone, and do not say so.
        let has_forms = elicitation.is_some_and(|can| can.form.is_some() || can.url.is_none());
        let is_stateless =
            context.protocol_version().is_some_and(|version| version >= rmcp::model::ProtocolVersion::V_2026_07_28);
        Self {
            peer: context.peer.clone(),
            token: context.meta.get_progress_token(),
            has_forms,
            has_urls,
            is_stateless,
            responses: request.input_responses.take().unwrap_or_default(),
            state: request.request_state.take(),
            call: waits::id(),
            left: Mutex::default(),
            doing: Mutex::new(format!("{} is being done", request.name)),
        }
    }

    /// Returns the other side.
    pub(super) fn peer(&self) -> &Peer<RoleServer> {
        &self.peer
    }

    /// Returns under which token it wants to be told of progress; none when it does not.
    pub(super) fn token(&self) -> Option<&ProgressToken> {
        self.token.as_ref()
    }

    /// Returns whether it can show a form to its user.
    pub(super) fn has_forms(&self) -> bool {
        self.has_forms
    }

    /// Returns whether it can lead its user to an address.
    pub(super) fn has_urls(&self) -> bool {
        self.has_urls
    }

    /// Returns what was to be brought back with the answer of the user.
    pub(super) fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// Returns the id under which the daemon knows the call.
    pub(super) fn call(&self) -> &HeaderValue {
        &self.call
    }

    /// Says what is left of Mixpanel's limits.
    pub(super) fn left(&self, limits: Option<MetaObject>) {
        *self.left.lock() = limits;
    }

    /// Takes what is left of Mixpanel's limits.
    pub(super) fn take_left(&self) -> Option<MetaObject> {
        self.left.lock().take()
    }

    /// Says what is being done.
    pub(super) fn does(&self, what: impl Into<String>) {
        *self.doing.lock() = what.into();
    }

    /// Returns what is being done.
    pub(super) fn doing(&self) -> String {
        self.doing.lock().clone()
    }

    /// Asks the user. `key` names the question in this call, `state` comes back with the answer.
    ///
    /// # Errors
    /// When the call has to end here, to be made again with the answer, or when the other side cannot ask.
    pub(super) async fn ask(&self, key: &str, wish: Wish, state: &str) -> Result<Said, Stop> {
        if let Some(answer) = self.responses.get(key) {
            return Ok(said(serde_json::from_value(answer.clone()).ok().as_ref()));
        }
        let request = ElicitRequest::new(wish.params(self.is_stateless)?);
        if self.is_stateless {
            let requests = BTreeMap::from([(key.to_owned(), InputRequest::Elicitation(request))]);
            return Err(Stop::Needs(Box::new(InputRequiredResult::new(Some(requests), Some(state.to_owned())))));
        }
        self.does("the user is asked");
        let answer = self.peer.send_request(ServerRequest::ElicitRequest(request)).await;
        self.does("the user has answered");
        match answer {
            Ok(ClientResult::ElicitResult(answer)) => Ok(said(Some(&answer))),
            Ok(_) => Err(unasked("its answer is no answer").into()),
            Err(error) => Err(unasked(&error.to_string()).into()),
        }
    }

    /// Says that what an address was opened for has come to its end.
    pub(super) async fn complete(&self, id: &str) {
        if self.has_urls && !self.is_stateless {
            let done =
                CustomNotification::new("notifications/elicitation/complete", Some(json!({"elicitationId": id})));
            // Whoever has left does not wait for it.
            let _ = self.peer.send_notification(ServerNotification::CustomNotification(done)).await;
        }
    }
}

fn unasked(why: &str) -> Failure {
    Failure::new(FailureKind::Internal, format!("the host could not ask its user: {why}"))
}

fn said(answer: Option<&ElicitResult>) -> Said {
    match answer {
        Some(answer) if answer.action == ElicitationAction::Accept => {
            let chosen = answer.content.as_ref().and_then(|content| content.get(CHOICE)).and_then(Value::as_str);
            Said::Yes(chosen.map(str::to_owned))
        }
        _ => Said::No,
    }
}

/// The field of a form in which one of several is chosen.
const CHOICE: &str = "choice";

impl Wish {
    fn params(self, is_stateless: bool) -> Result<ElicitRequestParams, Failure> {
        let form = |message, requested_schema| ElicitRequestParams::FormElicitationParams {
            meta: None,
            message,
            requested_schema,
        };
        Ok(match self {
            Self::Open { message, url, id } => {
                let elicitation_id = if is_stateless { String::new() } else { id };
                ElicitRequestParams::UrlElicitationParams { meta: None, message, url, elicitation_id }
            }
            Self::Agree { message } => form(message, ElicitationSchema::new(BTreeMap::new())),
            Self::Choose { message, options } => {
                let choice = EnumSchema::builder(options).build();
                let schema = ElicitationSchema::builder().required_enum_schema(CHOICE, choice).build();
                form(message, schema.map_err(|error| Failure::new(FailureKind::Internal, error))?)
            }
        })
    }
}
