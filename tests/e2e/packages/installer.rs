//! `packaging/install.sh`, with archives that `packaging/build` makes of programs that are scripts.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::root;

/// What stands for the programs: they say who they are, as ours do.
const MP: &str = "#!/bin/sh\necho \"mp 0.1.0 $*\"\n[ \"$2\" = setup ] && echo \"pages  removed  by $*\" || true\n";
const MPD: &str = "#!/bin/sh\n[ \"$1\" = --mixpanel-version ] && echo 'mixpanel-mpd 0.1.0 protocol 1-1'\n";

/// What the installer needs of a system.
const TOOLS: [&str; 22] = [
    "sh",
    "uname",
    "getconf",
    "mkdir",
    "mktemp",
    "sed",
    "tar",
    "gzip",
    "cp",
    "mv",
    "rm",
    "rmdir",
    "cat",
    "grep",
    "wc",
    "tr",
    "find",
    "dirname",
    "sha256sum",
    "chmod",
    "head",
    "sleep",
];

/// A release in a folder, and a home that nothing was installed into. The paths have what shells trip over.
struct World {
    dir: tempfile::TempDir,
}

/// What a run of the installer was.
struct Ran {
    code: Option<i32>,
    said: String,
}

impl World {
    fn new() -> Self {
        let world = Self { dir: tempfile::tempdir().expect("a directory") };
        for (name, text) in [("mp", MP), ("mp-lsp", MP), ("mpd", MPD)] {
            world.script(&format!("programs/{name}"), text);
        }
        for folder in ["a home", "tools"] {
            fs::create_dir_all(world.at(folder)).expect("made");
        }
        for tool in TOOLS {
            let found = ["/bin", "/usr/bin"].map(|folder| Path::new(folder).join(tool));
            let found = found.iter().find(|path| path.exists()).unwrap_or_else(|| panic!("{tool} is on this machine"));
            symlink(found, world.at("tools").join(tool)).expect("linked");
        }
        for step in ["stage", "archive"] {
            let mut command = Command::new(root().join("packaging/build").join(step));
            command.arg(platform()).env("MP_OUT", world.at("out")).env("SOURCE_DATE_EPOCH", "1700000000");
            if step == "stage" {
                command.arg(world.at("programs"));
            }
            let done = command.output().expect("bash is on this machine");
            assert!(done.status.success(), "{step}: {}", String::from_utf8_lossy(&done.stderr));
        }
        let sums = "cd \"$0\" && sha256sum *.tar.gz install.sh >SHA256SUMS";
        let done = Command::new("sh").args(["-c", sums]).arg(world.dist()).status().expect("it runs");
        assert!(done.success());
        world
    }

    fn at(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    fn dist(&self) -> PathBuf {
        self.at("out/dist")
    }

    fn home(&self) -> PathBuf {
        self.at("a home")
    }

    fn archive(&self) -> PathBuf {
        self.dist().join(format!("mixpanel-mp-{}-{}.tar.gz", env!("CARGO_PKG_VERSION"), platform()))
    }

    fn script(&self, path: &str, text: &str) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        // What is there may be a link to the system's.
        let _ = fs::remove_file(&path);
        fs::write(&path, text).expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("changed");
    }

    /// Returns the command of an installer in a folder, in the home, with nothing but the tools.
    fn command(&self, script: &Path) -> Command {
        let mut command = Command::new("/bin/sh");
        command
            .arg(script)
            .env_clear()
            .env("HOME", self.home())
            .env("PATH", self.at("tools"))
            .current_dir(self.dir.path());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(&self.dist().join("install.sh")).args(arguments))
    }

    /// Returns the files of the home.
    fn installed(&self) -> Vec<String> {
        let done = Command::new("find").arg(".").args(["-not", "-type", "d"]).current_dir(self.home()).output();
        let said = String::from_utf8(done.expect("it runs").stdout).expect("UTF-8");
        said.lines().map(str::to_owned).collect()
    }

    #[track_caller]
    fn refuses(&self, ran: &Ran, words: &[&str]) {
        assert_eq!(ran.code, Some(1), "{}", ran.said);
        for word in words {
            assert!(ran.said.contains(word), "no {word:?} in: {}", ran.said);
        }
        assert_eq!(self.installed(), Vec::<String>::new(), "nothing is left: {}", ran.said);
    }
}

impl Ran {
    fn of(command: &mut Command) -> Self {
        let Output { status, stdout, stderr } = command.output().expect("it runs");
        let said = [stdout, stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        Self { code: status.code(), said }
    }

    #[track_caller]
    fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{}", self.said);
        self.said
    }
}

fn platform() -> String {
    format!("{}-{}", std::env::consts::ARCH, if cfg!(target_os = "macos") { "macos" } else { "linux" })
}

#[test]
fn it_installs_from_a_folder_again_and_removes_everything() {
    let world = World::new();
    let said = world.run(&[]).ok();
    let mp = world.home().join(".local/bin/mp");
    assert!(said.contains("installed mp 0.1.0") && said.contains(mp.to_str().expect("a text")), "{said}");
    assert!(said.contains("is not in PATH"), "{said}");
    let files = world.installed();
    for place in [
        "bin/mp",
        "libexec/mixpanel/mpd",
        "libexec/mixpanel/mp-lsp",
        "share/man/man1/mp.1",
        "share/zsh/site-functions/_mp",
    ] {
        assert!(files.contains(&format!("./.local/{place}")), "{place} in {files:?}");
    }
    assert!(!files.iter().any(|file| file.ends_with("bin/mpd")), "nothing is called mpd where somebody finds it");
    // What an earlier version had goes with the next one; what others keep beside it stays.
    let list = world.home().join(".local/share/mixpanel-mp/installed");
    let listed = fs::read_to_string(&list).expect("there");
    fs::write(&list, format!("share/man/man1/mp-old.1\n{listed}")).expect("written");
    for place in ["share/man/man1/mp-old.1", "share/man/man1/other.1"] {
        fs::write(world.home().join(".local").join(place), "").expect("written");
    }
    world.run(&[]).ok();
    let mut again = files;
    again.push("./.local/share/man/man1/other.1".to_owned());
    again.sort();
    let mut found = world.installed();
    found.sort();
    assert_eq!(found, again);
    let said = world.run(&["--uninstall"]).ok();
    assert!(said.contains("~/.mp"), "{said}");
    assert!(
        said.contains("  removed  by --no-autostart setup --remove --yes\n"),
        "what mp wrote into the home goes, too: {said}"
    );
    assert_eq!(world.installed(), ["./.local/share/man/man1/other.1"]);
    let refused = world.run(&["--uninstall"]);
    assert!(refused.code == Some(1) && refused.said.contains("nothing was installed"), "{}", refused.said);
}

#[test]
fn an_unpacked_archive_and_a_prefix_with_spaces_will_do() {
    let world = World::new();
    let unpack = Command::new("tar").arg("-xzf").arg(world.archive()).current_dir(world.dir.path()).status();
    assert!(unpack.expect("it runs").success());
    let folder = world.at(&format!("mixpanel-mp-{}-{}", env!("CARGO_PKG_VERSION"), platform()));
    let script = folder.join("install.sh");
    let prefix = world.home().join("it's \"$HOME\" & more");
    let ran = Ran::of(world.command(&script).env("PREFIX", &prefix).env_remove("HOME"));
    ran.ok();
    assert!(prefix.join("libexec/mixpanel/mpd").is_file());
    Ran::of(world.command(&script).arg("--uninstall").arg("--prefix").arg(&prefix)).ok();
    assert!(!prefix.exists());
    // Unpacked by halves, or with a file that is another one.
    fs::write(folder.join("share/man/man1/mp.1"), "half").expect("written");
    world.refuses(&Ran::of(&mut world.command(&script)), &["mp.1 is damaged", "nothing was installed"]);
    fs::remove_file(folder.join("share/man/man1/mp.1")).expect("removed");
    world.refuses(&Ran::of(&mut world.command(&script)), &["mp.1 is missing"]);
}

#[test]
fn a_script_that_was_cut_off_does_nothing() {
    let world = World::new();
    let text = fs::read_to_string(world.dist().join("install.sh")).expect("there");
    let ends: Vec<usize> =
        (0..text.len() - 3).step_by(701).chain([text.len() - 4]).filter(|end| text.is_char_boundary(*end)).collect();
    assert!(ends.len() > 10);
    for end in ends {
        let half = world.dist().join("half-install.sh");
        fs::write(&half, &text[..end]).expect("written");
        Ran::of(&mut world.command(&half));
        assert_eq!(world.installed(), Vec::<String>::new(), "cut off at {end}");
    }
}

#[test]
fn what_is_damaged_or_missing_is_not_installed() {
    let world = World::new();
    let sums = world.dist().join("SHA256SUMS");
    let good = fs::read_to_string(&sums).expect("there");
    let archive = fs::read(world.archive()).expect("there");
    fs::write(world.archive(), &archive[..archive.len() / 2]).expect("written");
    world.refuses(&world.run(&[]), &["is damaged", "SHA-256 should be"]);
    fs::write(world.archive(), &archive).expect("written");
    for (text, words) in [
        (String::new(), ["names no archive for"].as_slice()),
        (good.replace(&good[..64], "<html>"), &["names no archive for"]),
        (good.replace(&good[..64], &good[..60]), &["is not one"]),
        (format!("{good}{}", good.replace("-0.1.0-", "-0.2.0-")), &["names several archives"]),
    ] {
        fs::write(&sums, text).expect("written");
        world.refuses(&world.run(&["--from", world.dist().to_str().expect("a text")]), words);
    }
    fs::write(&sums, good).expect("written");
    fs::remove_file(world.at("tools/sha256sum")).expect("removed");
    world.refuses(&world.run(&[]), &["what is not checked is not installed"]);
}

#[test]
fn a_download_that_breaks_off_is_not_installed() {
    let world = World::new();
    // Half a file and an error; half a file and no error, as some proxies do it; nothing at all.
    let half = |end: &str| {
        let dist = world.dist();
        format!(
            "#!/bin/sh\nfor out; do :; done\nwhile [ $# -gt 1 ]; do [ \"$1\" = -o ] && file=$2; [ \"$1\" = -O ] && file=$2; shift; done\n\
            case $1 in *SUMS) cat '{0}/SHA256SUMS' >\"$file\"; exit 0 ;; esac\nhead -c 1000 '{0}/'*.tar.gz >\"$file\"\n{end}\n",
            dist.display()
        )
    };
    let from = ["--from", "https://mp.example/releases/v0.1.0/"];
    world.refuses(&world.run(&from), &["neither curl nor wget"]);
    for program in ["curl", "wget"] {
        world.script(&format!("tools/{program}"), &half("exit 18"));
        world.refuses(
            &world.run(&from),
            &["could not download https://mp.example/releases/v0.1.0/mixpanel-mp-", "proxy"],
        );
        world.script(&format!("tools/{program}"), &half("exit 0"));
        world.refuses(&world.run(&from), &["is damaged"]);
        world.script(&format!("tools/{program}"), "#!/bin/sh\nexit 6\n");
        world.refuses(&world.run(&from), &["could not download", "/SHA256SUMS"]);
        world.script(&format!("tools/{program}"), &half("exec cat '/dev/null'").replace("head -c 1000", "cat"));
        world.run(&from).ok();
        world.run(&["--uninstall"]).ok();
        fs::remove_file(world.at("tools").join(program)).expect("removed");
    }
}

#[test]
fn odd_machines_and_odd_lines_are_told() {
    let world = World::new();
    for (system, processor, words) in [
        ("Linux", "riscv64", ["no build for the processor riscv64", "cargo install"].as_slice()),
        ("Linux", "armv7l", &["armv7l"]),
        ("MINGW64_NT-10.0", "x86_64", &["WSL"]),
        ("FreeBSD", "amd64", &["no build for FreeBSD", "cargo install"]),
    ] {
        world.script("tools/uname", &format!("#!/bin/sh\n[ \"$1\" = -m ] && echo {processor} || echo {system}\n"));
        world.refuses(&world.run(&[]), words);
    }
    world.script(
        "tools/uname",
        &format!("#!/bin/sh\n[ \"$1\" = -m ] && echo {} || echo Linux\n", std::env::consts::ARCH),
    );
    world.script("tools/getconf", "#!/bin/sh\necho 32\n");
    world.refuses(&world.run(&[]), &["32 bits"]);
    world.script("tools/getconf", "#!/bin/sh\necho 64\n");
    for (arguments, words) in [
        (["--prefix", "relative"].as_slice(), ["must begin with a slash"].as_slice()),
        (&["--prefix"], &["--prefix needs a value"]),
        (&["--frobnicate"], &["no option --frobnicate", "--help"]),
        (&["--from", "/nowhere"], &["there is no /nowhere/SHA256SUMS"]),
        (&["--prefix", "/proc/nowhere"], &["could not write into /proc/nowhere"]),
    ] {
        world.refuses(&world.run(arguments), words);
    }
    let script = world.dist().join("install.sh");
    world.refuses(&Ran::of(world.command(&script).env_remove("HOME")), &["HOME is not set", "--prefix"]);
    assert!(world.run(&["--help"]).ok().contains("--uninstall"));
}

#[test]
fn programs_that_do_not_run_and_programs_of_others_stop_it() {
    let world = World::new();
    let place = world.home().join(".local/bin/mp");
    fs::create_dir_all(place.parent().expect("a folder")).expect("made");
    let python = world.at("venv-mp");
    fs::write(&python, "the Python tool's").expect("written");
    symlink(&python, &place).expect("linked");
    let refused = world.run(&[]);
    assert!(
        refused.code == Some(1) && refused.said.contains("is another program, perhaps the Python tool's"),
        "{}",
        refused.said
    );
    assert_eq!(world.installed(), ["./.local/bin/mp"]);
    world.run(&["--force"]).ok();
    assert_eq!(
        fs::read_to_string(&python).expect("there"),
        "the Python tool's",
        "a link is replaced, not what it leads to"
    );
    assert!(!place.is_symlink());
    world.run(&["--uninstall"]).ok();
    assert_eq!(world.installed(), Vec::<String>::new());

    // Another music player, or a glibc that is too old.
    let world = World::new();
    world.script("programs/mpd", "#!/bin/sh\necho 'GLIBC_2.17 not found' >&2\nexit 1\n");
    for step in ["stage", "archive"] {
        let mut command = Command::new(root().join("packaging/build").join(step));
        command.arg(platform()).env("MP_OUT", world.at("out"));
        assert!(
            command.args((step == "stage").then(|| world.at("programs"))).output().expect("it runs").status.success()
        );
    }
    let sums = "cd \"$0\" && sha256sum *.tar.gz >SHA256SUMS";
    assert!(Command::new("sh").args(["-c", sums]).arg(world.dist()).status().expect("it runs").success());
    world.refuses(&world.run(&[]), &["the daemon does not run on this machine: GLIBC_2.17 not found"]);
}
