//! `mp events`: what happens to the login, line by line, until somebody ends it.

use std::io::Write;
use std::process::ExitCode;

use clap::{Arg, ArgAction};
use mp_proto::event::Event;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::json::unarmed_text;
use mp_proto::visible::Spelling;
use serde_json::{Map, Value};

use crate::arg::{option, switch};
use crate::call::Call;
use crate::command::{Command, Invocation, Run, Section};
use crate::events::{Item, RawEvent, Stream};
use crate::output::{Format, Usual, printable, screen, stdout};
use crate::report;

/// The row of `mp events`.
pub(super) const COMMAND: Command = Command {
    name: "events",
    section: Section::Lend,
    about: "Watch what happens to the login",
    arguments,
    run: Run::Custom(|at| Box::pin(run(at))),
    ..Command::ROW
};

fn arguments(command: clap::Command) -> clap::Command {
    command
        .arg(switch("json", "Print each event as a line of JSON, as -f jsonl does"))
        .arg(
            Arg::new("types")
                .long("types")
                .value_name("TYPES")
                .help("Events to print, separated by commas [default: all]")
                .value_delimiter(',')
                .action(ArgAction::Append)
                .value_parser(Event::NAMES),
        )
        .arg(option("after", "ID", "Go on after the event of this id"))
        .after_help(
            "Ends when it is interrupted or nobody reads its output. When the daemon stops, it waits for the next one \
             and goes on; it starts none. An event that was missed for good shows as `reset`, with a snapshot after it.",
        )
}

async fn run(at: Invocation<'_>) -> Result<ExitCode, Failure> {
    let usual = if at.arguments.get_flag("json") { Format::Jsonl } else { Format::Table };
    let mut call = at.call_showing(Usual::Only(usual))?;
    let types: Vec<String> = at.arguments.get_many::<String>("types").into_iter().flatten().cloned().collect();
    if matches!(call.output.format(), Format::Csv) {
        let detail = "events have no columns in common: use -f json, jsonl, table or plain";
        return Err(Failure::new(FailureKind::InvalidArgument, detail));
    }
    let mut stream = Stream::new(call.daemon.options().clone(), &types, call.text("after"));
    let mut nobody_reads = std::pin::pin!(stdout::closed());
    loop {
        let item = tokio::select! {
            biased;
            () = &mut nobody_reads => return Ok(ExitCode::SUCCESS),
            item = stream.next() => item?,
        };
        match item {
            Item::Event(event) => {
                let shown = shown(&mut call, &event)?;
                // A filter may have nothing to say of an event.
                if !shown.is_empty() && !write(&shown, call.output.spelling())? {
                    return Ok(ExitCode::SUCCESS);
                }
            }
            Item::Interrupted { .. } if call.quiet => {}
            Item::Interrupted { reason } => report::note(&format!("{reason}; waiting for a daemon")),
        }
    }
}

/// Writes a line at once. Returns whether somebody reads.
fn write(line: &str, spelling: Spelling) -> Result<bool, Failure> {
    let mut out = screen::stdout(spelling);
    stdout::is_read(writeln!(out, "{line}").and_then(|()| out.flush()))
}

fn shown(call: &mut Call<'_>, event: &RawEvent) -> Result<String, Failure> {
    let parsed: Result<Map<String, Value>, _> = serde_json::from_str(&event.json);
    let fields = parsed.map_err(|error| {
        Failure::new(FailureKind::Internal, format!("the event {} cannot be read: {error}", event.name))
    })?;
    if matches!(call.output.format(), Format::Table | Format::Plain) {
        return Ok(sentence(&event.name, &fields));
    }
    let mut whole = Map::new();
    if let Some(id) = &event.id {
        whole.insert("id".to_owned(), Value::from(id.as_str()));
    }
    whole.extend(fields);
    call.output.one_line(&Value::Object(whole))
}

/// Returns an event for people: its name, and what it says.
fn sentence(name: &str, fields: &Map<String, Value>) -> String {
    let now = jiff::Zoned::now().strftime("%H:%M:%S").to_string();
    let said =
        fields.iter().filter(|(key, value)| *key != "type" && !value.is_null()).map(|(key, value)| match value {
            Value::String(text) if !text.contains(' ') => format!(" {key}={text}"),
            value => format!(" {key}={}", unarmed_text(value.to_string())),
        });
    printable(&format!("{now} {name}{}", said.collect::<String>())).replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_for_people() {
        let fields =
            serde_json::json!({"type": "token.failed", "account": "ada", "detail": "a\nb \u{1b}", "x": null, "n": [1]});
        let line = sentence("token.failed", fields.as_object().expect("an object"));
        let (time, rest) = line.split_once(' ').expect("a time");
        assert_eq!(time.len(), "00:00:00".len());
        assert_eq!(rest, r#"token.failed account=ada detail="a\nb \u001b" n=[1]"#);
    }
}
