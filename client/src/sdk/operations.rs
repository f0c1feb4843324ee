//! The operations of the catalog: everything that `mp` has a command for.

use std::fs::File;
use std::sync::Arc;

use hyper::Method;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use mp_catalog::{OperationCall, OperationRow, OperationsBody};
use mp_proto::deadline::UPSTREAM;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::{OPERATION, OPERATION_UPLOAD, OPERATIONS, encode_segment, fill};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::bytes::{ByteStream, Lines};
use super::link::Request;
use super::scope::Scope;
use crate::api::{Answer, Streamed, written};
use crate::transport::{Content, Streaming};

/// The operations of the catalog for a workspace: [`crate::Client::operations`], [`crate::Workspace::operations`].
///
/// Arguments are a JSON object; their names are those of [`Self::list`] and of the reference.
#[derive(Debug, Clone)]
pub struct Operations {
    scope: Scope,
    refresh: bool,
    /// What calls say beside their arguments, for operations that take more.
    said: Map<String, Value>,
}

impl Operations {
    pub(super) fn of(scope: Scope) -> Self {
        Self { scope, refresh: false, said: Map::new() }
    }

    /// Returns operations whose answers are asked for anew, even if the daemon has kept one.
    pub fn fresh(&self) -> Self {
        Self { refresh: true, ..self.clone() }
    }

    /// Returns operations whose calls say something beside their arguments.
    pub(crate) fn say(self, said: Map<String, Value>) -> Self {
        Self { said, ..self }
    }

    /// Returns all operations, with what they take and what they do.
    ///
    /// # Errors
    /// When the daemon cannot be reached.
    pub async fn list(&self) -> Result<Vec<OperationRow>, Failure> {
        Ok(self.scope.link().get::<OperationsBody>(OPERATIONS).await?.operations)
    }

    /// Runs an operation and returns what it answers.
    ///
    /// # Errors
    /// When there is none of that id, arguments are wrong (all problems together), or Mixpanel refuses.
    pub async fn run(&self, id: &str, arguments: Value) -> Result<Value, Failure> {
        self.run_as(id, arguments).await.map(|answer| answer.body)
    }

    /// Runs an operation and reads what it answers as a type of the caller's, with what the daemon told beside it.
    ///
    /// # Errors
    /// As [`Self::run`], and when the answer is not as the type expects.
    pub async fn run_as<T: DeserializeOwned>(&self, id: &str, arguments: Value) -> Result<Answer<T>, Failure> {
        let (path, call) = (fill(OPERATION, id), self.body(arguments)?);
        let request = Request { method: Method::POST, path: &path, body: Some(&call), deadline: UPSTREAM };
        self.scope.call(request).await
    }

    /// Runs an operation whose answer is JSON Lines, such as `export.events`, and returns them as they come.
    ///
    /// # Errors
    /// As [`Self::run`]. What goes wrong later is told by the stream.
    pub async fn stream(&self, id: &str, arguments: Value) -> Result<Lines, Failure> {
        self.open(id, arguments).await.map(Lines::of)
    }

    /// Runs an operation whose answer is a file, such as `lookup-tables.download`, and returns its bytes as they come.
    ///
    /// # Errors
    /// As [`Self::run`]. What goes wrong later is told by the stream.
    pub async fn download(&self, id: &str, arguments: Value) -> Result<ByteStream, Failure> {
        self.open(id, arguments).await.map(ByteStream::of)
    }

    /// Runs an operation that takes a file, such as `lookup-tables.upload`. The file is read as it is sent, from its beginning.
    ///
    /// # Errors
    /// As [`Self::run`], and when the file cannot be read or becomes shorter.
    pub async fn upload(&self, id: &str, arguments: Value, file: File) -> Result<Value, Failure> {
        let unreadable = |error| Failure::new(FailureKind::Storage, format!("the file could not be read: {error}"));
        let length = file.metadata().map_err(unreadable)?.len();
        let text = serde_json::to_string(&self.asked(arguments)?.arguments).expect("a map of values serialises");
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        let path = format!("{}?arguments={}", fill(OPERATION_UPLOAD, id), encode_segment(&text));
        let body = Some(Content::File(Arc::new(file), length));
        let mut streaming = self
            .scope
            .open(Streamed { method: Method::POST, path, headers, body, refusals_fail: true }, UPSTREAM)
            .await?;
        let body = streaming.rest().await.map_err(|error| {
            Failure::new(FailureKind::Unreachable, format!("the answer to the upload was cut off: {error}"))
        })?;
        serde_json::from_slice(&body)
            .map_err(|error| Failure::new(FailureKind::Internal, format!("the daemon's answer is no JSON: {error}")))
    }

    async fn open(&self, id: &str, arguments: Value) -> Result<Streaming, Failure> {
        let body = Some(written(&self.body(arguments)?)?);
        let (path, headers) = (fill(OPERATION, id), HeaderMap::new());
        self.scope.open(Streamed { method: Method::POST, path, headers, body, refusals_fail: true }, UPSTREAM).await
    }

    /// Returns the body of a call.
    fn body(&self, arguments: Value) -> Result<Value, Failure> {
        let mut body = serde_json::to_value(self.asked(arguments)?).expect("a call is plain data");
        body.as_object_mut().into_iter().for_each(|body| body.extend(self.said.clone()));
        Ok(body)
    }

    fn asked(&self, arguments: Value) -> Result<OperationCall, Failure> {
        let arguments = match arguments {
            Value::Object(arguments) => arguments,
            Value::Null => Map::new(),
            _ => {
                let detail = "the arguments of an operation are a JSON object, such as {\"limit\": 5}";
                return Err(Failure::new(FailureKind::InvalidArgument, detail));
            }
        };
        Ok(OperationCall { arguments, refresh: self.refresh, ..OperationCall::default() })
    }
}
