//! `mp api`: any call of Mixpanel's own API with the login of the session. The answer goes to stdout as it came, byte for byte, unless
//! a format, a filter or all pages of it are wanted; the exit code tells what Mixpanel said.

mod answer;
mod pages;
mod request;

use std::process::ExitCode;
use std::time::Instant;

use clap::{Arg, ArgAction, ArgMatches, Command};
use mp_proto::deadline::UPSTREAM;
use mp_proto::failure::Failure;
use mp_proto::routes::{NOTE_HEADER, REQUEST_ID_HEADER};

use self::request::Ask;

use crate::api::{Exchange, Streamed};
use crate::arg::{option, positional, switch};
use crate::call::{Call, session_flags};
use crate::output::Format;
use crate::report;
use crate::transport::Streaming;

/// The planes of Mixpanel's API that the daemon passes calls through to; the first is the usual one.
const PLANES: [&str; 4] = ["app", "query", "engage", "export"];

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

/// Adds the arguments.
pub(crate) fn build(command: Command) -> Command {
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
                .value_parser(PLANES)
                .default_value(PLANES[0])
                .hide_possible_values(true),
        )
        .arg(option("data", "DATA", "Body: JSON, @FILE, or - for stdin").short('d').allow_hyphen_values(true))
        .arg(many(option("header", "HEADER", "Header 'Name: value', repeatable").short('H')))
        .arg(many(option("query", "NAME=VALUE", "Query parameter, repeatable; it is encoded")))
        .arg(switch("paginate", "Ask for all pages and print one list of their results"))
        .arg(switch("include", "Print status and headers, too").short('i').conflicts_with("paginate"))
}

/// Runs the command.
///
/// # Errors
/// When the arguments are wrong, Mixpanel could not be asked, or its answer did not come whole.
pub(crate) async fn run(arguments: &ArgMatches) -> Result<ExitCode, Failure> {
    let mut call = Call::prepare_showing(arguments, &session_flags(arguments), Format::Json)?;
    call.allow(UPSTREAM);
    let ask = Ask::of(arguments)?;
    if arguments.get_flag("paginate") {
        let results = pages::all(&mut call, ask).await?;
        call.output.show(&results, || answer::table(&results))?;
        return Ok(ExitCode::SUCCESS);
    }
    let streaming = send(&mut call, ask.streamed()?).await?;
    answer::print(&mut call, streaming).await
}

/// Sends a request and prints what came beside the answer.
async fn send(call: &mut Call<'_>, request: Streamed) -> Result<Streaming, Failure> {
    let (method, path, begun) = (request.method.clone(), request.path.clone(), Instant::now());
    let streaming = call.daemon.stream(request).await;
    if let Some(observer) = call.daemon.options().observer {
        let got = streaming.as_ref().ok();
        let request_id = got.and_then(|got| got.headers.get(REQUEST_ID_HEADER)?.to_str().ok());
        let status = got.map(|got| got.status.as_u16());
        observer(&Exchange { method: &method, path: &path, status, request_id, took: begun.elapsed() });
    }
    let streaming = streaming?;
    if !call.quiet {
        let notes = streaming.headers.get_all(NOTE_HEADER).iter().filter_map(|note| note.to_str().ok());
        notes.for_each(report::note);
    }
    Ok(streaming)
}
