//! What a person sees before an operation runs.

use serde_json::{Map, Value};

/// When a person is asked before an operation runs, at a command line that does not say `--yes`.
#[derive(Debug, Clone, Copy)]
pub enum Confirm {
    /// At a terminal, if the operation destroys.
    AtTerminal,
    /// Also where standard input is a pipe, if the arguments mean that everything is lost.
    Always(fn(&Map<String, Value>) -> bool),
}

/// The operation that lists what another one would touch.
#[derive(Debug, Clone, Copy)]
pub struct Touches {
    /// The argument with the ids.
    pub argument: &'static str,
    /// The operation that lists the objects.
    pub list: &'static str,
    /// The argument by which it lists only some ids, if it can.
    pub only: Option<&'static str>,
    /// The field that holds an object's id.
    pub id: &'static str,
}
