//! `mp exec`: another program with the login of the session in its environment, where the tools of Mixpanel look for it. Nothing is
//! written to disk, and the program takes the place of this process, so that
//! it is the child of whoever started that.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{self, ExitCode};

use clap::{Arg, value_parser};
use hyper::Method;
use jiff::{Timestamp, ToSpan};
use mp_proto::deadline::IDENTITY;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::AccountType;
use mp_proto::routes::SESSION_CREDENTIAL;
use mp_proto::secret::Secret;
use mp_proto::wire::{CredentialBody, TokenRequest};

use crate::arg::option;
use crate::command::{Command, Invocation, Run, Section};
use crate::output::{Format, Usual};
use crate::report;

/// How long the token stays valid at least, in seconds, unless the caller says otherwise: a program that starts now works a while with it.
const MIN_VALID_S: u64 = 600;

/// Exit code of a shell for a program that is there and cannot be run.
const CANNOT_RUN: u8 = 126;

/// Exit code of a shell for a program that is not there.
const NOT_FOUND: u8 = 127;

/// What decides a session from the environment: all of it is taken away, and what the session says is put in its place.
const DECIDING: [&str; 11] = [
    "MP_ACCOUNT",
    "MP_TARGET",
    "MP_AUTH_FILE",
    "MP_USERNAME",
    "MP_SECRET",
    "MP_OAUTH_TOKEN",
    "MP_REGION",
    "MP_PROJECT_ID",
    "MP_WORKSPACE_ID",
    "MP_CUSTOM_HEADER_NAME",
    "MP_CUSTOM_HEADER_VALUE",
];

/// The row of `mp exec`.
pub(super) const COMMAND: Command = Command {
    name: "exec",
    section: Section::Lend,
    about: "Run a program that gets the login of the session",
    arguments,
    runs_program: true,
    run: Run::Custom(|at| Box::pin(run(at))),
    ..Command::ROW
};

fn arguments(command: clap::Command) -> clap::Command {
    command
        .override_usage("mp exec [OPTIONS] [--] <COMMAND> [ARGS]...")
        .arg(
            option("min-valid", "SECONDS", "Shortest time the token must stay valid [default: 600]")
                .value_parser(value_parser!(u64)),
        )
        .arg(
            Arg::new("command")
                .value_names(["COMMAND", "ARGS"])
                .help("The program and its arguments")
                .value_parser(value_parser!(OsString))
                .num_args(1..)
                .required(true)
                .trailing_var_arg(true)
                .allow_hyphen_values(true),
        )
        .after_help(
            "The program gets MP_OAUTH_TOKEN, MP_REGION and MP_PROJECT_ID, or for a service account MP_USERNAME, MP_SECRET, \
             MP_REGION and MP_PROJECT_ID; MP_WORKSPACE_ID and a custom header where the session has them. A token is not \
             renewed in its environment: a program that runs for longer asks the socket for one when it needs it.\n\n\
             Exit code: that of the program; 126 it cannot be run, 127 there is no such program; those of mp before it starts",
        )
}

/// Returns only when the program did not start.
async fn run(at: Invocation<'_>) -> Result<ExitCode, Failure> {
    let (arguments, mut call) = (at.arguments, at.call_showing(Usual::Only(Format::Table))?);
    call.allow(IDENTITY);
    let min_valid_s = arguments.get_one::<u64>("min-valid").copied().unwrap_or(MIN_VALID_S);
    let request = TokenRequest { min_valid_s: Some(min_valid_s) };
    let answer = call.daemon.call::<CredentialBody>(Method::POST, SESSION_CREDENTIAL, Some(&request)).await?;
    let credential = call.body(answer);
    let variables = variables(&credential)?;
    if !call.quiet {
        tell_short_life(&credential, min_valid_s);
    }
    let mut words = arguments.get_many::<OsString>("command").into_iter().flatten();
    // clap has made sure of the first.
    let program = words.next().cloned().unwrap_or_default();
    let mut command = process::Command::new(&program);
    command.args(words);
    for name in DECIDING {
        command.env_remove(name);
    }
    for (name, value) in &variables {
        command.env(name, value.expose());
    }
    Ok(not_started(&program, &command.exec()))
}

/// Returns what the program finds in its environment.
fn variables(credential: &CredentialBody) -> Result<Vec<(&'static str, Secret)>, Failure> {
    let project = credential.project.as_ref().ok_or_else(|| {
        let detail = format!("account '{}' has no project, which programs need", credential.account);
        Failure::new(FailureKind::NeedsProject, detail)
            .account(&credential.account)
            .next("mp project list", "see the projects")
            .next("mp project use ID", "choose one for good, or give --project for this call")
    })?;
    let plain = |text: &dyn ToString| Some(Secret::new(text.to_string()));
    let header = credential.headers.last();
    let all = [
        ("MP_REGION", plain(&credential.region)),
        ("MP_PROJECT_ID", plain(project)),
        ("MP_WORKSPACE_ID", credential.workspace.as_ref().and_then(|id| plain(id))),
        ("MP_OAUTH_TOKEN", credential.token.clone()),
        ("MP_USERNAME", credential.username.as_ref().and_then(|name| plain(name))),
        ("MP_SECRET", credential.secret.clone()),
        ("MP_CUSTOM_HEADER_NAME", header.and_then(|header| plain(&header.name))),
        ("MP_CUSTOM_HEADER_VALUE", header.and_then(|header| header.value.clone())),
        ("MP_API_BASE_URL", credential.base_url.as_ref().and_then(|base| plain(base))),
    ];
    if credential.headers.len() > 1 {
        report::note(
            "of several custom headers, the program gets the last one: there is one pair of variables for them",
        );
    }
    Ok(all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
}

/// A provider may grant tokens that do not live as long as was asked for.
fn tell_short_life(credential: &CredentialBody, min_valid_s: u64) {
    let Some(end) = credential.expires_at else { return };
    let wanted =
        i64::try_from(min_valid_s).ok().and_then(|seconds| Timestamp::now().checked_add(seconds.seconds()).ok());
    if credential.r#type == AccountType::OauthBrowser && wanted.is_none_or(|wanted| end < wanted) {
        report::note(&format!("the token ends at {end:.0}: Mixpanel grants none that lives longer"));
    }
}

fn not_started(program: &OsString, error: &io::Error) -> ExitCode {
    let program = program.to_string_lossy();
    if error.kind() == io::ErrorKind::NotFound {
        report::say(&format!("error: there is no program '{program}'"));
        return ExitCode::from(NOT_FOUND);
    }
    report::say(&format!("error: '{program}' could not be run: {error}"));
    ExitCode::from(CANNOT_RUN)
}
