//! What is made of the answers to ad-hoc queries: a result with the parts of the answer under settled names, and a table of it. Nothing
//! here knows how a question was sent.

mod answer;
mod flow;
mod funnel;
mod insights;
mod retention;
mod table;
mod users;

use serde_json::Value;

use super::Family;
pub use answer::Read;
pub(crate) use answer::rows;
pub use flow::mode as flow_mode;
pub use users::{Paging, aggregate, profiles};

/// Reads the answer to a report; of users, [`aggregate`] and [`profiles`] do. `mode` is that of a flow.
///
/// # Errors
/// When it is the answer to something else: what it is, as the end of a sentence.
pub fn report(family: Family, params: &Value, mode: &str, answer: Value) -> Result<Read, String> {
    let Value::Object(answer) = answer else { return Err("something else than an object".to_owned()) };
    match family {
        Family::Insights => insights::read(params, answer),
        Family::Funnel => funnel::read(answer),
        Family::Retention => retention::read(answer),
        Family::Flow => flow::read(mode, answer),
        Family::Users => Err("a report".to_owned()),
    }
}

#[cfg(test)]
mod tests;
