//! Calls of Mixpanel's own API with the shared login.

use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, StatusCode, Uri};
use mp_proto::deadline::UPSTREAM;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::plane::Plane;
use mp_proto::routes::{API_HEAD, encode_segment};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::bytes::ByteStream;
use super::scope::Scope;
use crate::api::{Streamed, written};
use crate::transport::{Content, Streaming};
use crate::uri::{self, is_url};

/// A call of Mixpanel's own API that is not sent yet: [`crate::Workspace::api`]. The daemon adds host, credential and, where the API
/// wants it, the project.
///
/// ```no_run
/// # async fn example(ws: mp_client::Workspace) -> Result<(), Box<dyn std::error::Error>> {
/// use mp_client::{Method, Plane};
///
/// let path = "projects/{project_id}/dashboards/7";
/// let answer = ws.api(Plane::App, Method::PATCH, path).json(&serde_json::json!({"title": "New"}))?.send().await?;
/// if answer.status.is_success() {
///     println!("{}", answer.json::<serde_json::Value>()?);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is sent before `send` or `stream`"]
pub struct ApiCall {
    scope: Scope,
    plane: Plane,
    method: Method,
    path: String,
    query: Vec<String>,
    headers: HeaderMap,
    body: Option<Bytes>,
}

impl ApiCall {
    pub(super) fn of(scope: Scope, plane: Plane, method: Method, path: String) -> Self {
        Self { scope, plane, method, path, query: Vec::new(), headers: HeaderMap::new(), body: None }
    }

    /// Adds a parameter to the query, encoded.
    pub fn query(mut self, name: &str, value: impl ToString) -> Self {
        self.query.push(format!("{}={}", encode_segment(name), encode_segment(&value.to_string())));
        self
    }

    /// Adds a header. Only `Accept`, `Accept-Encoding`, `Content-Type`, `If-…` and `Range` reach Mixpanel.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// Sets the body to bytes, of a type that a header tells.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Sets the body to JSON.
    ///
    /// # Errors
    /// When the value cannot be JSON.
    pub fn json(mut self, value: &impl Serialize) -> Result<Self, Failure> {
        if let Content::Bytes(bytes) = written(value)? {
            self.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            self.body = Some(bytes);
        }
        Ok(self)
    }

    /// Sends it and returns the whole answer. What Mixpanel refuses is an answer, too.
    ///
    /// # Errors
    /// When the daemon refuses, Mixpanel cannot be reached, or the answer is cut off or has more than 64 MiB.
    pub async fn send(self) -> Result<Response<Bytes>, Failure> {
        let (mut streaming, status, headers) = self.open().await?;
        let body = streaming.rest().await.map_err(|error| {
            Failure::new(FailureKind::Unreachable, format!("the answer could not be read to its end: {error}"))
        })?;
        Ok(Response { status, headers, body })
    }

    /// Sends it and returns the answer with its body still to come.
    ///
    /// # Errors
    /// When the daemon refuses, or Mixpanel cannot be reached.
    pub async fn stream(self) -> Result<Response<ByteStream>, Failure> {
        let (streaming, status, headers) = self.open().await?;
        Ok(Response { status, headers, body: ByteStream::of(streaming) })
    }

    async fn open(self) -> Result<(Streaming, StatusCode, HeaderMap), Failure> {
        let path = self.target()?;
        let (method, headers, body) = (self.method, self.headers, self.body.map(Content::Bytes));
        let request = Streamed { method, path, headers, body, refusals_fail: false };
        let mut streaming = self.scope.open(request, UPSTREAM).await?;
        let (status, headers) = (streaming.status, std::mem::take(&mut streaming.headers));
        Ok((streaming, status, headers))
    }

    fn target(&self) -> Result<String, Failure> {
        let refused = |detail: String| Failure::new(FailureKind::InvalidArgument, detail);
        if is_url(&self.path) {
            return Err(refused("the path is a URL; expected one below the plane, without scheme and host".to_owned()));
        }
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let path = uri::path(path.trim_start_matches('/'));
        let given = [uri::query(query)];
        let query: Vec<&str> =
            given.iter().chain(&self.query).map(String::as_str).filter(|pair| !pair.is_empty()).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        let target = format!("{API_HEAD}{}/{path}{mark}{}", self.plane.as_str(), query.join("&"));
        target.parse::<Uri>().map_err(|error| refused(format!("the path cannot be sent: {error}")))?;
        Ok(target)
    }
}

/// What Mixpanel has answered.
#[derive(Debug)]
pub struct Response<B> {
    /// Its status; 401 is Mixpanel's, never the daemon's.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: B,
}

impl Response<Bytes> {
    /// Reads the body as JSON.
    ///
    /// # Errors
    /// When it is something else.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let detail = format!("the answer (status {}) is not the expected JSON: {error}", self.status.as_u16());
            Failure::new(FailureKind::UpstreamInvalid, detail)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Client;

    fn call(path: &str) -> ApiCall {
        let client = Client::builder().variables([("HOME", "/h")]).build().expect("a client");
        client.api(Plane::App, Method::GET, path)
    }

    #[test]
    fn a_path_is_below_its_plane_and_a_parameter_is_encoded() {
        let target = |call: ApiCall| call.target().expect("can be sent");
        assert_eq!(target(call("/me")), "/v1/api/app/me");
        assert_eq!(
            target(call("projects/{project_id}/x?a=1").query("b c", "d&e").query("n", 7)),
            "/v1/api/app/projects/%7Bproject_id%7D/x?a=1&b%20c=d%26e&n=7"
        );
    }

    #[test]
    fn nothing_of_a_path_is_lost_or_means_something_else() {
        let target = |path: &str| call(path).target();
        assert_eq!(target("a b/ü#c\r\nx: y"), Ok("/v1/api/app/a%20b/%C3%BC%23c%0D%0Ax:%20y".to_owned()));
        for bad in ["https://mixpanel.com/api/app/me", "//x/y", &"x".repeat(70_000)] {
            assert!(target(bad).is_err_and(|failure| failure.kind == FailureKind::InvalidArgument));
        }
    }
}
