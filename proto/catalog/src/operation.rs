//! An operation: what a row of the catalog consists of.
//!
//! Read in this order: [`Operation`], [`Param`] (what it takes), [`Text`] (what a text of it must be), [`Bound`] (what becomes of its
//! arguments), [`Call`] (the request), [`Reply`] (what is made of the answer), [`Model`] (what its objects are made of), [`Sent`] (an
//! argument of a model), [`Weight`] (what a call does to the data), [`Confirm`] (when a person is asked).

mod bound;
mod call;
mod confirm;
mod model;
mod param;
mod reply;
mod sent;
mod stage;
mod text;
mod time;
mod weight;

use mp_proto::plane::Plane;

use crate::ask::Family;

pub use bound::Bound;
pub use call::{Arrange, Call, Check, Effect, Ids, Method, PROJECT, PROJECT_ID, Scope, Workflow};
pub use confirm::{Confirm, Touches};
pub use model::{Field, Model, Names, Of};
pub use param::{Kind, Param, Slot, Through};
pub use reply::{Audience, Epoch, Reply, ReplyValue, Reshape, Rows, Shape, Unwrap, Word, results};
pub use sent::Sent;
pub use stage::Stage;
pub use text::{Least, Text};
pub use weight::{Destroys, Weight};

/// An operation.
#[derive(Debug)]
pub struct Operation {
    /// Stable for ever: scripts use it.
    pub id: &'static str,
    /// The words of its command.
    pub command: &'static [&'static str],
    /// One imperative line.
    pub summary: &'static str,
    /// What else a reader should know; may be empty.
    pub detail: &'static str,
    /// What it does to the data; declared, never guessed from the method. What one call does, [`Operation::effect_of`] tells.
    pub effect: Effect,
    /// Why, and when a call is worse.
    pub weight: Weight,
    /// Which part of a session it needs.
    pub scope: Scope,
    /// What it takes.
    pub params: &'static [Param],
    /// What it asks, where its arguments are nested and code checks, describes and sends them: [`crate::ask`]. Such a row has no params,
    /// and a command of its own.
    pub asks: Option<Family>,
    /// The request.
    pub call: Call,
    /// What is made of the answer.
    pub reply: Reply,
    /// When a person is asked before it runs.
    pub confirm: Confirm,
    /// What tells beforehand which objects it will touch.
    pub touches: Option<Touches>,
    /// How far it is settled.
    pub stage: Stage,
}

impl Operation {
    /// What most reads of the query plane share; a row names the rest.
    pub const READ: Self = Self {
        id: "",
        command: &[],
        summary: "",
        detail: "",
        effect: Effect::Read,
        weight: Weight::PLAIN,
        scope: Scope::Project,
        params: &[],
        asks: None,
        call: Call::get(Plane::Query, ""),
        reply: Reply::ONE,
        confirm: Confirm::AtTerminal,
        touches: None,
        stage: Stage::Stable,
    };

    /// What most operations of the App API share.
    pub const APP: Self = Self { scope: Scope::WorkspaceOptional, call: Call::get(Plane::App, ""), ..Self::READ };

    /// Returns what a call does to the data. Whoever asks a person, refuses a call or lends the login decides by this.
    pub fn effect_of(&self, call: &Bound) -> Effect {
        match self.weight.destroys {
            Some(destroys) if destroys(&call.arguments) => Effect::Destroy,
            _ => self.effect,
        }
    }

    /// Returns the worst that a call may do to the data.
    pub const fn worst_effect(&self) -> Effect {
        if self.weight.destroys.is_some() { Effect::Destroy } else { self.effect }
    }

    /// Returns how a call destroys, if that depends on its arguments.
    pub fn destroys_if(&self) -> Option<&'static str> {
        self.weight.destroys.map(|_| self.weight.reason)
    }
}
