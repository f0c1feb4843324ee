//! The two questions that tools ask all the time, each answered by the function that its route has, without the way through the router,
//! which costs as much as the answer. Whatever is not asked in the usual words goes that way.

use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use std::sync::LazyLock;

use hyper::{Method, Request};
use mp_proto::routes::{ACCOUNT_TOKEN, ACCOUNTS, SESSION};

use crate::server::accounts::{Receiver, reveal};
use crate::server::app::App;
use crate::server::call::{Caller, JsonBody};
use crate::server::peer::Peer;
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
}

impl Asked {
    /// Returns what a request asks, if it is one of the two.
    pub(super) fn of(method: &Method, path: &str) -> Option<Self> {
        if method == Method::GET && path == SESSION {
            return Some(Self::Session);
        }
        let name = path.strip_prefix(ACCOUNTS)?.strip_prefix('/')?.strip_suffix("/token")?;
        let is_plain =
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        (method == Method::POST && is_plain).then(|| Self::Token(name.to_owned()))
    }

    /// Returns the row of the table that has the same function.
    pub(super) fn row(&self) -> Row {
        static ROWS: LazyLock<(Row, Row)> =
            LazyLock::new(|| (router::row(&Method::GET, SESSION), router::row(&Method::POST, ACCOUNT_TOKEN)));
        match self {
            Self::Session => ROWS.0,
            Self::Token(_) => ROWS.1,
        }
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_row() {
        let rows = [Asked::Session.row(), Asked::Token("a".to_owned()).row()];
        assert!(rows[0] != rows[1] && !rows.contains(&Row::NONE), "{rows:?}");
    }

    #[test]
    fn what_is_asked_in_other_words_goes_through_the_router() {
        let token = |name: &str| Some(Asked::Token(name.to_owned()));
        for (method, path, expected) in [
            (Method::GET, "/v1/session", Some(Asked::Session)),
            (Method::POST, "/v1/accounts/ci-1_x/token", token("ci-1_x")),
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
