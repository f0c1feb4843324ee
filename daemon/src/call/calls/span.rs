//! The span that a request to Mixpanel is, where the call that it is sent for has a trace.

use std::sync::Arc;
use std::time::SystemTime;

use hyper::{Request, Response, Uri};
use reqwest::Body;

use super::{Sending, Silence};
use crate::call::waits::Callers;
use crate::trace::context::SpanId;
use crate::trace::{Attribute, Side, Span, Trace, span_id};

/// A request on its way, as a part of a trace.
pub(super) struct Traced {
    trace: Arc<Trace>,
    id: SpanId,
    begun: SystemTime,
}

impl Sending<'_> {
    /// Lets a request go on with the trace of its call, below a span of its own. A header that somebody has set for all requests stays.
    pub(super) fn trace(&self, request: &mut Request<Body>) -> Option<Traced> {
        let trace = Arc::clone(Callers::here().trace()?);
        let id = span_id();
        for (name, value) in trace.parent.headers(id) {
            request.headers_mut().entry(name).or_insert(value);
        }
        Some(Traced { trace, id, begun: SystemTime::now() })
    }
}

impl Traced {
    /// Tells how it ended. What it asked for is not told: names of events and of people stand in paths and queries.
    pub(super) fn end(&self, sending: &Sending<'_>, to: &Uri, exchanged: &Result<Response<Body>, Silence>) {
        let (method, plane) = (sending.request.method.as_str(), sending.request.host.as_str());
        let mut attributes = vec![
            ("http.request.method", Attribute::Text(method.to_owned())),
            ("server.address", Attribute::Text(to.host().unwrap_or_default().to_owned())),
            ("mp.plane", Attribute::Word(plane)),
        ];
        let is_error = match exchanged {
            Ok(response) => {
                let status = response.status().as_u16();
                attributes.push(("http.response.status_code", Attribute::Number(status.into())));
                status >= 400
            }
            Err(silence) => {
                attributes.push(("error.type", Attribute::Word(silence.reason())));
                true
            }
        };
        let span = Span {
            trace: self.trace.parent.trace,
            id: self.id,
            parent: self.trace.span,
            side: Side::Client,
            name: format!("{method} {plane}"),
            begun: self.begun,
            ended: SystemTime::now(),
            attributes,
            is_error,
        };
        sending.calls.spans.take(&self.trace, span);
    }
}
