//! What becomes of the arguments of a call.

use serde_json::{Map, Value};

/// The parts of a request that were made of checked arguments.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bound {
    /// The path below the scope, with its values encoded.
    pub path: String,
    /// The query parameters, in the order of the row.
    pub query: Vec<(String, String)>,
    /// The fields of the body, in the order of the row; none when the row has no body.
    pub body: Option<Map<String, Value>>,
    /// All values by their names, checked, with defaults for those that were not given.
    pub arguments: Map<String, Value>,
    /// What a caller should be told beside the answer, such as fields that were left out.
    pub notes: Vec<String>,
}
