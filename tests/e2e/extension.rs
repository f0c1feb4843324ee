//! Programs that extend `mp`: `mp NAME` is `mp-NAME`.

use std::path::Path;

use mp_sandbox::home::{Call, Home};

use crate::empty;

/// A home with a program `mp-hello` on its search path, which tells how it was called.
fn world() -> Home {
    let mut home = empty();
    let says = "#!/bin/sh\necho \"hello $# [$*] $MP_ACCOUNT $MP_PROJECT_ID $MPD_SOCKET $MPD_AUTOSTART\"\nexit 42\n";
    home.write_mode("bin/mp-hello", says, 0o755);
    home.write_mode("bin/mp-session", "#!/bin/sh\necho shadowed\n", 0o755);
    home.write_mode("bin/mp-data", "no program", 0o644);
    home.write_mode("work/mp-here", "#!/bin/sh\necho here\n", 0o755);
    let path = format!(":.:relative:{}:/usr/bin:/bin", home.at("bin").display());
    home.set("PATH", &path);
    home
}

fn mp(home: &Home, words: &[&str]) -> Call {
    home.mp(words).cwd(home.at("work"))
}

#[test]
fn a_program_gets_its_words_and_the_options_before_it() {
    let home = world();
    let done = mp(&home, &["hello", "--flag", "a b", "-x"]).run();
    assert_eq!((done.code, done.stdout.as_str()), (42, "hello 3 [--flag a b -x]    \n"), "{}", done.stderr);
    let done =
        mp(&home, &["-a", "ada", "--project=7", "--socket", "/run/s", "--no-autostart", "hello", "--version"]).run();
    assert_eq!((done.code, done.stdout.as_str()), (42, "hello 1 [--version] ada 7 /run/s 0\n"));
    let done = mp(&home, &["-p", "7", "hello"]).env("MP_PROJECT_ID", "8").run();
    assert_eq!(done.stdout, "hello 0 []  8  \n", "the variable wins, here as everywhere");
    let refused = mp(&home, &["-t", "x", "-a", "y", "hello"]).fails(3);
    assert!(refused.contains("mutually exclusive"), "{refused}");
}

#[test]
fn nothing_is_shadowed_and_the_working_directory_is_not_looked_in() {
    let home = world();
    assert!(!mp(&home, &["session", "--no-autostart"]).run().stdout.contains("shadowed"));
    for word in ["here", "data", "../bin/mp-hello", "nothing"] {
        let refused = mp(&home, &[word]).fails(3);
        assert!(refused.contains("unrecognized subcommand"), "{word}: {refused}");
    }
    let suggested = mp(&home, &["lnit"]).fails(3);
    assert!(suggested.contains("'lint'"), "{suggested}");
}

#[test]
fn help_and_completion_name_them() {
    let home = world();
    for words in [&["--help"][..], &["help"]] {
        let help = mp(&home, words).ok();
        assert!(help.contains("Programs that extend mp:\n  hello  ") && !help.contains("mp-data"), "{help}");
        assert!(help.contains("lint  ") && help.contains("lsp  "), "{help}");
    }
    assert_eq!(
        mp(&home, &["__complete", "hel"]).ok(),
        "help\tLook commands up, or search them\nhello\tmp-hello, a program on this machine\n"
    );
    assert!(mp(&home, &["__complete", "lint", "--off"]).ok().starts_with("--offline\t"));
}

#[test]
fn a_missing_program_is_told_with_what_to_do() {
    let home = empty();
    std::fs::create_dir_all(home.at("alone")).expect("writable");
    mp_sandbox::program::copy(&home.programs().mp, &home.at("alone/mp"));
    let done = home.run(&home.at("alone/mp"), ["lint", "."]).run();
    assert_eq!(done.code, 1, "{}", done.stderr);
    assert!(
        done.stderr.contains("mp lint is the program mp-lsp") && done.stderr.contains("cargo install"),
        "{}",
        done.stderr
    );
    assert!(Path::new(env!("CARGO_BIN_EXE_mp-lsp")).is_file());
    assert!(home.mp(["lint", "--help"]).ok().contains("Usage: mp lint"));
}
