//! `mp mcp`: a server for agents, of the Model Context Protocol, and what else agents need.

mod header;
mod install;

use clap::{Arg, ArgAction};
use mp_proto::failure::{Failure, FailureKind};

use crate::arg::switch;
use crate::call::{Call, session_flags};
use crate::command::{Command, Run, Section, Values};
use crate::mcp::{self, Policy};
use crate::offer;

/// The row of `mp mcp`.
pub(super) const COMMAND: Command = Command {
    name: "mcp",
    section: Section::Lend,
    about: "Serve agents by the Model Context Protocol",
    arguments,
    values: &[("groups", Values::Groups)],
    below: COMMANDS,
    run: Run::Call(|call| Box::pin(run(call))),
    ..Command::ROW
};

/// Without one of them, `mp mcp` serves.
const COMMANDS: &[Command] = &[install::INSTALL, install::UNINSTALL, header::COMMAND];

fn arguments(command: clap::Command) -> clap::Command {
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
        .arg(
            switch("hosted", "Serve Mixpanel's hosted MCP server with this login, in place of our own tools")
                .conflicts_with_all(["groups", "allow-destructive"]),
        )
        .arg(switch("read-only", "Refuse every operation that changes something").conflicts_with("allow-destructive"))
        .arg(switch("allow-destructive", "Allow operations that take away what cannot be had back"))
        .after_help(
            "Every operation of the catalog is there, by find_operations and read_operation, write_operation, destroy_operation. \
             To set it up:\n  \
             {\"mcpServers\": {\"mixpanel\": {\"command\": \"mp\", \"args\": [\"mcp\"]}}}\n\
             -a, -p, -w and -t choose the session that it begins with. With --hosted, all clients of this machine share one \
             login at Mixpanel's own server; -a or -t choose the account.",
        )
}

/// Serves until the input ends.
async fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let arguments = call.arguments;
    if arguments.get_flag("hosted") {
        return mcp::hosted::serve(call.daemon.options().clone(), arguments.get_flag("read-only")).await;
    }
    let policy = Policy {
        read_only: arguments.get_flag("read-only"),
        allow_destructive: arguments.get_flag("allow-destructive"),
    };
    let wanted = arguments.get_many::<String>("groups").map(|groups| groups.map(String::as_str).collect());
    mcp::serve(call.daemon.options().clone(), session_flags(arguments), policy, &groups(wanted)?).await
}

fn groups(wanted: Option<Vec<&str>>) -> Result<Vec<&'static str>, Failure> {
    let wanted = match wanted.as_deref() {
        None => return Ok(mcp::GROUPS.to_vec()),
        Some([] | ["none" | ""]) => return Ok(Vec::new()),
        Some(wanted) => wanted,
    };
    let known = offer::callable_groups();
    wanted
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
        assert_eq!(
            groups(Some(vec!["ask"])).ok(),
            Some(vec!["ask"]),
            "its commands are its own, its operations are not"
        );
        assert_eq!(groups(Some(vec!["none"])).ok(), Some(vec![]));
        let refused = groups(Some(vec!["querry"])).expect_err("no such group");
        assert!(refused.detail.contains("querry") && refused.detail.contains("query"), "{refused}");
    }
}
