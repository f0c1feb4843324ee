//! The reference of the commands that the catalog makes, as Markdown. A test keeps `packaging/generated/reference.md` equal to it.

use mp_catalog::{Effect, Kind, Method, Operation, Param, Plane, about};

use super::arguments;
use super::branch::summary;
use crate::offer::{groups, offered};

/// Returns the whole reference.
fn reference() -> String {
    let mut text = "# Commands that the catalog makes\n\nMade from the rows in `proto/catalog/src/ops`; do not edit. Every command also has \
                    the options of `mp --help`.\n"
        .to_owned();
    for group in groups() {
        text.push_str(&format!("\n## mp {group}\n\n{}.\n", about(group)));
        for operation in offered().filter(|operation| operation.command.first() == Some(&group)) {
            text.push_str(&section(operation));
        }
    }
    text
}

fn section(operation: &Operation) -> String {
    let mut text = format!(
        "\n### mp {}\n\n{}.\n\n```text\n{}\n```\n\n{}\n",
        operation.command.join(" "),
        summary(operation),
        usage(operation),
        what_it_does(operation),
    );
    if !operation.detail.is_empty() {
        text.push_str(&format!("\n{}\n", operation.detail));
    }
    if !operation.params.is_empty() {
        text.push_str("\n| argument | meaning |\n|---|---|\n");
        text.extend(operation.params.iter().map(row));
    }
    text
}

/// Returns a line with all that must be given.
fn usage(operation: &Operation) -> String {
    let needed = operation.params.iter().filter(|param| param.required);
    let needed = needed.map(|param| match param.positional {
        true => format!(" <{}>", arguments::typed(param)),
        false => format!(" {} <{}>", arguments::typed(param), arguments::value_name(param)),
    });
    let may_have_more = operation.reply.kept || operation.params.iter().any(|param| !param.required);
    let more = if may_have_more { " [OPTIONS]" } else { "" };
    format!("mp {}{}{more}", operation.command.join(" "), needed.collect::<String>())
}

/// Returns what a call does to the data, and which request it is.
fn what_it_does(operation: &Operation) -> String {
    let call = &operation.call;
    let method = match call.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
    };
    let api = match call.plane {
        Plane::App => "App API",
        Plane::Query => "query API",
        Plane::Engage => "profile API",
        Plane::Export => "export API",
    };
    let effect = match (operation.effect, operation.destroys_if()) {
        (Effect::Read, _) => "Reads".to_owned(),
        (Effect::Write, None) => "Changes".to_owned(),
        (Effect::Write, Some(how)) => format!("Changes, and may destroy ({how})"),
        (Effect::Destroy, _) => "Destroys".to_owned(),
    };
    let path = if call.path.is_empty() { "/" } else { call.path };
    let kept = if operation.reply.kept { " The answer is kept for a while; `--refresh` asks anew." } else { "" };
    format!("{effect}: `{method} {path}` of the {api}, operation `{}`.{kept}", operation.id)
}

fn row(param: &Param) -> String {
    let letter = param.short.map_or_else(String::new, |letter| format!("-{letter}, "));
    let value = match param.kind {
        Kind::Toggle => format!(", --no-{}", param.name.replace('_', "-")),
        Kind::Flag => String::new(),
        _ if param.positional => String::new(),
        _ => format!(" {}", arguments::value_name(param)),
    };
    let often = if param.repeats { "; may be given more than once" } else { "" };
    let meaning = arguments::help(param).replace('|', "\\|");
    format!("| `{letter}{}{value}` | {meaning}{often} |\n", arguments::typed(param))
}

#[test]
fn the_reference_is_the_catalogs() {
    crate::generated::check("reference.md", &reference());
}
