//! What tools ask all the time: the session, a token, and a read of Mixpanel. Each is answered by the function that its route has, without
//! the way through the router, which costs as much as the answer. Whatever is not asked in the usual words goes that way.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use hyper::body::{Body as _, Incoming};
use std::sync::LazyLock;

use hyper::{Method, Request};
use mp_proto::routes::{ACCOUNT_TOKEN, ACCOUNTS, API, API_HEAD, SESSION};

use crate::server::accounts::{Receiver, reveal};
use crate::server::app::App;
use crate::server::call::{Caller, JsonBody};
use crate::server::peer::Peer;
use crate::server::proxy::passed;
use crate::server::reply::Answer;
use crate::server::router;
use crate::server::session::resolved;
use crate::server::tally::Row;

/// What is asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// The session.
    Session,
    /// The token of this account.
    Token(String),
    /// Something of Mixpanel's own API.
    Api,
}

impl Asked {
    /// Returns what a request asks, if it is one of these.
    pub(super) fn of(method: &Method, path: &str) -> Option<Self> {
        if method == Method::GET && path == SESSION {
            return Some(Self::Session);
        }
        if method == Method::GET && path.strip_prefix(API_HEAD).is_some_and(|rest| !rest.is_empty()) {
            return Some(Self::Api);
        }
        let name = path.strip_prefix(ACCOUNTS)?.strip_prefix('/')?.strip_suffix("/token")?;
        let is_plain =
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        (method == Method::POST && is_plain).then(|| Self::Token(name.to_owned()))
    }

    /// Returns the row of the table that has the same function.
    pub(super) fn row(&self) -> Row {
        static ROWS: LazyLock<[Row; 3]> = LazyLock::new(|| {
            let rows = [(&Method::GET, SESSION), (&Method::POST, ACCOUNT_TOKEN), (&Method::GET, API)];
            rows.map(|(method, path)| router::row(method, path))
        });
        ROWS[match self {
            Self::Session => 0,
            Self::Token(_) => 1,
            Self::Api => 2,
        }]
    }

    /// Answers it.
    pub(super) async fn answer(self, app: &App, peer: Peer, request: Request<Incoming>) -> Response {
        self.answered(app, peer, request).await.unwrap_or_else(IntoResponse::into_response)
    }

    async fn answered(self, app: &App, peer: Peer, request: Request<Incoming>) -> Answer {
        let caller = Caller::of(request.headers())?;
        match self {
            Self::Session => resolved(app, &caller.0),
            Self::Token(name) => {
                let receiver = Receiver::of(peer, request.headers());
                let JsonBody(request) = JsonBody::read(request.into_body()).await?;
                reveal(app, &name, receiver, &caller, &request).await
            }
            Self::Api => {
                let is_empty = request.body().is_end_stream();
                let request = request.map(|body| if is_empty { Body::empty() } else { Body::new(body) });
                // In a place of its own: it is larger than all that hyper moves for another call.
                Box::pin(passed(app, &caller, peer, request)).await
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_row() {
        let rows = [Asked::Session.row(), Asked::Token("a".to_owned()).row(), Asked::Api.row()];
        assert!(rows[0] != rows[1] && rows[1] != rows[2] && !rows.contains(&Row::NONE), "{rows:?}");
    }

    #[test]
    fn what_is_asked_in_other_words_goes_through_the_router() {
        let token = |name: &str| Some(Asked::Token(name.to_owned()));
        for (method, path, expected) in [
            (Method::GET, "/v1/session", Some(Asked::Session)),
            (Method::POST, "/v1/accounts/ci-1_x/token", token("ci-1_x")),
            (Method::GET, "/v1/api/app/me", Some(Asked::Api)),
            (Method::GET, "/v1/api/", None),
            (Method::HEAD, "/v1/api/app/me", None),
            (Method::HEAD, "/v1/session", None),
            (Method::GET, "/v1/session/", None),
            (Method::PATCH, "/v1/session", None),
            (Method::GET, "/v1/accounts/ci/token", None),
            (Method::POST, "/v1/accounts/c%69/token", None),
            (Method::POST, "/v1/accounts//token", None),
            (Method::POST, "/v1/accounts/a/b/token", None),
            (Method::POST, "/v1/accountsx/token", None),
        ] {
            assert_eq!(Asked::of(&method, path), expected, "{method} {path}");
        }
    }
}
