//! Tests of the builder.

mod codes;
mod edges;
mod properties;
mod recorded;
mod schema;

use jiff::civil::{Date, date};
use serde_json::{Map, Value};

use super::{Built, Family, Fault, build};

/// The day that the tests are run on.
const TODAY: Date = date(2025, 6, 15);

fn ask(family: Family, arguments: &Value) -> Result<Built, Vec<Fault>> {
    build(family, arguments.as_object().unwrap_or(&Map::new()), TODAY)
}

/// Returns the body of arguments that are right.
#[track_caller]
fn body(family: Family, arguments: &Value) -> Value {
    ask(family, arguments).unwrap_or_else(|faults| panic!("{arguments}: {faults:?}")).params
}

/// Returns the places and codes of all problems.
fn problems(family: Family, arguments: &Value) -> Vec<(String, &'static str)> {
    ask(family, arguments).err().unwrap_or_default().into_iter().map(|fault| (fault.at, fault.code)).collect()
}
