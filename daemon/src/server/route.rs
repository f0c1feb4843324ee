//! A row of the table of routes.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodFilter, any, on};
use hyper::Method;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::server::app::App;

/// One method of one path, or all of them.
pub(crate) struct Route {
    /// GET, POST, …
    pub(crate) method: Method,
    /// Whether every other method is taken as well.
    pub(crate) takes_any: bool,
    /// With `{name}` where a name goes.
    pub(crate) path: &'static str,
    /// One line.
    pub(crate) summary: &'static str,
    /// The JSON body it takes.
    pub(crate) request: Option<Described>,
    /// What it answers.
    pub(crate) reply: Reply,
    /// The query parameters it understands.
    pub(crate) query: &'static [(&'static str, &'static str)],
    pub(crate) attach: Attach,
}

pub(crate) type Attach = Box<dyn FnOnce(Router<Arc<App>>) -> Router<Arc<App>>>;

/// What a route answers on success.
pub(crate) enum Reply {
    /// 200 with JSON.
    Json(Described),
    /// 201 with JSON.
    Created(Described),
    /// 202 with JSON.
    Accepted(Described),
    /// 200 with another content type.
    Other(&'static str),
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

impl Route {
    pub(crate) fn new<H, T>(method: Method, path: &'static str, summary: &'static str, reply: Reply, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        let filter = MethodFilter::try_from(method.clone()).expect("only methods that axum knows stand in the table");
        let attach: Attach = Box::new(move |router| router.route(path, on(filter, handler)));
        Self { method, takes_any: false, path, summary, request: None, reply, query: &[], attach }
    }

    pub(crate) fn any<H, T>(path: &'static str, summary: &'static str, reply: Reply, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        let attach: Attach = Box::new(move |router| router.route(path, any(handler)));
        Self { method: Method::GET, takes_any: true, path, summary, request: None, reply, query: &[], attach }
    }

    pub(crate) fn takes<T: ToSchema>(mut self) -> Self {
        self.request = Some(body::<T>());
        self
    }

    pub(crate) fn query(mut self, query: &'static [(&'static str, &'static str)]) -> Self {
        self.query = query;
        self
    }
}
