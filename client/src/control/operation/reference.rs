//! The reference of the commands that the catalog makes, as Markdown. A test keeps `packaging/generated/reference.md` equal to it.

use mp_proto::catalog::{Effect, Kind, Method, Operation, Param, about};

use super::{arguments, groups, offered};

/// Returns the whole reference.
fn reference() -> String {
    let mut text = "# Commands that the catalog makes\n\nMade from the rows in `proto/src/catalog/ops`; do not edit. Every command also has \
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
    let call = &operation.call;
    let method = match call.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Delete => "DELETE",
    };
    let effect = match operation.effect {
        Effect::Read => "Reads",
        Effect::Write => "Changes",
        Effect::Destroy => "Destroys",
    };
    let positional = operation.params.iter().filter(|param| param.positional);
    let positional: String = positional.map(|param| format!(" <{}>", arguments::typed(param))).collect();
    let kept = if operation.reply.kept { " The answer is kept for a while; `--refresh` asks anew." } else { "" };
    let mut text = format!(
        "\n### mp {}{positional}\n\n{}. {effect}: `{method} {}`, operation `{}`.{kept}\n",
        operation.command.join(" "),
        operation.summary,
        if call.path.is_empty() { "/" } else { call.path },
        operation.id,
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

fn row(param: &Param) -> String {
    let letter = param.short.map_or_else(String::new, |letter| format!("-{letter}, "));
    let toggle =
        if param.kind == Kind::Toggle { format!(", --no-{}", param.name.replace('_', "-")) } else { String::new() };
    format!("| `{letter}{}{toggle}` | {} |\n", arguments::typed(param), arguments::help(param).replace('|', "\\|"))
}

#[test]
fn the_reference_is_the_catalogs() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/generated/reference.md");
    let (is, should) = (std::fs::read_to_string(&path).unwrap_or_default(), reference());
    if is != should {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the repository is writable");
        std::fs::write(&path, should).expect("the repository is writable");
        panic!("{} was stale and is rewritten: read it, and run this again", path.display());
    }
}
