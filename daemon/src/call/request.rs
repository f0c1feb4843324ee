//! A request to Mixpanel, and as whom it goes out. Values only.

use parking_lot::Mutex;

use bytes::Bytes;
use mp_proto::ids::ProjectId;
use mp_proto::plane::Plane;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::mixpanel::Host;

/// A request, less what the identity adds.
#[derive(Debug)]
pub struct Outgoing {
    /// GET, POST, …
    pub method: Method,
    /// Where to.
    pub host: Host,
    /// Path below the host's base, with its slash at the start, every segment encoded.
    pub path: String,
    /// Query parameters.
    pub query: Query,
    /// Headers of the caller that were found harmless.
    pub headers: HeaderMap,
    /// Body.
    pub payload: Payload,
    /// Whether the answer is decoded on its way, or stays as it was sent.
    pub coding: Coding,
    /// Whether it may be repeated without asking, as reads may.
    pub repeatable: bool,
    /// How often it is repeated after a fault at Mixpanel or without an answer. A caller that does so itself wants it neither after that
    /// nor after a reset.
    pub faults: Faults,
    /// Whether it is sent only if the hour has room for those who wait for it.
    pub is_paced: bool,
    /// The project whose budget it is counted against; none for what no budget limits.
    pub budget: Option<ProjectId>,
    /// Whose turn it takes in the queue of a budget.
    pub tool: Tool,
}

impl Outgoing {
    /// Returns a request without query and body that may be repeated and takes nobody's turn.
    pub fn read(host: impl Into<Host>, path: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            host: host.into(),
            path: path.into(),
            query: Query::Pairs(Vec::new()),
            headers: HeaderMap::new(),
            payload: Payload::None,
            coding: Coding::Decoded,
            repeatable: true,
            faults: Faults::Final,
            is_paced: false,
            budget: None,
            tool: Tool::default(),
        }
    }

    /// Returns its path as a failure names it: pages of profiles have none of their own.
    pub fn shown_path(&self) -> String {
        match self.host {
            Host::Api(Plane::Engage) => format!("/engage{}", self.path),
            _ => self.path.clone(),
        }
    }

    /// Returns whether its body, if it has one, can be sent again.
    pub fn is_resendable(&self) -> bool {
        !matches!(self.payload, Payload::Stream(_))
    }
}

/// Query parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// In their order, not encoded yet.
    Pairs(Vec<(String, String)>),
    /// As a caller has encoded them.
    Raw(String),
}

/// The body of a request.
#[derive(Debug)]
pub enum Payload {
    /// None.
    None,
    /// JSON.
    Json(Value),
    /// Bytes that can be sent again; their type stands in the headers.
    Bytes(Bytes),
    /// Bytes that can be sent only once; their type stands in the headers.
    Stream(Mutex<Option<reqwest::Body>>),
}

/// What a fault at Mixpanel means for a request that may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Faults {
    /// It has failed. Only after a reset, which may be that of a connection kept too long, it is sent once more.
    Final,
    /// It is sent again after a pause, some times.
    Repeated,
    /// It has failed, also after a reset: the caller sends it again.
    Told,
}

/// Whether a compressed answer is decoded on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// It is asked for compressed and arrives as it was before.
    Decoded,
    /// It stays as it is sent, and `Accept-Encoding` is the caller's.
    AsSent,
}

/// The tool that asks: the process at the other end of the socket. Those who wait for the same budget take turns by it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Tool(pub u32);
