//! `mp mcp`: a server of the Model Context Protocol on standard input and output, for agents. It knows what the catalog knows, asks the
//! daemon like every other tool, and returns no secret ([`clean`]).

mod accounts;
mod clean;
mod operations;
mod server;
mod shelf;
mod tools;
mod watch;

use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use mp_catalog::Effect;
use mp_proto::failure::{Failure, FailureKind};
use rmcp::ServiceExt;
use rmcp::transport::stdio_pipes;

use crate::arg::switch;
use crate::call::{Call, session_flags};
use crate::offer;

use server::Server;

/// The groups whose reads are tools of their own: with these the list of tools is short enough to be read in every conversation.
const GROUPS: [&str; 2] = ["inspect", "query"];

/// What may be done by the operations that are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Policy {
    read_only: bool,
    allow_destructive: bool,
}

impl Policy {
    /// Returns why an effect is not allowed; none when it is.
    fn refusal(self, effect: Effect) -> Option<&'static str> {
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

/// Adds the arguments.
pub(crate) fn build(command: Command) -> Command {
    command
        .arg(
            Arg::new("groups")
                .long("groups")
                .value_name("GROUPS")
                .help(
                    "Groups whose reads are tools of their own, separated by commas, or none [default: inspect,query]",
                )
                .value_delimiter(',')
                .action(ArgAction::Append),
        )
        .arg(switch("read-only", "Refuse every operation that changes something").conflicts_with("allow-destructive"))
        .arg(switch("allow-destructive", "Allow operations that take away what cannot be had back"))
        .after_help(
            "Every operation of the catalog is there, by find_operations and call_operation. To set it up:\n  \
             {\"mcpServers\": {\"mixpanel\": {\"command\": \"mp\", \"args\": [\"mcp\"]}}}\n\
             -a, -p, -w and -t choose the session that it begins with.",
        )
}

/// Runs the command until its input ends.
///
/// # Errors
/// When a group does not exist, or the other side does not speak the protocol.
pub(crate) async fn run(arguments: &ArgMatches) -> Result<ExitCode, Failure> {
    let flags = session_flags(arguments);
    let call = Call::prepare(arguments, &flags)?;
    let policy = Policy {
        read_only: arguments.get_flag("read-only"),
        allow_destructive: arguments.get_flag("allow-destructive"),
    };
    let given: Option<Vec<&str>> =
        arguments.get_many::<String>("groups").map(|groups| groups.map(String::as_str).collect());
    let server = Server::new(call.daemon.options().clone(), flags, policy, &groups(given)?);
    let failed = |error: String| Failure::new(FailureKind::Internal, format!("the protocol broke off: {error}"));
    match server.serve(stdio_pipes()).await {
        Ok(running) => running.waiting().await.map(drop).map_err(|error| failed(error.to_string()))?,
        // Whoever looks whether it can be started closes its input at once.
        Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => {}
        Err(error) => return Err(failed(error.to_string())),
    }
    Ok(ExitCode::SUCCESS)
}

fn groups(given: Option<Vec<&str>>) -> Result<Vec<&'static str>, Failure> {
    let given = match given.as_deref() {
        None => return Ok(GROUPS.to_vec()),
        Some([] | ["none" | ""]) => return Ok(Vec::new()),
        Some(given) => given,
    };
    let known = offer::groups();
    given
        .iter()
        .map(|word| {
            known.iter().copied().find(|group| group == word).ok_or_else(|| {
                let detail = format!(
                    "--groups: there is no group '{}'; expected some of {}",
                    word.escape_debug(),
                    known.join(", ")
                );
                Failure::new(FailureKind::InvalidArgument, detail)
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_the_words_of_the_catalog() {
        assert_eq!(groups(None).ok(), Some(vec!["inspect", "query"]));
        assert_eq!(groups(Some(vec!["query", "flags"])).ok(), Some(vec!["query", "flags"]));
        assert_eq!(groups(Some(vec!["none"])).ok(), Some(vec![]));
        let refused = groups(Some(vec!["querry"])).expect_err("no such group");
        assert!(refused.detail.contains("querry") && refused.detail.contains("query"), "{refused}");
    }

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
