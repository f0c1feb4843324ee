//! Where shells look for completions: a table, and what each needs to hear besides.

use std::path::{Path, PathBuf};

use super::around::Around;
use super::files::{Comment, Wanted};

/// Texts by which a completion for `mp` is known as ours: every release of them asks the program.
const OURS: &str = "mp __complete";

/// A shell that can complete `mp`.
pub(crate) struct Shell {
    /// Its name, which is that of its program.
    pub(crate) name: &'static str,
    /// Its user's file.
    file: fn(&Around) -> PathBuf,
    /// Where packages put theirs, below `/usr`, `/usr/local` or where else `mp` is.
    packaged: &'static [&'static str],
    /// What has to be in its settings for the file to be found; none where it is found by itself.
    needs: fn(&Around, &Path) -> Option<String>,
}

/// The shells.
pub(crate) const SHELLS: [Shell; 3] = [
    Shell {
        name: "bash",
        file: |around| match around.directory("BASH_COMPLETION_USER_DIR") {
            Some(directory) => directory.join("completions/mp"),
            None => around.data().join("bash-completion/completions/mp"),
        },
        packaged: &["share/bash-completion/completions/mp", "etc/bash_completion.d/mp"],
        needs: bash_needs,
    },
    Shell {
        name: "zsh",
        file: |around| around.data().join("zsh/site-functions/_mp"),
        packaged: &["share/zsh/vendor-completions/_mp", "share/zsh/site-functions/_mp"],
        needs: zsh_needs,
    },
    Shell {
        name: "fish",
        file: |around| around.settings().join("fish/completions/mp.fish"),
        packaged: &["share/fish/vendor_completions.d/mp.fish", "share/fish/completions/mp.fish"],
        needs: |_, _| None,
    },
];

/// Where the package bash-completion is, which reads the files of its users.
const BASH_COMPLETION: [&str; 5] = [
    "/usr/share/bash-completion/bash_completion",
    "/usr/local/share/bash-completion/bash_completion",
    "/opt/homebrew/etc/profile.d/bash_completion.sh",
    "/usr/local/etc/profile.d/bash_completion.sh",
    "/run/current-system/sw/share/bash-completion/bash_completion",
];

impl Shell {
    /// Returns whether its user has it: it is the one that they log in with, or it is installed.
    pub(crate) fn is_there(&self, around: &Around) -> bool {
        let login = around.environment.os("SHELL").map(Path::new).and_then(Path::file_name);
        login.is_some_and(|name| name == self.name) || around.program(self.name).is_some()
    }

    /// Returns its user's file with a completion.
    pub(crate) fn wanted(&self, around: &Around, text: &str) -> Wanted {
        Wanted { path: (self.file)(around), text: text.to_owned(), comment: Comment::HASH }
    }

    /// Returns the completion that a package has brought, if one has.
    pub(crate) fn packaged(&self, around: &Around) -> Option<PathBuf> {
        let files = around.prefixes.iter().flat_map(|prefix| self.packaged.iter().map(|file| prefix.join(file)));
        let own = (self.file)(around);
        let mut others = files.filter(|file| *file != own);
        // Another program may have the name.
        others.find(|file| std::fs::read_to_string(file).is_ok_and(|text| text.contains(OURS)))
    }

    /// Returns what has to be done for its user's file to be found, as lines of its settings.
    pub(crate) fn needs(&self, around: &Around) -> Option<String> {
        (self.needs)(around, &(self.file)(around))
    }
}

fn bash_needs(around: &Around, file: &Path) -> Option<String> {
    let is_read = BASH_COMPLETION.iter().any(|path| Path::new(path).exists());
    (!is_read)
        .then(|| format!("echo {} >>~/.bashrc", quoted(&format!("source {}", of_shell(file)))))
        .filter(|_| !mentions(around, &[".bashrc", ".bash_profile"], file))
}

/// zsh has no folder of a user's own, so its settings have to name one.
fn zsh_needs(around: &Around, file: &Path) -> Option<String> {
    let folder = file.parent().unwrap_or(file);
    let named = around.environment.os("FPATH").map(std::env::split_paths).into_iter().flatten();
    let mut named = named;
    if named.any(|path| path == folder) || mentions(around, &[".zshenv", ".zprofile", ".zshrc"], folder) {
        return None;
    }
    let settings = around.directory("ZDOTDIR").unwrap_or_else(|| around.home.clone()).join(".zshrc");
    Some(format!("fpath=({} $fpath)   # into {}, before its compinit", of_shell(folder), settings.display()))
}

/// Returns whether the settings of a shell name a path, in whole or below the home.
fn mentions(around: &Around, files: &[&str], path: &Path) -> bool {
    let home = around.directory("ZDOTDIR").filter(|_| files.contains(&".zshrc"));
    let folders = [home.as_deref().unwrap_or(&around.home), &around.home];
    let below = path.strip_prefix(&around.home).unwrap_or(path).to_string_lossy().into_owned();
    let is_in = |file: PathBuf| std::fs::read_to_string(file).is_ok_and(|text| text.contains(&below));
    folders.iter().any(|folder| files.iter().any(|file| is_in(folder.join(file))))
}

/// Returns a path as a word of a shell.
pub(super) fn of_shell(path: &Path) -> String {
    quoted(&path.to_string_lossy())
}

/// Returns a text as a word of a shell.
pub(super) fn quoted(text: &str) -> String {
    shlex::try_quote(text).map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_pasted_writes_the_line_that_is_meant() {
        for path in ["/h/mp", "/a b/it's \"$x\"/mp"] {
            let meant = format!("source {}", of_shell(Path::new(path)));
            let written = std::process::Command::new("sh").args(["-c", &format!("echo {}", quoted(&meant))]).output();
            assert_eq!(String::from_utf8_lossy(&written.expect("a shell").stdout), format!("{meant}\n"));
            let read = std::process::Command::new("sh").args(["-c", &meant.replace("source", "echo")]).output();
            assert_eq!(String::from_utf8_lossy(&read.expect("a shell").stdout), format!("{path}\n"));
        }
    }
}
