//! `mp setup`: what it writes into a home, what it leaves alone, and the daemon under a service manager.

mod unit;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use mp_sandbox::home::{Call, Home};
use serde_json::Value;

use crate::grants::World;
use crate::terminal::{Watched, typed, watch};
use crate::{configured, empty};

/// Where a home without settings has its files.
const BASH: &str = ".local/share/bash-completion/completions/mp";
const ZSH: &str = ".local/share/zsh/site-functions/_mp";
const FISH: &str = ".config/fish/completions/mp.fish";
const MAN: &str = ".local/share/man/man1";

/// Completions and manual pages alone: what is the same on every machine.
fn setup<'a>(home: &Home, words: impl IntoIterator<Item = &'a str>) -> Call {
    let words: Vec<&str> = words.into_iter().collect();
    home.mp(["setup", "completions", "man"].into_iter().chain(words))
        .env("PATH", "/usr/bin:/bin")
        .env("SHELL", "/bin/zsh")
}

/// All shells, whichever are installed here.
const ALL: [&str; 4] = ["--shell", "bash,zsh,fish", "--yes", "-q"];

/// Returns every file below a home, but what a daemon makes.
fn tree(home: &Home) -> BTreeMap<PathBuf, String> {
    fn add(folder: &Path, all: &mut BTreeMap<PathBuf, String>) {
        for entry in fs::read_dir(folder).expect("readable").flatten() {
            let path = entry.path();
            let is_folder = fs::symlink_metadata(&path).expect("there").is_dir();
            let text = if is_folder { String::new() } else { fs::read_to_string(&path).unwrap_or_default() };
            all.insert(path.clone(), text);
            if is_folder && entry.file_name() != ".mp" {
                add(&path, all);
            }
        }
    }
    let mut all = BTreeMap::new();
    add(home.path(), &mut all);
    all
}

/// Returns the states of the steps by what they are about.
fn states(records: &Value) -> Vec<(String, String)> {
    let text = |record: &Value, field: &str| record[field].as_str().unwrap_or_default().to_owned();
    let records = records.as_array().expect("a list");
    records.iter().map(|record| (text(record, "what"), text(record, "state"))).collect()
}

/// Returns the states alone, each once.
fn words(records: &Value) -> Vec<String> {
    let mut words: Vec<String> = states(records).into_iter().map(|(_, state)| state).collect();
    words.sort();
    words.dedup();
    words
}

#[test]
fn a_home_gets_what_no_package_has_brought_and_loses_it_without_a_trace() {
    let home = empty();
    home.write(".config/other", "mine");
    let before = tree(&home);
    let planned = setup(&home, ["--shell", "bash,zsh,fish", "--dry-run", "-f", "json"]).json();
    assert_eq!(words(&planned), ["added"]);
    assert!(planned.as_array().is_some_and(|steps| steps.iter().all(|step| step["dry_run"] == true)));
    assert_eq!(tree(&home), before, "nothing was written");
    let done = setup(&home, ALL.into_iter().chain(["-f", "json"])).json();
    assert_eq!(states(&done), states(&planned));
    for (file, has) in [(BASH, "complete -F _mp mp"), (ZSH, "#compdef mp"), (FISH, "complete -c mp")] {
        assert!(home.read(file).contains(has), "{file}");
    }
    assert!(home.read(ZSH).starts_with("#compdef mp\n"), "zsh looks at the first line");
    assert!(home.read(format!("{MAN}/mp-session.1")).contains("mp session"));
    let written = tree(&home);
    assert_eq!(words(&setup(&home, ALL.into_iter().chain(["-f", "json"])).json()), ["unchanged"]);
    assert!(setup(&home, ALL).ok().contains("already there"));
    assert_eq!(tree(&home), written, "nothing is done twice");
    assert_eq!(words(&setup(&home, ["--remove", "--dry-run", "-f", "json"]).json()), ["removed"]);
    assert_eq!(tree(&home), written);
    assert_eq!(words(&setup(&home, ["--remove", "--yes", "-f", "json"]).json()), ["removed"]);
    assert_eq!(tree(&home), before);
    assert_eq!(words(&setup(&home, ["--remove", "--yes", "-f", "json"]).json()), ["absent"]);
}

#[test]
fn the_pages_and_completions_are_those_of_the_checkout() {
    let home = empty();
    setup(&home, ALL).ok();
    let unmarked = |text: String| -> String {
        text.split_inclusive('\n').filter(|line| !line.contains("mp setup, which")).collect()
    };
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging");
    let pages = fs::read_dir(repository.join("generated/man")).expect("there").flatten();
    let mut count = 0;
    for page in pages.map(|entry| entry.path()) {
        let name = page.file_name().expect("a file").to_str().expect("ASCII");
        assert_eq!(unmarked(home.read(format!("{MAN}/{name}"))), fs::read_to_string(&page).expect("text"), "{name}");
        count += 1;
    }
    assert_eq!(fs::read_dir(home.at(MAN)).expect("there").count(), count);
    for (file, from) in [(BASH, "mp.bash"), (ZSH, "_mp"), (FISH, "mp.fish")] {
        assert_eq!(
            unmarked(home.read(file)),
            fs::read_to_string(repository.join("completions").join(from)).expect("text")
        );
    }
}

#[test]
fn what_somebody_has_edited_or_brought_stays() {
    let home = empty();
    home.write(FISH, "# mine\n");
    home.write("dotfiles/_mp", "#compdef mp\n");
    home.write(".local/share/zsh/site-functions/x", "");
    symlink(home.at("dotfiles/_mp"), home.at(ZSH)).expect("writable");
    let done = setup(&home, ALL.into_iter().chain(["-f", "json"])).json();
    let kept = |done: &Value| -> Vec<String> {
        states(done).into_iter().filter(|(_, state)| state == "kept").map(|(what, _)| what).collect()
    };
    assert_eq!(kept(&done), ["completions for zsh", "completions for fish"]);
    let edited = home.read(BASH) + "# and mine\n";
    fs::write(home.at(BASH), &edited).expect("writable");
    let page = home.read(format!("{MAN}/mp.1")).replace("mp", "MP");
    fs::write(home.at(MAN).join("mp.1"), page).expect("writable");
    for removal in [&[][..], &["--remove"]] {
        let words = ALL.iter().chain(removal).chain(&["-f", "json"]).copied();
        let expected = ["completions for bash", "completions for zsh", "completions for fish", "manual page mp.1"];
        assert_eq!(kept(&setup(&home, words).json()), expected);
    }
    assert_eq!((home.read(BASH), home.read(FISH)), (edited, "# mine\n".to_owned()));
    assert!(
        home.at(ZSH).is_symlink() && home.at(MAN).join("mp.1").exists() && !home.at(MAN).join("mp-session.1").exists()
    );
    let told = setup(&home, ALL).ok();
    assert!(told.contains("edited since mp setup has written it") && told.contains("is a link"), "{told}");
}

#[test]
fn without_a_terminal_it_says_what_it_would_do_and_does_nothing() {
    let home = empty();
    let before = tree(&home);
    let done = setup(&home, ["--shell", "bash"]).run();
    assert_eq!(done.code, 1, "{}{}", done.stdout, done.stderr);
    assert!(done.stdout.contains("WOULD BE") && done.stdout.contains(BASH), "{}", done.stdout);
    assert!(
        done.stderr.contains("no terminal") && done.stderr.contains("mp setup completions man --yes"),
        "{}",
        done.stderr
    );
    assert_eq!(tree(&home), before);
    setup(&home, ALL).ok();
    setup(&home, ["--shell", "bash"]).ok();
}

#[test]
fn at_a_terminal_each_part_is_asked_for() {
    let world = World::with_grant(3600);
    let home = &world.home;
    let before = tree(home);
    let words = ["setup", "completions", "man", "--shell", "bash,zsh,fish"];
    let (code, shown) = typed(&world, &words, "y\nn\n");
    assert!(code == 1 && shown.contains("Write these?") && shown.contains(FISH), "{code} {shown}");
    assert!(shown.contains("the answer was not yes") && home.at(FISH).exists() && !home.at(MAN).exists(), "{shown}");
    let (code, shown) = typed(&world, &words, "y\n");
    assert!(code == 0 && !shown.contains(FISH) && home.at(MAN).join("mp.1").exists(), "one question: {code} {shown}");
    // What is there is asked for no more, and what can be pasted stands in one line.
    let mut command = home.command(&home.programs().mp);
    command.args(words).env("PATH", "/usr/bin:/bin");
    let told = watch(command, Watched::Stderr).shown();
    let folder = home.at(MAN).parent().expect("a folder").display().to_string();
    let line = format!("hint: echo 'export MANPATH={folder}:\"$MANPATH\"' >>~/.profile\n");
    assert!(told.contains(&line) && !told.contains("[y/N]"), "{told}");
    // The folders of the completions hold those of the pages, which go later.
    let (code, shown) = typed(&world, &words.into_iter().chain(["--remove"]).collect::<Vec<_>>(), "y\ny\n");
    assert_eq!((code, tree(home)), (0, before), "{shown}");
}

#[test]
fn places_follow_the_variables_that_shells_and_man_follow() {
    let home = empty();
    let at = |folder: &str| home.at(folder).to_str().expect("ASCII").to_owned();
    let call = |words: &[&str]| {
        let call = home
            .mp(["setup", "completions", "man", "--yes", "--shell", "bash,zsh,fish", "-f", "json"].iter().chain(words));
        call.env("PATH", at("a b/bin")).env("XDG_DATA_HOME", at("a b/share")).env("XDG_CONFIG_HOME", "not/absolute")
    };
    let done = call(&[]).run();
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(home.at("a b/share/bash-completion/completions/mp").exists() && home.at(FISH).exists());
    assert!(
        done.stderr.contains("fpath=('") && done.stderr.contains("a b/share/zsh/site-functions"),
        "{}",
        done.stderr
    );
    assert!(!done.stderr.contains("MANPATH"), "man looks beside the folders of the search path: {}", done.stderr);
    home.write(".zshrc", "fpath=($HOME/'a b/share/zsh/site-functions' $fpath)\n");
    assert!(!call(&[]).run().stderr.contains("fpath"), "it is in the settings already");
    call(&["--remove"]).ok();
    assert!(!home.at("a b/share").exists());
    // The folder of bash's completions has a variable of its own.
    home.mp(["setup", "completions", "--yes", "--shell=bash"]).env("BASH_COMPLETION_USER_DIR", at("mine")).ok();
    assert!(home.at("mine/completions/mp").exists());
}

#[test]
fn a_home_that_cannot_be_written_is_told_and_the_rest_is_done() {
    let home = empty();
    // As good as a read-only file system, also for root.
    home.write(".config", "a file where a folder should be");
    let done = setup(&home, ALL).run();
    assert_eq!(done.code, 1, "{}{}", done.stdout, done.stderr);
    assert!(done.stderr.contains("completions for fish"), "{}", done.stderr);
    assert!(home.at(BASH).exists() && home.at(MAN).join("mp.1").exists());
    fs::remove_file(home.at(".config")).expect("ours");
    setup(&home, ALL).ok();
    assert!(home.at(FISH).exists());
}

#[test]
fn folders_that_are_links_are_followed_and_stay() {
    let home = empty();
    home.write("dotfiles/share/x", "");
    home.write("dotfiles/config/x", "");
    fs::create_dir(home.at(".local")).expect("writable");
    symlink(home.at("dotfiles/share"), home.at(".local/share")).expect("writable");
    symlink(home.at("dotfiles/config"), home.at(".config")).expect("writable");
    let before = tree(&home);
    setup(&home, ALL).ok();
    assert!(home.at("dotfiles/config/fish/completions/mp.fish").exists());
    setup(&home, ["--remove", "--yes"]).ok();
    assert_eq!(tree(&home), before);
}

#[test]
fn what_is_made_is_nobody_elses_to_write_whatever_the_umask() {
    let home = empty();
    let mp = home.programs().mp.to_str().expect("UTF-8").to_owned();
    // As zsh reads it: completions that others could write have its user asked at every start.
    let words = ["-c", "umask 000; exec \"$0\" setup completions --shell zsh --yes", &mp];
    home.run(Path::new("/bin/sh"), words).ok();
    for made in home.at(ZSH).ancestors().take_while(|path| *path != home.path()) {
        let mode = fs::metadata(made).expect("it was made").permissions().mode();
        assert_eq!(mode & 0o022, 0, "{} has the mode {mode:o}", made.display());
    }
}

#[test]
fn what_a_package_has_brought_beside_the_program_is_left_alone() {
    let home = empty();
    for program in [&home.programs().mp, &home.programs().mpd] {
        home.write("opt/bin/x", "");
        mp_sandbox::program::copy(program, &home.at("opt/bin").join(program.file_name().expect("a program")));
    }
    home.write("opt/share/bash-completion/completions/mp", "mp __complete");
    home.write("opt/share/zsh/site-functions/_mp", "of another program of that name");
    home.write("opt/share/man/man1/mp-session.1.gz", "");
    let words = ["setup", "completions", "man", "--yes", "--shell", "bash,zsh", "-f", "json"];
    let done = home.run(&home.at("opt/bin/mp"), words).json();
    let expected =
        [("completions for bash", "provided"), ("completions for zsh", "added"), ("manual pages", "provided")];
    let found = states(&done);
    assert_eq!(found.iter().map(|(what, state)| (what.as_str(), state.as_str())).collect::<Vec<_>>(), expected);
    assert!(!home.at(BASH).exists() && !home.at(MAN).exists());
}

#[test]
fn a_wrong_command_line_is_told() {
    let home = configured();
    assert!(home.mp(["setup", "manual"]).fails(3).contains("man"), "the parts are named");
    assert!(home.mp(["setup", "man", "--shell", "zsh"]).fails(3).contains("--shell is for completions"));
    assert!(home.mp(["setup", "--shell", "tcsh"]).fails(3).contains("zsh"));
    assert!(home.mp(["setup", "man"]).env("HOME", home.at("nowhere")).fails(3).contains("nowhere"));
    if rustix::process::geteuid().is_root() {
        fs::create_dir(home.at("other")).expect("writable");
        std::os::unix::fs::chown(home.at("other"), Some(65_534), None).expect("root may");
        let message = home.mp(["setup", "--yes"]).env("HOME", home.at("other")).fails(3);
        assert!(message.contains("belongs to uid 65534") && message.contains("without sudo"), "{message}");
    }
}
