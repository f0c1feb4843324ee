//! The hosts that run MCP servers: **one table** of where each keeps its settings and what an entry of them looks like.

use std::path::{Path, PathBuf};

use crate::caller::Environment;

/// A program that runs MCP servers.
#[derive(Debug)]
pub(crate) struct Host {
    /// The word of the command line.
    pub(crate) word: &'static str,
    /// What it is called.
    pub(crate) title: &'static str,
    /// How its files are written.
    pub(super) format: Format,
    /// The key above the names of servers.
    pub(super) above: &'static str,
    /// What an entry is made of.
    pub(super) shape: Shape,
    /// The file of a user: what a variable names, else the first that is there, else the last.
    user: &'static [Place],
    /// The file of a project, in its folder, chosen likewise. None where a host has none.
    project: &'static [&'static str],
    /// Whether it locks its file while it writes, by a folder `FILE.lock` beside it.
    pub(super) locks: bool,
    /// What makes it read the file.
    pub(crate) then: &'static str,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// JSON, with comments and trailing commas where there are some.
    Json,
    /// TOML.
    Toml,
}

/// What an entry is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `command`, `args`, `env`.
    Plain,
    /// The same, and `"type": "stdio"`.
    Typed,
    /// `"type": "local"`, the command and its arguments as one list, `environment`.
    List,
    /// The plain one, with `"type": "local"` and the tools that are wanted.
    Copilot,
}

/// Where a file is: below what a variable says, or below a folder of the home.
#[derive(Debug)]
enum Place {
    /// On any system.
    At(Base, &'static str),
    /// Only where this is built for macOS, or only where it is not.
    On(System, Base, &'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    Mac,
    Other,
}

#[derive(Debug, Clone, Copy)]
enum Base {
    /// The home.
    Home,
    /// `$XDG_CONFIG_HOME`, else `~/.config`.
    Config,
    /// What a variable says. Without it the place is none.
    Variable(&'static str),
}

use Base::{Config, Home, Variable};
use Place::{At, On};
use System::{Mac, Other};

const NONE: Host = Host {
    word: "",
    title: "",
    format: Format::Json,
    above: "mcpServers",
    shape: Shape::Plain,
    user: &[],
    project: &[],
    locks: false,
    then: "Restart it",
};

/// All hosts, in the order in which they are listed.
pub(crate) const HOSTS: &[Host] = &[
    Host {
        word: "claude",
        title: "Claude Code",
        shape: Shape::Typed,
        user: &[At(Variable("CLAUDE_CONFIG_DIR"), ".claude.json"), At(Home, ".claude.json")],
        project: &[".mcp.json"],
        locks: true,
        then: "Start a new session of Claude Code; /mcp shows the server",
        ..NONE
    },
    Host {
        word: "claude-desktop",
        title: "Claude Desktop",
        user: &[
            On(Mac, Home, "Library/Application Support/Claude/claude_desktop_config.json"),
            On(Other, Config, "Claude/claude_desktop_config.json"),
        ],
        then: "Quit Claude Desktop and start it again; closing its window is not enough",
        ..NONE
    },
    Host {
        word: "cursor",
        title: "Cursor",
        user: &[At(Home, ".cursor/mcp.json")],
        project: &[".cursor/mcp.json"],
        then: "Turn the server on in the settings of Cursor, under MCP",
        ..NONE
    },
    Host {
        word: "vscode",
        title: "VS Code",
        above: "servers",
        shape: Shape::Typed,
        user: &[
            At(Variable("VSCODE_PORTABLE"), "user-data/User/mcp.json"),
            On(Mac, Home, "Library/Application Support/Code/User/mcp.json"),
            On(Other, Config, "Code/User/mcp.json"),
        ],
        project: &[".vscode/mcp.json"],
        then: "Run \"MCP: List Servers\" in VS Code to start the server",
        ..NONE
    },
    Host {
        word: "vscode-insiders",
        title: "VS Code Insiders",
        above: "servers",
        shape: Shape::Typed,
        user: &[
            On(Mac, Home, "Library/Application Support/Code - Insiders/User/mcp.json"),
            On(Other, Config, "Code - Insiders/User/mcp.json"),
        ],
        project: &[".vscode/mcp.json"],
        then: "Run \"MCP: List Servers\" in VS Code to start the server",
        ..NONE
    },
    Host {
        word: "vscodium",
        title: "VSCodium",
        above: "servers",
        shape: Shape::Typed,
        user: &[
            On(Mac, Home, "Library/Application Support/VSCodium/User/mcp.json"),
            On(Other, Config, "VSCodium/User/mcp.json"),
        ],
        project: &[".vscode/mcp.json"],
        then: "Run \"MCP: List Servers\" in VSCodium to start the server",
        ..NONE
    },
    Host {
        word: "codex",
        title: "Codex",
        format: Format::Toml,
        above: "mcp_servers",
        user: &[At(Variable("CODEX_HOME"), "config.toml"), At(Home, ".codex/config.toml")],
        project: &[".codex/config.toml"],
        then: "Start a new session of Codex; /mcp shows the server",
        ..NONE
    },
    Host {
        word: "zed",
        title: "Zed",
        above: "context_servers",
        user: &[On(Mac, Home, ".config/zed/settings.json"), On(Other, Config, "zed/settings.json")],
        project: &[".zed/settings.json"],
        then: "Zed starts the server by itself; its Agent Panel shows it",
        ..NONE
    },
    Host {
        word: "gemini",
        title: "Gemini CLI",
        user: &[At(Variable("GEMINI_CLI_HOME"), ".gemini/settings.json"), At(Home, ".gemini/settings.json")],
        project: &[".gemini/settings.json"],
        then: "Start a new session of Gemini CLI; /mcp shows the server",
        ..NONE
    },
    Host {
        word: "opencode",
        title: "OpenCode",
        above: "mcp",
        shape: Shape::List,
        user: &[
            At(Variable("OPENCODE_CONFIG"), ""),
            At(Config, "opencode/opencode.jsonc"),
            At(Config, "opencode/opencode.json"),
        ],
        project: &["opencode.jsonc", "opencode.json"],
        then: "Start OpenCode again; `opencode mcp list` shows the server",
        ..NONE
    },
    Host {
        word: "copilot",
        title: "GitHub Copilot CLI",
        shape: Shape::Copilot,
        user: &[At(Variable("COPILOT_HOME"), "mcp-config.json"), At(Home, ".copilot/mcp-config.json")],
        then: "Start a new session of Copilot; /mcp show lists the server",
        ..NONE
    },
    Host {
        word: "windsurf",
        title: "Windsurf",
        user: &[At(Home, ".codeium/windsurf/mcp_config.json")],
        then: "Press refresh in the MCP settings of Windsurf",
        ..NONE
    },
];

/// For whom an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// For all that this user does.
    User,
    /// For who works in this folder, and has its files.
    Project,
}

impl Scope {
    /// The words of the command line.
    pub(crate) const WORDS: [&'static str; 2] = ["user", "project"];

    /// Returns the scope of a word.
    pub(crate) fn of(word: &str) -> Self {
        if word == "project" { Self::Project } else { Self::User }
    }

    /// Returns its word.
    pub(crate) fn word(self) -> &'static str {
        Self::WORDS[usize::from(self == Self::Project)]
    }
}

/// Where the files of hosts are looked for.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    /// The home of the user.
    pub(crate) home: PathBuf,
    /// The working directory.
    pub(crate) here: PathBuf,
    /// What variables say.
    pub(crate) environment: Environment,
}

impl Host {
    /// Returns the host of a word.
    pub(crate) fn named(word: &str) -> Option<&'static Self> {
        HOSTS.iter().find(|host| host.word == word)
    }

    /// Returns the keys that lead to an entry.
    pub(super) fn keys<'a>(&self, name: &'a str) -> [&'a str; 2] {
        [self.above, name]
    }

    /// Returns the file of a scope; none where the host has no such file.
    pub(crate) fn file(&self, scope: Scope, around: &Surroundings) -> Option<PathBuf> {
        let places: Vec<PathBuf> = match scope {
            Scope::Project => self.project.iter().map(|file| around.here.join(file)).collect(),
            Scope::User => self.user.iter().filter_map(|place| place.path(around)).collect(),
        };
        // What a variable names is taken, be it there or not; of the others, one that is there.
        let named = self.user.iter().take_while(|place| matches!(place, At(Variable(_), _)));
        if let Some(named) = named.filter_map(|place| place.path(around)).next().filter(|_| scope == Scope::User) {
            return Some(named);
        }
        places.iter().find(|file| file.exists()).or(places.last()).cloned()
    }

    /// Returns whether there are signs of this host: the folder of its settings, which it makes itself, or, in the home, the file.
    pub(crate) fn is_here(&self, around: &Surroundings) -> bool {
        let Some(file) = self.file(Scope::User, around) else { return false };
        match file.parent() {
            Some(folder) if folder != around.home => folder.is_dir(),
            _ => file.exists(),
        }
    }
}

impl Place {
    fn path(&self, around: &Surroundings) -> Option<PathBuf> {
        let (base, rest) = match self {
            At(base, rest) => (base, rest),
            On(system, base, rest) => {
                let here = if cfg!(target_os = "macos") { Mac } else { Other };
                if *system != here {
                    return None;
                }
                (base, rest)
            }
        };
        let variable = |name| around.environment.os(name).map(|value| around.here.join(value));
        let base = match base {
            Home => around.home.clone(),
            // The specification wants what is not absolute to be ignored.
            Config => match around.environment.os("XDG_CONFIG_HOME").map(Path::new).filter(|path| path.is_absolute()) {
                Some(path) => path.to_owned(),
                None => around.home.join(".config"),
            },
            Variable(name) => variable(name)?,
        };
        Some(if rest.is_empty() { base } else { base.join(rest) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(home: &Path, variables: &[(&str, &str)]) -> Surroundings {
        Surroundings { home: home.to_owned(), here: home.join("here"), environment: Environment::of(variables) }
    }

    fn file(word: &str, scope: Scope, around: &Surroundings) -> String {
        let file = Host::named(word).expect("a host").file(scope, around).expect("a file");
        file.strip_prefix(&around.home).unwrap_or(&file).display().to_string()
    }

    #[test]
    fn variables_decide_where_a_file_is() {
        let home = tempfile::tempdir().expect("a directory");
        let usual = around(home.path(), &[("XDG_CONFIG_HOME", "relative")]);
        let named = around(
            home.path(),
            &[
                ("CLAUDE_CONFIG_DIR", "/c"),
                ("CODEX_HOME", "rel"),
                ("GEMINI_CLI_HOME", "/g"),
                ("XDG_CONFIG_HOME", "/x"),
                ("OPENCODE_CONFIG", "/o.json"),
            ],
        );
        for (word, expected, with) in [
            ("claude", ".claude.json", "/c/.claude.json"),
            ("codex", ".codex/config.toml", "here/rel/config.toml"),
            ("gemini", ".gemini/settings.json", "/g/.gemini/settings.json"),
            ("opencode", ".config/opencode/opencode.json", "/o.json"),
            ("cursor", ".cursor/mcp.json", ".cursor/mcp.json"),
        ] {
            assert_eq!(file(word, Scope::User, &usual), expected);
            assert_eq!(file(word, Scope::User, &named), with);
        }
        if cfg!(not(target_os = "macos")) {
            assert_eq!(file("vscode", Scope::User, &usual), ".config/Code/User/mcp.json");
            assert_eq!(file("zed", Scope::User, &named), "/x/zed/settings.json");
        }
        assert_eq!(file("vscode", Scope::Project, &named), "here/.vscode/mcp.json");
        assert!(Host::named("windsurf").expect("a host").file(Scope::Project, &usual).is_none());
    }

    #[test]
    fn of_several_files_the_one_that_is_there_is_taken() {
        let home = tempfile::tempdir().expect("a directory");
        let around = around(home.path(), &[]);
        let folder = home.path().join(".config/opencode");
        assert!(!Host::named("opencode").expect("a host").is_here(&around));
        std::fs::create_dir_all(&folder).expect("writable");
        std::fs::write(folder.join("opencode.jsonc"), "{}").expect("writable");
        assert_eq!(file("opencode", Scope::User, &around), ".config/opencode/opencode.jsonc");
        assert!(Host::named("opencode").expect("a host").is_here(&around));
        assert!(!Host::named("claude").expect("a host").is_here(&around));
    }

    #[test]
    fn words_are_unique() {
        for (index, host) in HOSTS.iter().enumerate() {
            assert!(HOSTS[..index].iter().all(|other| other.word != host.word), "{}", host.word);
            assert!(!host.title.is_empty() && !host.user.is_empty(), "{}", host.word);
        }
    }
}
