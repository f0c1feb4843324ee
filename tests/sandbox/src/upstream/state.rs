//! Everything the fake knows, and the way of a request through it. Runs under one lock, and never waits.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mp_proto::ids::Region;

use super::app::{self, Links, Resource, failure};
use super::asking::Asking;
use super::data::Data;
use super::engage::{self, Sessions};
use super::export;
use super::faults::{Effect, Faults, Plan};
use super::limits::{Meters, Ticket};
use super::mcp::{self, Hosted};
use super::oauth::{Asked, Provider};
use super::oddities;
use super::people::{People, UserId};
use super::query;
use super::record::Records;
use super::reply::Reply;
use super::server::Received;
use super::streams::Guard;
use super::weather::Weather;

/// Where Mixpanel keeps files, as it signs URLs to them.
const STORAGE: &str = "/cdn/";

/// The planes whose requests carry a credential.
const DATA_PLANES: [&str; 6] = ["app", "query", "engage", "export", "mcp", "web"];

type Handler = Arc<dyn Fn(&Received) -> Reply + Send + Sync>;

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) people: People,
    pub(crate) provider: Provider,
    pub(crate) faults: Faults,
    pub(crate) weather: Option<Weather>,
    pub(crate) struck: usize,
    pub(crate) records: Records,
    pub(crate) meters: Meters,
    pub(crate) data: Data,
    pub(crate) sessions: Sessions,
    pub(crate) hosted: Hosted,
    links: Links,
    /// How far the provider's clock was set forward.
    pub(crate) ahead: Duration,
    routes: Vec<Route>,
}

struct Route {
    method: String,
    path_prefix: String,
    handler: Handler,
}

impl Route {
    fn is_for(&self, received: &Received) -> bool {
        (self.method == "*" || self.method == received.method) && received.path.starts_with(&self.path_prefix)
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path_prefix)
    }
}

/// Returns plane and path of what `MP_API_BASE_URL={url}/{region}` makes of Mixpanel's addresses.
fn below_api(path: &str) -> (&str, &str) {
    let heads = [("2.0/", "export"), ("query/engage", "engage"), ("query/", "query"), ("app/", "app")];
    let found = heads.iter().find_map(|(head, plane)| Some((*plane, path.strip_prefix(head)?)));
    found.map_or(("", path), |(plane, path)| (plane, path.trim_start_matches('/')))
}

impl State {
    pub(crate) fn new() -> Self {
        Self {
            people: People::new(),
            provider: Provider::new(),
            faults: Faults::default(),
            weather: None,
            struck: 0,
            records: Records::default(),
            meters: Meters::new(),
            data: Data::default(),
            sessions: Sessions::default(),
            hosted: Hosted::default(),
            links: Links::default(),
            ahead: Duration::ZERO,
            routes: Vec::new(),
        }
    }

    pub(crate) fn now(&self, started: Instant) -> Duration {
        started.elapsed() + self.ahead
    }

    pub(crate) fn add_route(&mut self, method: &str, path_prefix: &str, handler: Handler) {
        let (method, path_prefix) = (method.to_owned(), path_prefix.to_owned());
        // What was added last wins, so that a test can change an answer.
        self.routes.insert(0, Route { method, path_prefix, handler });
    }

    /// Returns what is to go wrong with a request: what is planned, else what chance brings.
    pub(crate) fn strike(&mut self, received: &Received) -> Option<Plan> {
        let planned = self.faults.take(received);
        planned.or_else(|| {
            let struck = self.weather.as_ref().and_then(|weather| weather.strike(received));
            self.struck += usize::from(struck.is_some());
            struck
        })
    }

    /// Answers a request, applies a fault to the answer, and notes both.
    pub(crate) fn answer(
        &mut self,
        received: &Received,
        plan: Option<&Plan>,
        ticket: Option<Arc<Ticket>>,
        now: Duration,
    ) -> Reply {
        let mut problems = Vec::new();
        let before = plan.filter(|plan| plan.effect == Effect::Nothing).map(|_| self.provider.clone());
        let mut reply = self.route(received, ticket.as_deref(), now, &mut problems);
        if let Some(before) = before {
            self.provider = before;
        }
        if let Some(plan) = plan {
            reply = plan.apply(reply);
        }
        reply.guard = ticket.map(|ticket| -> Guard { ticket });
        self.records.finish(received.number, reply.answered(), &problems);
        reply
    }

    fn route(
        &mut self,
        received: &Received,
        ticket: Option<&Ticket>,
        now: Duration,
        problems: &mut Vec<String>,
    ) -> Reply {
        // Browsers ask for it on their own.
        if received.path == "/favicon.ico" {
            return failure(404, "Not found");
        }
        if received.path.starts_with(STORAGE) {
            return self.storage(received, problems);
        }
        let mut words = received.path.trim_start_matches('/').splitn(3, '/');
        let region = words.next().and_then(|word| Region::parse(word).ok());
        let (plane, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let (plane, path) = if plane == "api" { below_api(path) } else { (plane, path) };
        let found = match region {
            Some(region) if plane == "oauth" => {
                let mut asked = Asked { region, received, now, people: &self.people, problems };
                self.provider.answer(path, &mut asked)
            }
            Some(region) if DATA_PLANES.contains(&plane) => {
                self.data(region, (plane, path), received, ticket, now, problems)
            }
            _ => None,
        };
        found.unwrap_or_else(|| {
            problems.push("nothing is at this path".to_owned());
            failure(404, "Not found")
        })
    }

    /// Answers a request to where Mixpanel keeps files: the URL opens them, and nothing of an account belongs there.
    fn storage(&self, received: &Received, problems: &mut Vec<String>) -> Reply {
        for name in ["authorization", "cookie"] {
            if received.header(name).is_some() {
                problems.push(format!("the header {name} was sent to the storage"));
            }
        }
        match self.routes.iter().find(|route| route.is_for(received)) {
            Some(route) => (route.handler)(received),
            None => failure(404, "Not found"),
        }
    }

    /// Answers a request that needs a credential; none where there is nothing at its path.
    fn data(
        &mut self,
        region: Region,
        (plane, path): (&str, &str),
        received: &Received,
        ticket: Option<&Ticket>,
        now: Duration,
        problems: &mut Vec<String>,
    ) -> Option<Reply> {
        let route = self.routes.iter().find(|route| route.is_for(received));
        if received.header("cookie").is_some() {
            problems.push("the header cookie has no place here".to_owned());
        }
        // Without a credential nobody learns what there is.
        let user = self.user((region, plane), received, now, problems).and_then(|user| self.people.user(user));
        let Some(user) = user else {
            if route.is_none() && !exists(plane, path) {
                return None;
            }
            if plane == "mcp" {
                return Some(mcp::unauthorized(received));
            }
            return Some(failure(401, "Invalid or missing credentials"));
        };
        if let Some(refusal) = ticket.and_then(|ticket| ticket.refusal.as_ref()) {
            return Some(refusal.reply(received));
        }
        if let Some(route) = route {
            return Some((route.handler)(received));
        }
        if let Some(odd) = oddities::answer(plane, received) {
            return Some(odd);
        }
        if plane == "mcp" {
            return path.is_empty().then(|| mcp::answer(&mut self.hosted, user, received, problems));
        }
        let mut asking = Asking { region, user, received, problems };
        match plane {
            "app" => Resource::at(path).map(|resource| app::answer(&self.data, &mut self.links, resource, &mut asking)),
            "query" => query::answer(&self.data, path, &mut asking),
            "engage" => engage::answer(&self.data, &mut self.sessions, path, &mut asking),
            "export" => export::answer(&self.data, path, &mut asking),
            _ => None,
        }
    }

    /// Returns whose credential a request carries, if it is good here and now.
    fn user(
        &self,
        (region, plane): (Region, &str),
        received: &Received,
        now: Duration,
        problems: &mut Vec<String>,
    ) -> Option<UserId> {
        let mut headers = received.headers.iter().filter(|(name, _)| name == "authorization").map(|(_, value)| value);
        let Some(header) = headers.next() else {
            problems.push("the header authorization is missing".to_owned());
            return None;
        };
        if headers.next().is_some() {
            problems.push("the header authorization is there twice".to_owned());
            return None;
        }
        // A service account of the hosted MCP server says both words, and there alone.
        let both = header.strip_prefix("Bearer ").filter(|rest| rest.starts_with("Basic "));
        if both.is_some() != (plane == "mcp" && header.contains("Basic ")) {
            problems.push("the header authorization has the words of another plane".to_owned());
            return None;
        }
        let header = both.unwrap_or(header);
        if !header.starts_with("Bearer ") && !header.starts_with("Basic ") {
            problems.push("the header authorization is neither Bearer nor Basic".to_owned());
        }
        let granted = header.strip_prefix("Bearer ").and_then(|token| self.provider.grants.bearer(token, now));
        let granted = granted.filter(|(home, _)| *home == region).map(|(_, user)| user);
        granted.or_else(|| self.people.holder(region, header))
    }
}

/// Returns whether there is something at a path of a data plane.
fn exists(plane: &str, path: &str) -> bool {
    match plane {
        "app" => Resource::at(path).is_some(),
        "query" => query::exists(path),
        "engage" => engage::exists(path),
        "export" => path == "export",
        "mcp" => path.is_empty(),
        _ => false,
    }
}
