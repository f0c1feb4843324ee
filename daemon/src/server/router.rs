//! What is made of the [`table`](crate::server::table): the router, the counters of its rows, and the answers to requests that no row sees.

use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use hyper::header::{ALLOW, HeaderValue};
use hyper::{Method, Uri};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes as at;

use crate::server::app::App;
use crate::server::reply::{self, Answer, Refusal};
use crate::server::route::PASSED;
use crate::server::table::routes;
use crate::server::tally::{Counters, Row};

/// Returns what counts the calls of each row.
pub(crate) fn counters() -> Counters {
    Counters::new(routes().iter().map(|route| (route.path, route.word())))
}

/// Returns the place of a row.
pub(crate) fn row(method: &Method, path: &str) -> Row {
    routes().iter().position(|route| route.method == *method && route.path == path).map_or(Row::NONE, Row)
}

/// Makes the router of all routes.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let rows = routes().into_iter().enumerate();
    let router = rows.fold(Router::new(), |router, (at, route)| (route.attach)(router, Row(at)));
    // In this order: the second applies to the routes that are there already.
    let router = router.fallback(unknown_route).method_not_allowed_fallback(wrong_method);
    router.with_state(Arc::clone(app))
}

async fn unknown_route(uri: Uri) -> Answer {
    let detail = format!("there is no {}; GET {} lists the routes", uri.path(), at::OPENAPI);
    Err(Refusal(Failure::new(FailureKind::RouteNotFound, detail)))
}

async fn wrong_method(method: Method, uri: Uri) -> Response {
    not_allowed(&method, uri.path())
}

fn not_allowed(method: &Method, path: &str) -> Response {
    let detail = format!("{path} does not take {method}; GET {} lists the routes", at::OPENAPI);
    let mut response = reply::failure(&Failure::new(FailureKind::MethodNotAllowed, detail));
    let taken = methods(path);
    if let Ok(value) = HeaderValue::try_from(taken.join(", ")) {
        // RFC 9110, 15.5.6: such an answer says what would have been right.
        response.headers_mut().insert(ALLOW, value);
    }
    response
}

/// Returns the methods that a path takes, in the order of the table.
fn methods(path: &str) -> Vec<String> {
    let mut found = Vec::new();
    for route in routes().iter().filter(|route| route.is_at(path)) {
        let own = if route.takes_any { PASSED.to_vec() } else { vec![route.method.clone()] };
        for method in own {
            // A path that can be read can be read without its body.
            let head = (method == Method::GET && !route.takes_any).then_some(Method::HEAD);
            found.extend([Some(method), head].into_iter().flatten().map(|method| method.to_string()));
        }
    }
    found
}

/// Answers a request that no route sees. That a path does not take the method is the first thing to know about it.
pub(crate) fn refused(method: &Method, path: &str, failure: &Failure) -> Response {
    let taken = methods(path);
    if taken.is_empty() || taken.iter().any(|taken| taken == method.as_str()) {
        return reply::failure(failure);
    }
    not_allowed(method, path)
}
