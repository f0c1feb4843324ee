//! A row of the table of routes.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use hyper::Method;
use mp_proto::failure::FailureKind;
use tower::util::MapResponseLayer;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::server::app::App;
use crate::server::failures;
use crate::server::tally::Row;

/// One method of one path, or all of them.
pub(crate) struct Route {
    /// GET, POST, …
    pub(crate) method: Method,
    /// Whether all of [`PASSED`] are taken.
    pub(crate) takes_any: bool,
    /// With `{name}` where a name goes.
    pub(crate) path: &'static str,
    /// One line.
    pub(crate) summary: &'static str,
    /// The JSON body it takes.
    pub(crate) request: Option<Described>,
    /// What it answers.
    pub(crate) reply: Reply,
    /// What it takes for a body that is not JSON.
    pub(crate) upload: Option<&'static str>,
    /// The query parameters it understands.
    pub(crate) query: &'static [Asked],
    /// Whether it reads the caller's context.
    pub(crate) reads_context: bool,
    /// Whether a failure may have the status of Mixpanel's own answer.
    pub(crate) asks_mixpanel: bool,
    /// The kinds of failures that it may answer, in groups, less those that any route may.
    pub(crate) fails: Vec<&'static [FailureKind]>,
    pub(crate) attach: Attach,
}

/// A query parameter.
pub(crate) struct Asked {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) kind: AskedKind,
}

/// What a query parameter must be.
#[derive(Clone, Copy)]
pub(crate) enum AskedKind {
    /// `true` or `false`.
    Flag,
    /// A number that is not negative.
    Count,
    /// The id of a project.
    Project,
    /// Any text.
    Text,
    /// The text of a JSON object.
    Object,
    /// Some of these, separated by commas.
    SomeOf(&'static [&'static str]),
}

impl Asked {
    pub(crate) const fn new(name: &'static str, kind: AskedKind, about: &'static str) -> Self {
        Self { name, about, kind }
    }
}

/// The methods of a route that takes any: all that Mixpanel has paths for. The document cannot describe others.
pub(crate) const PASSED: [Method; 7] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];

/// Puts a route into the router, so that its answers say which row of the table has made them.
pub(crate) type Attach = Box<dyn FnOnce(Router<Arc<App>>, Row) -> Router<Arc<App>>>;

/// What a route answers on success.
pub(crate) enum Reply {
    /// 200 with JSON.
    Json(Described),
    /// 201 with JSON.
    Created(Described),
    /// 201 with JSON, or 200 with the same where what was asked for is there already.
    CreatedOrFound(Described),
    /// 202 with JSON.
    Accepted(Described),
    /// 200 with one of these content types.
    Other(&'static [&'static str]),
    /// 101: the connection is not HTTP any more.
    Upgraded,
    /// Whatever Mixpanel answers.
    Passed,
}

impl Reply {
    /// Returns the body that it describes.
    pub(crate) fn body(&self) -> Option<&Described> {
        match self {
            Self::Json(body) | Self::Created(body) | Self::CreatedOrFound(body) | Self::Accepted(body) => Some(body),
            Self::Other(_) | Self::Upgraded | Self::Passed => None,
        }
    }
}

/// A body type, by name and by the schemas it needs.
pub(crate) struct Described {
    /// Its name in the document.
    pub(crate) name: Cow<'static, str>,
    /// Adds it and what it refers to.
    pub(crate) collect: fn(&mut Vec<(String, RefOr<Schema>)>),
}

pub(crate) fn body<T: ToSchema>() -> Described {
    Described {
        name: T::name(),
        collect: |schemas| {
            T::schemas(schemas);
            schemas.push((T::name().into_owned(), T::schema()));
        },
    }
}

pub(crate) fn json<T: ToSchema>() -> Reply {
    Reply::Json(body::<T>())
}

/// Lets the answers of a route say which row has made them.
fn told_by(row: Row, route: MethodRouter<Arc<App>>) -> MethodRouter<Arc<App>> {
    route.route_layer(MapResponseLayer::new(move |mut answer: Response| {
        answer.extensions_mut().insert(row);
        answer
    }))
}

impl Route {
    /// Returns its method, as its calls are counted under it.
    pub(crate) fn word(&self) -> &'static str {
        const WORDS: [(&Method, &str); 5] = [
            (&Method::GET, "GET"),
            (&Method::POST, "POST"),
            (&Method::PUT, "PUT"),
            (&Method::PATCH, "PATCH"),
            (&Method::DELETE, "DELETE"),
        ];
        let own = WORDS.into_iter().find(|(method, _)| **method == self.method);
        own.filter(|_| !self.takes_any).map_or("ANY", |(_, word)| word)
    }

    pub(crate) fn new<H, T>(method: Method, path: &'static str, summary: &'static str, reply: Reply, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        let filter = MethodFilter::try_from(method.clone()).expect("only methods that axum knows stand in the table");
        let attach: Attach = Box::new(move |router, row| router.route(path, told_by(row, on(filter, handler))));
        Self::row(method, path, summary, reply, attach)
    }

    pub(crate) fn any<H, T>(path: &'static str, summary: &'static str, reply: Reply, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        let filters = PASSED.into_iter().filter_map(|method| MethodFilter::try_from(method).ok());
        let filter = filters.reduce(MethodFilter::or).expect("there are some");
        let attach: Attach = Box::new(move |router, row| router.route(path, told_by(row, on(filter, handler))));
        Self { takes_any: true, ..Self::row(Method::GET, path, summary, reply, attach) }
    }

    fn row(method: Method, path: &'static str, summary: &'static str, reply: Reply, attach: Attach) -> Self {
        Self {
            method,
            takes_any: false,
            path,
            summary,
            request: None,
            reply,
            upload: None,
            query: &[],
            reads_context: false,
            asks_mixpanel: false,
            fails: Vec::new(),
            attach,
        }
    }

    /// Says which JSON body it takes.
    pub(crate) fn takes<T: ToSchema>(mut self) -> Self {
        self.request = Some(body::<T>());
        self.fails.push(failures::BODY);
        self
    }

    /// Says that its body is a file.
    pub(crate) fn uploads(mut self, content_type: &'static str) -> Self {
        self.upload = Some(content_type);
        self.fails.push(failures::BODY);
        self
    }

    /// Says which query parameters it understands.
    pub(crate) fn query(mut self, query: &'static [Asked]) -> Self {
        self.query = query;
        self
    }

    /// Says that it reads the caller's context, and the config file that this means.
    pub(crate) fn in_context(mut self) -> Self {
        self.reads_context = true;
        self.fails.push(failures::CONTEXT);
        self
    }

    /// Says how it may fail.
    pub(crate) fn fails(mut self, kinds: &[&'static [FailureKind]]) -> Self {
        self.fails.extend(kinds);
        self
    }

    /// Says that a failure may be Mixpanel's answer, with Mixpanel's status.
    pub(crate) fn asks_mixpanel(mut self) -> Self {
        self.asks_mixpanel = true;
        self
    }

    /// Returns whether it answers a path.
    pub(crate) fn is_at(&self, path: &str) -> bool {
        let mut given = path.split('/');
        for word in self.path.split('/') {
            match (word, given.next()) {
                ("{*path}", Some(rest)) => return !rest.is_empty(),
                (word, Some(segment)) if word == segment => {}
                (word, Some(segment)) if word.starts_with('{') && !segment.is_empty() => {}
                _ => return false,
            }
        }
        given.next().is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_knows_its_paths() {
        let row = |path| Route::any(path, "", Reply::Passed, async || ());
        assert!(row("/v1/a").is_at("/v1/a") && !row("/v1/a").is_at("/v1/a/b") && !row("/v1/a").is_at("/v1"));
        assert!(row("/v1/a/{name}/use").is_at("/v1/a/x/use"));
        assert!(!row("/v1/a/{name}/use").is_at("/v1/a//use") && !row("/v1/a/{name}/use").is_at("/v1/a/x"));
        assert!(row("/v1/api/{*path}").is_at("/v1/api/app/x/y") && !row("/v1/api/{*path}").is_at("/v1/api/"));
    }
}
