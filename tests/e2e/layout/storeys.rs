//! The storeys of each crate. **The lists in this file are the architecture**: a new arrow is a change of a list.
//!
//! A list goes from the bottom up. Each of its lines is a storey; a storey has one entry, or several that do not know each other. An
//! entry is a file without its `.rs`, and all files in the folder of that name; the longest entry that fits a file is the file's.
//!
//! - A file imports only from storeys below its own, and from its own entry. What is not listed belongs to no storey, and an entry
//!   without a file is out of date: both fail.
//! - No files import each other in a circle, not even within an entry.
//! - A file imports the file that a path names: `crate::a::b::X` is in `a/b.rs`, but if `a` re-exports `X`, `crate::a::X` is in
//!   `a/mod.rs`. So a part that reaches its siblings through the facade above them makes a circle. `mod x;` imports nothing.
//! - What only tests see does not count.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::code::{Code, Path};
use super::root;

/// The files of a crate, and which of them import which.
#[derive(Default)]
struct Files {
    /// The file of each module.
    modules: BTreeMap<Vec<String>, String>,
    /// What each file says, and the path of its module.
    codes: BTreeMap<String, (Vec<String>, Code)>,
}

/// The lines on which files import others: importer, imported.
type Arrows = BTreeMap<(String, String), usize>;

impl Files {
    /// Reads a crate from its `lib.rs`, by a function that knows the texts of its files.
    fn read(text: &impl Fn(&str) -> Option<String>) -> Self {
        let mut files = Self::default();
        files.add("lib.rs", &[], "", text);
        files
    }

    /// Adds a file and all below it. `dir` is where its child modules are.
    fn add(&mut self, file: &str, module: &[String], dir: &str, text: &impl Fn(&str) -> Option<String>) {
        let code = Code::read(&text(file).unwrap_or_else(|| panic!("there is no {file}")));
        self.modules.insert(module.to_vec(), file.to_owned());
        for child in &code.modules {
            let path: Vec<String> = module.iter().chain(&child.path).cloned().collect();
            if child.is_inline {
                self.modules.insert(path, file.to_owned());
                continue;
            }
            let base = format!("{dir}{}", child.path.join("/"));
            let beside = format!("{base}.rs");
            let file = if text(&beside).is_some() { beside } else { format!("{base}/mod.rs") };
            if !is_for_tests(&file) {
                self.add(&file, &path, &format!("{base}/"), text);
            }
        }
        self.codes.insert(file.to_owned(), (module.to_vec(), code));
    }

    /// Returns who imports whom.
    fn arrows(&self) -> Arrows {
        let mut arrows = Arrows::new();
        for (file, (module, code)) in &self.codes {
            let mut names = BTreeMap::new();
            let mut point_to = |target: &[String], line: usize| {
                let target = &self.modules[target];
                if target != file {
                    arrows.entry((file.clone(), target.clone())).or_insert(line);
                }
            };
            for import in &code.imports {
                let Some((target, is_module)) = self.find(module, import, &names) else { continue };
                point_to(&target, import.line);
                if is_module && !import.name.is_empty() {
                    names.insert(import.name.clone(), target);
                }
            }
            for path in code.paths.iter().filter(|path| path.words.len() > 1) {
                if let Some((target, _)) = self.find(module, path, &names) {
                    point_to(&target, path.line);
                }
            }
        }
        arrows
    }

    /// Returns the module that a path of a file names or reaches into, and whether it names the module itself; none if it is in another
    /// crate. `names` are the modules that the file has imported.
    fn find(
        &self,
        module: &[String],
        path: &Path,
        names: &BTreeMap<String, Vec<String>>,
    ) -> Option<(Vec<String>, bool)> {
        let here: Vec<String> = module.iter().chain(&path.within).cloned().collect();
        let (first, mut rest) = path.words.split_first()?;
        let child: Vec<String> = here.iter().chain([first]).cloned().collect();
        let mut at = match first.as_str() {
            "crate" => Vec::new(),
            "self" => here,
            "super" => here[..here.len().checked_sub(1)?].to_vec(),
            _ if self.modules.contains_key(&child) => child,
            name => names.get(name)?.clone(),
        };
        while let Some((next, after)) = rest.split_first() {
            if next == "super" {
                at.pop();
            } else {
                at.push(next.clone());
                if !self.modules.contains_key(&at) {
                    at.pop();
                    return Some((at, false));
                }
            }
            rest = after;
        }
        Some((at, true))
    }
}

fn is_for_tests(file: &str) -> bool {
    file.split('/').any(|part| part == "tests.rs" || part == "tests")
}

/// Returns the storey and the entry of a file.
fn place<'a>(file: &str, storeys: &[&'a str]) -> Option<(usize, &'a str)> {
    let name = file.strip_suffix("/mod.rs").or_else(|| file.strip_suffix(".rs")).unwrap_or(file);
    let fits = |entry: &str| name.strip_prefix(entry).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let entries = storeys.iter().enumerate().flat_map(|(at, storey)| storey.split(' ').map(move |entry| (at, entry)));
    entries.filter(|(_, entry)| fits(entry)).max_by_key(|(_, entry)| entry.len())
}

/// Returns what is wrong with the order of a crate's files.
fn out_of_order(files: &Files, arrows: &Arrows, storeys: &[&str]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut entries: BTreeSet<&str> = storeys.iter().flat_map(|storey| storey.split(' ')).collect();
    for file in files.codes.keys() {
        match place(file, storeys) {
            Some((_, entry)) => drop(entries.remove(entry)),
            None => problems.push(format!("{file} belongs to no storey")),
        }
    }
    problems.extend(entries.iter().map(|entry| format!("{entry} has no file")));
    for ((from, to), line) in arrows {
        let (Some((low, mine)), Some((high, other))) = (place(from, storeys), place(to, storeys)) else { continue };
        if mine != other && high > low {
            problems.push(format!("{from}:{line} imports {to}, which is above it"));
        } else if mine != other && high == low {
            problems.push(format!("{from}:{line} imports {to}, which stands on the same storey"));
        }
    }
    problems
}

/// Returns the circles: of each set of files that reach each other, the shortest way round.
fn circles(arrows: &Arrows) -> Vec<String> {
    let mut next: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (from, to) in arrows.keys() {
        next.entry(from).or_default().push(to);
    }
    let mut rounds: Vec<Vec<&str>> = next.keys().filter_map(|start| round(start, &next)).collect();
    rounds.sort_by_key(Vec::len);
    let mut told = BTreeSet::new();
    let mut found = Vec::new();
    for round in rounds {
        if round.iter().all(|file| !told.contains(file)) {
            found.push(round.iter().chain(round.first()).copied().collect::<Vec<_>>().join(" -> "));
            told.extend(round);
        }
    }
    found
}

/// Returns the shortest way from a file back to it.
fn round<'a>(start: &'a str, next: &BTreeMap<&'a str, Vec<&'a str>>) -> Option<Vec<&'a str>> {
    let mut before: BTreeMap<&str, &str> = BTreeMap::new();
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(file) = queue.pop_front() {
        for &to in next.get(file).into_iter().flatten() {
            if to == start {
                let mut way = vec![file];
                while let Some(earlier) = before.get(way[way.len() - 1]) {
                    way.push(earlier);
                }
                way.reverse();
                return Some(way);
            }
            if !before.contains_key(to) {
                before.insert(to, file);
                queue.push_back(to);
            }
        }
    }
    None
}

/// Reads the crate whose sources are in a folder.
fn sources(dir: &str) -> Files {
    let files = Files::read(&|file| fs::read_to_string(root().join(dir).join(file)).ok());
    assert!(files.codes.len() > 5, "the sources of {dir} were found");
    files
}

/// Checks a crate, whose sources are in `dir`.
#[track_caller]
fn check(dir: &str, storeys: &[&str]) {
    let files = sources(dir);
    let arrows = files.arrows();
    let circles = circles(&arrows).into_iter().map(|circle| format!("a circle: {circle}"));
    let problems: Vec<String> = out_of_order(&files, &arrows, storeys).into_iter().chain(circles).collect();
    assert!(problems.is_empty(), "{dir}: {problems:#?}");
}

fn made_up(texts: &[(&'static str, &'static str)]) -> Files {
    Files::read(&|file| texts.iter().find(|(name, _)| *name == file).map(|(_, text)| (*text).to_owned()))
}

/// A crate in order: a facade at the top, two siblings on a storey, and a folder whose files know each other in one direction.
const IN_ORDER: [(&str, &str); 7] = [
    ("lib.rs", "mod base; mod left; mod parts; mod right; pub use left::L; pub use parts::inner::I;"),
    ("base.rs", "pub struct B;"),
    ("left.rs", "use crate::base::B; #[cfg(test)] mod tests { use crate::right::R; }"),
    ("right.rs", "use super::base; fn f() { println!(\"{}\", base::B) } mod tests;"),
    ("right/tests.rs", "use crate::L;"),
    ("parts/mod.rs", "pub mod inner; fn f(i: inner::I) { self::inner::g() }"),
    ("parts/inner.rs", "use crate::{base::B, left::*};"),
];

const STOREYS: [&str; 4] = ["base", "left right", "parts", "lib"];

fn problems(changed: (&'static str, &'static str), storeys: &[&str]) -> Vec<String> {
    let texts = IN_ORDER.map(|(file, text)| if file == changed.0 { changed } else { (file, text) });
    let files = made_up(&texts);
    let arrows = files.arrows();
    out_of_order(&files, &arrows, storeys).into_iter().chain(circles(&arrows)).collect()
}

#[test]
fn a_crate_in_order_passes() {
    assert_eq!(problems(IN_ORDER[0], &STOREYS), [""; 0]);
}

#[test]
fn an_arrow_that_points_upward_or_sideways_is_found() {
    let upward = ("base.rs", "fn f() { vec![1, crate::parts::inner::g()]; }");
    assert_eq!(
        problems(upward, &STOREYS),
        ["base.rs:1 imports parts/inner.rs, which is above it", "base.rs -> parts/inner.rs -> base.rs"]
    );
    let sideways = ("left.rs", "\nuse super::right as r;\n");
    assert_eq!(problems(sideways, &STOREYS), ["left.rs:2 imports right.rs, which stands on the same storey"]);
}

#[test]
fn a_circle_is_found_within_an_entry_too() {
    let through_the_facade = ("parts/inner.rs", "use super::f;");
    assert_eq!(problems(through_the_facade, &STOREYS), ["parts/inner.rs -> parts/mod.rs -> parts/inner.rs"]);
    let through_the_crate = ("right.rs", "use crate::L;");
    assert_eq!(problems(through_the_crate, &STOREYS), ["right.rs:1 imports lib.rs, which is above it"]);
}

#[test]
fn a_list_that_does_not_fit_the_files_is_found() {
    assert_eq!(
        problems(IN_ORDER[0], &["base", "left right gone", "lib", "parts/inner"]),
        ["parts/mod.rs belongs to no storey", "gone has no file", "lib.rs:1 imports parts/inner.rs, which is above it"]
    );
}

#[test]
fn proto_keeps_its_storeys() {
    check(
        "proto/src",
        &[
            "deadline handover holder ids json location mend ownership plane secret version visible",
            "failure",
            "context event routes surroundings wire",
            "lib",
        ],
    );
}

#[test]
fn the_daemon_keeps_its_storeys() {
    check(
        "daemon/src",
        &[
            "args clock fault handover hub meter notes telemetry",
            "trace",
            "life",
            "lock",
            "listen",
            "files",
            "vault",
            "config",
            "store",
            "identity notify",
            "resolve",
            "session",
            "mixpanel",
            "endpoint otlp",
            "keeper",
            "call",
            "me",
            "operation",
            "credential login memo secrets verification",
            "server",
            "boot",
            "lib",
        ],
    );
}

#[test]
fn the_catalog_keeps_its_storeys() {
    check(
        "proto/catalog/src",
        &[
            "ask",
            "operation",
            "models shape",
            "ops",
            "nouns",
            "answer binding line sample schema wire",
            "dates",
            "export",
            "lib",
        ],
    );
}

#[test]
fn the_client_keeps_its_storeys() {
    check(
        "client/src",
        &[
            "caller lock namespaces offer output peer rename uri",
            "report",
            "input",
            "arg browser",
            "transport",
            "place program",
            "spawn upgrade",
            "connect",
            "api",
            "events",
            "call",
            "sdk operation",
            "typed",
            "export install",
            "setup",
            "command",
            "ask tree",
            "line mcp",
            "extension",
            "completion old_names pages suggestion",
            "commands",
            "lib",
        ],
    );
}

#[test]
fn the_language_server_keeps_its_storeys() {
    check(
        "client/lsp/src",
        &[
            "rule text toml_files",
            "scan",
            "code",
            "knowledge project",
            "help judge",
            "lint",
            "server",
            "command",
            "lib",
        ],
    );
}

/// What goes to stdout or stderr passes one file, which shows on a terminal what strangers have written. What is named here writes nothing
/// of theirs, or hands the descriptor to that file.
#[test]
fn the_client_writes_to_terminals_through_its_screen_alone() {
    let files = sources("client/src");
    let writes = |path: &Path| {
        let last = path.words.last().map_or("", String::as_str);
        let is_stream = ["stdout", "stderr"].contains(&last) && path.words.iter().any(|word| word == "io");
        is_stream || ["println", "eprint", "eprintln", "dbg"].contains(&last)
    };
    let found: Vec<&String> = files
        .codes
        .iter()
        .filter(|(_, (_, code))| code.imports.iter().chain(&code.paths).any(writes))
        .map(|(file, _)| file)
        .collect();
    assert_eq!(found, ["output/screen.rs", "output/stdout.rs"]);
}

/// Where the list of all services may be named: where it is made, and where requests come in. Whatever is below is made with what it uses.
#[test]
fn only_server_and_boot_know_the_list_of_services() {
    let files = sources("daemon/src");
    let is_list = |path: &Path| path.words[0] == "App" || path.words.ends_with(&["app".to_owned(), "App".to_owned()]);
    let names_it = |code: &Code| code.imports.iter().chain(&code.paths).any(is_list);
    let named: Vec<&String> =
        files.codes.iter().filter(|(_, (_, code))| names_it(code)).map(|(file, _)| file).collect();
    assert!(!named.is_empty(), "the list was found");
    let elsewhere: Vec<_> = named.iter().filter(|file| place(file, &["server boot"]).is_none()).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?} name App");
}
