//! `mp api`: any call of Mixpanel's own API with the login of the session. The answer goes to stdout as it came, byte for byte, unless
//! a format, a filter or all pages of it are wanted; the exit code tells what Mixpanel said.

mod answer;
mod pages;
mod request;

use std::process::ExitCode;

use clap::{Arg, ArgAction};
use mp_proto::deadline::UPSTREAM;
use mp_proto::failure::Failure;
use mp_proto::plane::Plane;

use crate::arg::{option, positional, switch};
use crate::command::{Command, Invocation, Run, Section};
use crate::output::{Format, Usual};
use request::Ask;

/// What the short help has no room for.
const MORE: &str = "\
PATH is relative to the plane and may have a ?query. In it, {project_id} and
{workspace_id} stand for those of the session. Without -f, --jq and --paginate
the answer is printed as it came. The exit code is 0 for 2xx, 2 for 401, 4 for
404, 5 for 429, 3 for any other 4xx and 1 for the rest. Without --timeout,
Mixpanel may take 600 seconds to answer.

  mp api projects/{project_id}/dashboards --paginate -f table
  mp api --plane query events/names --query type=general --jq '.[]'
  mp api PATCH projects/{project_id}/dashboards/7 -d '{\"title\": \"New\"}'";

/// The row of `mp api`.
pub(super) const COMMAND: Command = Command {
    name: "api",
    section: Section::Ask,
    place: 3,
    about: "Call Mixpanel's API with the login of the session",
    arguments,
    run: Run::Custom(|at| Box::pin(run(at))),
    ..Command::ROW
};

fn arguments(command: clap::Command) -> clap::Command {
    let many = |arg: Arg| arg.action(ArgAction::Append);
    command
        .allow_missing_positional(true)
        .after_help(MORE)
        .arg(
            positional("method", "METHOD", "GET, HEAD, POST, PUT, PATCH or DELETE [default: GET, with -d POST]")
                .required(false)
                .value_parser(request::method),
        )
        .arg(positional("path", "PATH", "Path below the plane, such as projects/{project_id}/dashboards"))
        .arg(
            option("plane", "PLANE", "app, query, engage or export")
                .value_parser(Plane::ALL.map(Plane::as_str))
                .default_value(Plane::App.as_str())
                .hide_possible_values(true),
        )
        .arg(option("data", "DATA", "Body: JSON, @FILE, or - for stdin").short('d').allow_hyphen_values(true))
        .arg(many(option("header", "HEADER", "Header 'Name: value', repeatable").short('H')))
        .arg(many(option("query", "NAME=VALUE", "Query parameter, repeatable; it is encoded")))
        .arg(switch("paginate", "Ask for all pages and print one list of their results"))
        .arg(switch("include", "Print status and headers, too").short('i').conflicts_with("paginate"))
}

async fn run(at: Invocation<'_>) -> Result<ExitCode, Failure> {
    let (arguments, mut call) = (at.arguments, at.call_showing(Usual::Only(Format::Json))?);
    call.allow(UPSTREAM);
    let ask = Ask::of(arguments)?;
    if arguments.get_flag("paginate") {
        let results = pages::all(&mut call, ask).await?;
        call.output.show(&results, || answer::table(&results))?;
        return Ok(ExitCode::SUCCESS);
    }
    let streaming = answer::to(&mut call, ask.streamed()?).await?;
    answer::print(&mut call, streaming).await
}
