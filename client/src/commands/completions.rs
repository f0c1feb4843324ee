//! `mp completions`: prints what a shell needs to complete `mp`. What it offers then comes from `mp __complete`, live.

use std::process::ExitCode;

use clap::Arg;
use mp_proto::failure::Failure;

use crate::command::{Command, Invocation, Run, Section};
use crate::output::{Format, Output};

/// The shells, and what each needs.
pub(super) const SHELLS: [(&str, &str); 3] = [
    ("bash", include_str!("../../packaged/mp.bash")),
    ("zsh", include_str!("../../packaged/_mp")),
    ("fish", include_str!("../../packaged/mp.fish")),
];

/// The row of `mp completions`.
pub(super) const COMMAND: Command = Command {
    name: "completions",
    section: Section::Itself,
    place: 1,
    about: "Print what a shell needs to complete mp",
    arguments,
    run: Run::Custom(|at| Box::pin(async move { run(at) })),
    ..Command::ROW
};

fn arguments(command: clap::Command) -> clap::Command {
    command
        .arg(
            Arg::new("shell")
                .value_name("SHELL")
                .help("bash, zsh or fish")
                .required(true)
                .value_parser(SHELLS.map(|(shell, _)| shell))
                .hide_possible_values(true),
        )
        .after_help(
            "bash  source <(mp completions bash)        in ~/.bashrc\n\
             zsh   source <(mp completions zsh)         in ~/.zshrc, after compinit\n\
             fish  mp completions fish | source         in ~/.config/fish/config.fish",
        )
}

fn run(at: Invocation<'_>) -> Result<ExitCode, Failure> {
    let shell = at.arguments.get_one::<String>("shell").map_or("", String::as_str);
    let script = SHELLS.iter().find(|(known, _)| *known == shell).map_or("", |(_, script)| script);
    Output::only(Format::Table).line(script)?;
    Ok(ExitCode::SUCCESS)
}
