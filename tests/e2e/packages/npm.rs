//! The `mp` of the npm package: a shell script that finds the program in the package for the platform.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use super::root;

const PLATFORM: &str = if cfg!(target_os = "macos") { "darwin" } else { "linux" };
const PROCESSOR: &str = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };

fn script(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(path, text).expect("written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("changed");
}

/// Puts the package into a folder, and npm's link to it into `.bin`.
fn install(modules: &Path) -> std::path::PathBuf {
    let text = fs::read_to_string(root().join("packaging/npm/mp")).expect("there");
    script(&modules.join("mixpanel-mp/bin/mp"), &text);
    let link = modules.join(".bin/mp");
    fs::create_dir_all(link.parent().expect("a folder")).expect("made");
    symlink("../mixpanel-mp/bin/mp", &link).expect("linked");
    link
}

#[test]
fn it_finds_the_program_beside_and_above_and_hands_everything_on() {
    for place in
        ["node_modules", "node_modules/.pnpm/mixpanel-mp@0.1.0/node_modules", "node_modules/mixpanel-mp/node_modules"]
    {
        let dir = tempfile::tempdir().expect("a directory");
        let project = dir.path().join("a 'project' of ours");
        let link = install(&project.join(if place.ends_with("mp/node_modules") { "node_modules" } else { place }));
        let program = project.join(place).join(format!("mixpanel-mp-{PLATFORM}-{PROCESSOR}/bin/mp"));
        script(&program, "#!/bin/sh\nprintf '%s|' \"$@\"\nexit 42\n");
        let done = Command::new(&link).args(["a b", "", "*"]).current_dir("/").output().expect("it runs");
        assert_eq!(
            String::from_utf8_lossy(&done.stdout),
            "a b||*|",
            "{place}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
        assert_eq!(done.status.code(), Some(42), "{place}");
    }
}

#[test]
fn without_the_program_it_says_what_is_missing() {
    let dir = tempfile::tempdir().expect("a directory");
    let done = Command::new(install(&dir.path().join("node_modules"))).arg("session").output().expect("it runs");
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(
        said.contains(&format!("mixpanel-mp-{PLATFORM}-{PROCESSOR}")) && said.contains("--omit=optional"),
        "{said}"
    );
}
