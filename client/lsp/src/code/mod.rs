//! What tracking code says: calls, events, properties, values. Pure, and never sure of what it cannot see.

mod arguments;
mod hints;
mod locals;
pub mod model;
mod names;
mod objects;
mod sdk;
mod uses;
mod values;
pub mod wrapper;

#[cfg(test)]
mod tests;

pub use model::{Entry, Named, Subject, Use, Value};
pub use uses::uses;
pub use wrapper::Wrapper;
