//! What is to go wrong, route by route: a queue of plans, each for so many requests, then all is well again.

use serde_json::{Value, json};

use super::gate::Gate;
use super::reply::Reply;
use super::server::Received;

/// Something that goes wrong with a request.
#[derive(Debug, Clone)]
pub enum Fault {
    /// The answer waits until the test opens the gate.
    Hold(Gate),
    /// The connection is reset instead of an answer.
    Reset,
    /// The connection is closed instead of an answer.
    Close,
    /// The connection is closed in the middle of the answer's body.
    CutOff,
    /// The connection is closed after so many bytes of the body.
    CutAfter(u64),
    /// The connection is reset after so many bytes of the body.
    ResetAfter(u64),
    /// After so many bytes of the body, the rest waits until the test opens the gate.
    StallAfter(u64, Gate),
    /// The answer is complete to HTTP, but its JSON ends in the middle.
    TruncatedJson,
    /// A page of HTML comes with status 200, as from a captive portal.
    Html200,
    /// A redirect to `/elsewhere`, which must not be followed.
    Redirect,
    /// This status and this JSON.
    Status(u16, Value),
    /// This status, with a text in `Retry-After`.
    RetryAfter(u16, String),
    /// A good answer, but for its status.
    OddStatus(u16),
    /// A good answer, but with this member of its JSON changed.
    Set(&'static str, Value),
    /// A good answer, but without this member of its JSON.
    Without(&'static str),
}

/// What has happened when something goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// The request did what it does, only the answer is bad.
    Done,
    /// The request did nothing.
    Nothing,
}

/// A fault with how often it comes, and whether the request takes effect.
#[derive(Debug, Clone)]
pub struct Plan {
    fault: Fault,
    /// How many requests are still to be hit.
    left: usize,
    pub(crate) effect: Effect,
    gate: Option<Gate>,
}

impl Fault {
    /// Hits so many requests instead of one.
    pub fn times(self, count: usize) -> Plan {
        Plan::from(self).times(count)
    }

    /// Hits every request until the faults are cleared.
    pub fn forever(self) -> Plan {
        Plan::from(self).forever()
    }

    /// Lets the request do what it does (the token is rotated), only the answer is bad. Usual for [`Fault::OddStatus`],
    /// [`Fault::Set`], [`Fault::Without`] and for what breaks a body in its middle.
    pub fn after_effect(self) -> Plan {
        Plan::from(self).after_effect()
    }

    /// Lets the request do nothing: tokens in the answer, if there are any, are not good. Usual for all others; a pause then
    /// comes before the request does anything.
    pub fn without_effect(self) -> Plan {
        Plan::from(self).without_effect()
    }

    /// Lets the other side wait before the gate until it meets the fault: a connection that breaks while all wait for the answer.
    pub fn held(self, gate: &Gate) -> Plan {
        Plan::from(self).held(gate)
    }

    /// Returns what passes by itself, with a name for each: the request had no effect, and one that comes later is answered well.
    pub fn weather() -> Vec<(&'static str, Self)> {
        vec![
            ("reset", Self::Reset),
            ("close", Self::Close),
            ("cut off", Self::CutOff),
            ("truncated", Self::TruncatedJson),
            ("html", Self::Html200),
            ("redirect", Self::Redirect),
            ("403", Self::Status(403, json!({"error": "invalid_grant"}))),
            ("404", Self::Status(404, json!({}))),
            ("429", Self::RetryAfter(429, "0".to_owned())),
            ("500", Self::Status(500, json!({"error": "server_error"}))),
        ]
    }

    /// Returns every oddity of a token answer that still carries an access token, with a name for each.
    pub fn odd_token_answers() -> Vec<(&'static str, Self)> {
        vec![
            ("no expires_in", Self::Without("expires_in")),
            ("expires_in null", Self::Set("expires_in", Value::Null)),
            ("expires_in 0", Self::Set("expires_in", json!(0))),
            ("expires_in negative", Self::Set("expires_in", json!(-3600))),
            ("expires_in huge", Self::Set("expires_in", json!(u64::MAX))),
            ("expires_in text", Self::Set("expires_in", json!("3600"))),
            ("expires_in float", Self::Set("expires_in", json!(3600.5))),
            ("no token_type", Self::Without("token_type")),
            ("token_type in lower case", Self::Set("token_type", json!("bearer"))),
            ("status 201", Self::OddStatus(201)),
            ("no refresh_token", Self::Without("refresh_token")),
            ("refresh_token null", Self::Set("refresh_token", Value::Null)),
            ("no scope", Self::Without("scope")),
            ("scope a list", Self::Set("scope", json!(["projects", "analysis"]))),
        ]
    }

    fn apply(&self, good: Reply) -> Reply {
        match self {
            Self::Hold(gate) => good.hold(gate),
            Self::Reset => Reply::reset(),
            Self::Close => Reply::close(),
            Self::CutOff => {
                let half = good.body.len() / 2;
                good.truncated(half)
            }
            Self::CutAfter(bytes) => good.cut_after(*bytes),
            Self::ResetAfter(bytes) => good.reset_after(*bytes),
            Self::StallAfter(bytes, gate) => good.stall_after(*bytes, gate),
            Self::TruncatedJson => {
                let half = good.body.len() / 2;
                Reply { body: good.body[..half].to_vec(), ..good }
            }
            Self::Html200 => Reply::html(200, "<!doctype html><title>Welcome</title><p>Please sign in to the network."),
            Self::Redirect => Reply::redirect("/elsewhere"),
            Self::Status(status, body) => Reply::json(*status, body),
            Self::RetryAfter(status, text) => {
                Reply::json(*status, &json!({"status": "error", "error": "slow down"})).header("Retry-After", text)
            }
            Self::OddStatus(status) => Reply { status: *status, ..good },
            Self::Set(member, value) => edit(good, |body| body[*member] = value.clone()),
            Self::Without(member) => edit(good, |body| {
                body.as_object_mut().and_then(|body| body.shift_remove(*member));
            }),
        }
    }
}

/// Changes a good JSON object; any other answer stays as it is.
fn edit(mut reply: Reply, change: impl FnOnce(&mut Value)) -> Reply {
    if let Ok(mut body @ Value::Object(_)) = serde_json::from_slice::<Value>(&reply.body)
        && reply.status == 200
    {
        change(&mut body);
        reply.body = body.to_string().into_bytes();
    }
    reply
}

impl From<Fault> for Plan {
    fn from(fault: Fault) -> Self {
        let effect = match fault {
            Fault::OddStatus(_) | Fault::Set(..) | Fault::Without(_) => Effect::Done,
            Fault::CutAfter(_) | Fault::ResetAfter(_) | Fault::StallAfter(..) => Effect::Done,
            _ => Effect::Nothing,
        };
        Self { fault, left: 1, effect, gate: None }
    }
}

impl Plan {
    /// Hits so many requests instead of one.
    #[must_use]
    pub fn times(self, count: usize) -> Self {
        Self { left: count, ..self }
    }

    /// Hits every request until the faults are cleared.
    #[must_use]
    pub fn forever(self) -> Self {
        self.times(usize::MAX)
    }

    /// As [`Fault::after_effect`].
    #[must_use]
    pub fn after_effect(self) -> Self {
        Self { effect: Effect::Done, ..self }
    }

    /// As [`Fault::without_effect`].
    #[must_use]
    pub fn without_effect(self) -> Self {
        Self { effect: Effect::Nothing, ..self }
    }

    /// As [`Fault::held`].
    #[must_use]
    pub fn held(self, gate: &Gate) -> Self {
        Self { gate: Some(gate.clone()), ..self }
    }

    /// Returns what comes instead of a good answer.
    pub(crate) fn apply(&self, good: Reply) -> Reply {
        let reply = self.fault.apply(good);
        match &self.gate {
            Some(gate) => reply.hold(gate),
            None => reply,
        }
    }

    /// Returns the gate to wait for before the request is even looked at.
    pub(crate) fn gate_first(&self) -> Option<Gate> {
        match (&self.fault, self.effect) {
            (Fault::Hold(gate), Effect::Nothing) => Some(gate.clone()),
            _ => None,
        }
    }
}

/// The plans, in the order they were made.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<(String, String, Plan)>);

impl Faults {
    pub(crate) fn add(&mut self, method: &str, path_prefix: &str, plan: Plan) {
        self.0.push((method.to_owned(), path_prefix.to_owned(), plan));
    }

    /// Takes the first plan that is for this request.
    pub(crate) fn take(&mut self, received: &Received) -> Option<Plan> {
        let is_for = |method: &str, prefix: &str| {
            (method == "*" || method == received.method) && received.path.starts_with(prefix)
        };
        let (_, _, plan) = self.0.iter_mut().find(|(method, prefix, plan)| plan.left > 0 && is_for(method, prefix))?;
        if plan.left != usize::MAX {
            plan.left -= 1;
        }
        Some(plan.clone())
    }

    /// Returns how many requests are still to be hit, without those that are to be hit for ever.
    pub(crate) fn left(&self) -> usize {
        self.0.iter().map(|(_, _, plan)| plan.left).filter(|left| *left != usize::MAX).sum()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
