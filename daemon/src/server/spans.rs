//! The span that a call is: in the log, and for those who collect traces.

use std::time::SystemTime;

use hyper::{Method, Request, StatusCode};
use mp_proto::failure::FailureKind;
use tracing::{debug_span, info_span};

use crate::server::app::App;
use crate::trace::{Attribute, Side, Span, Trace};

/// Returns what the lines of the log about a call have in common. One that its caller traces is to be found by that whatever the filter is;
/// the others are told apart where much is logged.
pub(super) fn of_log<B>(trace: Option<&Trace>, request: &Request<B>, number: u64) -> tracing::Span {
    let (method, path) = (request.method(), request.uri().path());
    match trace {
        Some(Trace { parent, span, .. }) => {
            info_span!("call", %method, path, number, trace_id = %parent.trace, span_id = %span)
        }
        None => debug_span!("call", %method, path, number),
    }
}

/// Tells how a call was answered.
pub(super) fn end(
    app: &App,
    trace: &Trace,
    method: &Method,
    route: &'static str,
    status: StatusCode,
    failed: Option<FailureKind>,
) {
    let mut attributes = vec![
        ("http.request.method", Attribute::Text(method.as_str().to_owned())),
        ("http.route", Attribute::Word(route)),
        ("http.response.status_code", Attribute::Number(status.as_u16().into())),
        ("network.transport", Attribute::Word("unix")),
    ];
    attributes.extend(failed.map(|kind| ("error.type", Attribute::Word(kind.code()))));
    let span = Span {
        trace: trace.parent.trace,
        id: trace.span,
        parent: trace.parent.span,
        side: Side::Server,
        name: format!("{method} {route}"),
        begun: trace.begun,
        ended: SystemTime::now(),
        attributes,
        is_error: status.is_server_error(),
    };
    app.spans.take(trace, span);
}
