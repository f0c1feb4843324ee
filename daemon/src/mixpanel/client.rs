//! One request to Mixpanel, and the head of its answer.

use std::error::Error;

use hyper::{Request, Response};
use reqwest::Body;

use super::plain::{Plain, PlainError};

/// What sends requests and gives back answers whose bodies are still to come. It follows no redirect, and adds nothing to a request.
#[derive(Clone)]
pub(crate) enum HttpClient {
    /// Over TLS, HTTP/2 and proxies.
    Whole(reqwest::Client),
    /// Straight, in the clear, to what stands in for Mixpanel on this machine: without the layers that the other has for what cannot
    /// happen here.
    Plain(Plain),
}

/// No answer came.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoAnswer {
    #[error(transparent)]
    Whole(reqwest::Error),
    #[error(transparent)]
    Plain(PlainError),
}

impl HttpClient {
    /// Sends a request. Dropping the answer ends it.
    ///
    /// # Errors
    /// When there is no connection, or it ends before the head of an answer.
    pub(crate) async fn send(&self, request: Request<Body>) -> Result<Response<Body>, NoAnswer> {
        match self {
            Self::Whole(client) => {
                let request = reqwest::Request::try_from(request).map_err(NoAnswer::Whole)?;
                client.execute(request).await.map(Into::into).map_err(NoAnswer::Whole)
            }
            Self::Plain(client) => client.send(request).await.map_err(NoAnswer::Plain),
        }
    }
}

/// What is known of a request that failed.
#[derive(Clone, Copy)]
pub(crate) struct Fault<'a> {
    /// There was no connection.
    pub(crate) is_connect: bool,
    /// It took too long.
    pub(crate) is_timeout: bool,
    error: &'a (dyn Error + 'static),
}

impl<'a> Fault<'a> {
    /// Returns the errors below the outermost. Its own text may repeat the URL, whose query may hold what nobody else should read.
    pub(crate) fn causes(self) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
        std::iter::successors(self.error.source(), |cause| (*cause).source())
    }
}

impl<'a> From<&'a reqwest::Error> for Fault<'a> {
    fn from(error: &'a reqwest::Error) -> Self {
        Self { is_connect: error.is_connect(), is_timeout: error.is_timeout(), error }
    }
}

impl<'a> From<&'a NoAnswer> for Fault<'a> {
    fn from(error: &'a NoAnswer) -> Self {
        match error {
            NoAnswer::Whole(error) => error.into(),
            NoAnswer::Plain(error) => {
                let fault = Self { is_connect: matches!(error, PlainError::Connect(_)), is_timeout: false, error };
                let is_late = |cause: &std::io::Error| cause.kind() == std::io::ErrorKind::TimedOut;
                let is_timeout = fault.causes().filter_map(|cause| cause.downcast_ref()).any(is_late);
                Self { is_timeout, ..fault }
            }
        }
    }
}
