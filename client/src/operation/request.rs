//! The call of an operation: one generic route, which none of them knows.

use hyper::Method;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use mp_catalog::{Operation, OperationCall};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::{OPERATION, OPERATION_UPLOAD, encode_segment, fill};
use serde_json::Value;

use crate::api::{Streamed, written};
use crate::call::Call;
use crate::output::spinner;
use crate::report;
use crate::transport::{Content, Streaming, TransportError};

/// Calls an operation. What the daemon says beside the answer is printed when nothing moves on that line any more.
///
/// # Errors
/// Those of the route.
///
/// # Errors
/// Those of the route.
pub(super) async fn ask(call: &mut Call<'_>, id: &str, asked: &OperationCall) -> Result<Value, Failure> {
    let path = fill(OPERATION, id);
    let answer = call.daemon.call::<Value>(Method::POST, &path, Some(asked));
    let _held = report::hold();
    Ok(spinner::beside(call.quiet, answer).await?.body)
}

/// Calls an operation that takes a file, and sends the file behind its arguments.
///
/// # Errors
/// Those of the route, and when the file becomes shorter.
pub(super) async fn upload(
    call: &mut Call<'_>,
    operation: &Operation,
    asked: &OperationCall,
    content: Content,
) -> Result<Value, Failure> {
    let text = serde_json::to_string(&asked.arguments).unwrap_or_default();
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    let path = format!("{}?arguments={}", fill(OPERATION_UPLOAD, operation.id), encode_segment(&text));
    let request = Streamed { method: Method::POST, path, headers, body: Some(content), refusals_fail: true };
    let mut streaming = open(call, request).await?;
    let body = streaming.rest().await.map_err(|error| broken(&error))?;
    serde_json::from_slice(&body)
        .map_err(|error| Failure::new(FailureKind::Internal, format!("the daemon's answer is no JSON: {error}")))
}

/// Calls an operation whose answer is bytes, which are still to come.
///
/// # Errors
/// Those of the route.
pub(super) async fn bytes(
    call: &mut Call<'_>,
    operation: &Operation,
    asked: &OperationCall,
) -> Result<Streaming, Failure> {
    let request = Streamed {
        method: Method::POST,
        path: fill(OPERATION, operation.id),
        headers: HeaderMap::new(),
        body: Some(written(asked)?),
        refusals_fail: true,
    };
    open(call, request).await
}

async fn open(call: &mut Call<'_>, request: Streamed) -> Result<Streaming, Failure> {
    let _held = report::hold();
    spinner::beside(call.quiet, call.daemon.stream(request)).await
}

/// Says that an answer did not come to its end.
pub(super) fn broken(error: &TransportError) -> Failure {
    Failure::new(FailureKind::Unreachable, format!("the daemon's answer was cut off: {error}"))
}
