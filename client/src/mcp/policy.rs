//! What agents may do.

use mp_catalog::{Effect, Kind, Operation, Shape};

/// What may be done by the operations that are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Policy {
    /// Refuses whatever changes something.
    pub(crate) read_only: bool,
    /// Allows what destroys.
    pub(crate) allow_destructive: bool,
}

impl Policy {
    /// Returns why an effect is not allowed; none when it is.
    pub(super) fn refusal(self, effect: Effect) -> Option<&'static str> {
        match effect {
            Effect::Read => None,
            _ if self.read_only => Some("this server was started with --read-only"),
            Effect::Destroy if !self.allow_destructive => {
                Some("it destroys, and this server was started without --allow-destructive")
            }
            Effect::Write | Effect::Destroy => None,
        }
    }
}

/// Returns why an operation cannot be called here; none when it can.
pub(super) fn obstacle(operation: &Operation) -> Option<&'static str> {
    let has = |kind| operation.params.iter().any(|param| param.kind == kind);
    match operation.reply.shape {
        Shape::Bytes => Some("it answers with a file"),
        _ if has(Kind::File) => Some("it takes a file"),
        _ if operation.params.iter().any(|param| param.kind == Kind::Secret && param.required) => {
            Some("it takes a secret, which must not go through a conversation")
        }
        _ => None,
    }
}

/// Returns the command that does the same at a terminal.
pub(super) fn command(operation: &Operation) -> String {
    format!("mp {}", operation.command.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_allows_what_it_says() {
        let policy = |read_only, allow_destructive| Policy { read_only, allow_destructive };
        let allowed = |policy: Policy| {
            [Effect::Read, Effect::Write, Effect::Destroy].map(|effect| policy.refusal(effect).is_none())
        };
        assert_eq!(allowed(policy(false, false)), [true, true, false]);
        assert_eq!(allowed(policy(false, true)), [true, true, true]);
        assert_eq!(allowed(policy(true, false)), [true, false, false]);
    }
}
