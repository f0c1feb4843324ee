//! Ad-hoc queries: from typed arguments to the body that Mixpanel takes, and from its answer to results and tables ([`read`]).
//!
//! [`declared`] says what arguments there are; [`check`] holds JSON against it, and [`schema`] shows it to others. Then each family
//! makes its body from small pieces, one file each: properties, tests, filters, breakdowns, cohorts, metrics, behaviors, time. All of them
//! report into one list, so that an answer tells every problem at once. Pure: which day it is, is for the caller to say.

mod anchor;
mod behavior;
mod breakdown;
mod check;
mod codes;
mod cohort;
mod days;
mod declared;
mod fault;
mod filter;
mod flow;
mod formula;
mod frame;
mod funnel;
mod insights;
mod kind;
mod measure;
mod metric;
mod names;
mod near;
mod object;
mod operators;
mod property;
pub mod read;
mod retention;
mod saved_metric;
mod schema;
mod selector;
mod test;
#[cfg(test)]
mod tests;
mod text;
mod users;

use jiff::civil::Date;
use serde_json::{Map, Value};

pub use declared::words;
pub use fault::Fault;

use codes::ASK_UNKNOWN;
use declared::families;
use fault::{At, Report};
use kind::Shape;
use object::Object;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// How often events happened.
    Insights,
    /// How many users went through steps.
    Funnel,
    /// How many users came back.
    Retention,
    /// Which ways users took.
    Flow,
    /// Profiles, or what is computed of them.
    Users,
}

/// A body that was built.
#[derive(Debug, Clone, PartialEq)]
pub struct Built {
    /// The body.
    pub params: Value,
    /// What may not be as meant.
    pub warnings: Vec<Fault>,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Insights, Self::Funnel, Self::Retention, Self::Flow, Self::Users];

    /// Returns its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Insights => "insights",
            Self::Funnel => "funnel",
            Self::Retention => "retention",
            Self::Flow => "flow",
            Self::Users => "users",
        }
    }

    /// Returns the family of an operation, such as `ask.insights`.
    pub fn of_operation(id: &str) -> Option<Self> {
        let name = id.strip_prefix("ask.")?;
        Self::ALL.into_iter().find(|family| family.as_str() == name)
    }

    fn shape(self) -> &'static Shape {
        match self {
            Self::Insights => &families::INSIGHTS,
            Self::Funnel => &families::FUNNEL,
            Self::Retention => &families::RETENTION,
            Self::Flow => &families::FLOW,
            Self::Users => &families::USERS,
        }
    }

    /// Returns what may stand beside a whole body.
    fn beside_params(self) -> &'static [&'static str] {
        match self {
            Self::Insights | Self::Funnel | Self::Retention => &["params", "limit", "workspace_id"],
            Self::Flow => &["params", "mode", "workspace_id"],
            Self::Users => &["params", "limit", "parallel", "workers"],
        }
    }
}

/// Builds the body of a query, or returns everything that is wrong with its arguments. A body that is given as `params` is returned as it
/// is; what stands beside it is checked.
///
/// # Errors
///
/// All problems of all arguments, each once.
pub fn build(family: Family, arguments: &Map<String, Value>, today: Date) -> Result<Built, Vec<Fault>> {
    let mut report = Report::default();
    let params = if check::is_shallow(arguments, &mut report) {
        params(family, arguments, today, &mut report)
    } else {
        Value::Null
    };
    let (params, warnings) = report.finish(params)?;
    Ok(Built { params, warnings })
}

fn params(family: Family, arguments: &Map<String, Value>, today: Date, report: &mut Report) -> Value {
    let given = Object::new(arguments, family.shape(), At::Top);
    if let Some(params) = given.get("params") {
        check_beside(family, arguments, report);
        return params.clone();
    }
    check::object(arguments, family.shape(), At::Top, report);
    match family {
        Family::Insights => insights::build(given, today, report),
        Family::Funnel => funnel::build(given, today, report),
        Family::Retention => retention::build(given, today, report),
        Family::Flow => flow::build(given, today, report),
        Family::Users => users::build(given, today, report),
    }
}

/// Checks what stands beside a whole body.
fn check_beside(family: Family, arguments: &Map<String, Value>, report: &mut Report) {
    let (beside, other): (Map<String, Value>, Map<String, Value>) = arguments
        .iter()
        .map(|(key, value)| (key.clone(), value.clone()))
        .partition(|(key, _)| family.beside_params().contains(&key.as_str()));
    let is_known = |key: &str| family.shape().field(key).is_some();
    for (key, _) in other.iter().filter(|(key, value)| !value.is_null() || !is_known(key)) {
        let what = format!(
            "{key:?} does not go with params, which is a whole body; beside it: {}",
            family.beside_params()[1..].join(", ")
        );
        report.add(At::Key(&At::Top, key), ASK_UNKNOWN.saying(what));
    }
    check::present(&beside, family.shape(), At::Top, report);
    let given = Object::new(&beside, family.shape(), At::Top);
    match family {
        Family::Insights | Family::Funnel | Family::Retention => frame::check_limit(given, report),
        Family::Users => users::check_pages(given, report),
        Family::Flow => {}
    }
}

/// Returns the arguments of a family as JSON Schema (2020-12), with all kinds of objects under `$defs`. It is made from the declarations
/// that [`build`] checks with.
pub fn arguments_schema(family: Family) -> Value {
    schema::schema(family.shape())
}
