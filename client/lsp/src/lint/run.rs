//! Looks at the code, asks about the project once, and tells what is wrong.

use std::collections::BTreeMap;
use std::path::PathBuf;

use mp_client::{Client, Failure, FailureKind, Switch};

use super::files::{self, Files};
use super::report::Report;
use crate::knowledge::{Facts, Knowledge, Owner, Shelf, Source};
use crate::project::Rules;

/// How many events are asked about alone: of the 60 requests of an hour, others need some.
const MOST: usize = 20;

/// What is to be looked at, and how.
#[derive(Debug, Default)]
pub struct Order {
    /// Files and directories.
    pub paths: Vec<PathBuf>,
    /// What the user has chosen; it wins over a project's file.
    pub choice: Switch,
    /// Whether only what was learnt before is used.
    pub offline: bool,
    /// The socket, if it is another one.
    pub socket: Option<PathBuf>,
    /// Whether a daemon may be started.
    pub autostart: bool,
}

/// Carries out an order.
///
/// # Errors
/// When a path is not there, a project's file is wrong, or nothing can be learnt of a project.
pub fn run(order: &Order) -> Result<(Report, Vec<String>), Failure> {
    let own = Rules { choice: order.choice.clone(), ..Rules::default() };
    let files = files::read(&order.paths, &own, over)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime
        .map_err(|error| Failure::new(FailureKind::Internal, format!("the runtime could not be started: {error}")))?;
    runtime.block_on(held_against(order, &files))
}

/// Lays what the user has chosen over what a project's file says.
fn over(own: &Rules, file: &Rules) -> Rules {
    let mut rules = file.clone();
    let chosen = own.choice.clone();
    if chosen.account.is_some() || chosen.target.is_some() {
        rules.choice = chosen;
    } else if chosen.project.is_some() || chosen.workspace.is_some() {
        let account = rules.choice.account.take();
        rules.choice = Switch { account, project: chosen.project, workspace: chosen.workspace, target: None };
    }
    rules
}

async fn held_against(order: &Order, files: &Files) -> Result<(Report, Vec<String>), Failure> {
    let mut report = Report::new(files);
    let mut notes = Vec::new();
    let mut choices: Vec<Switch> = Vec::new();
    for found in &files.found {
        if !choices.contains(&found.scope.rules.choice) {
            choices.push(found.scope.rules.choice.clone());
        }
    }
    for choice in &choices {
        let its: Vec<&files::Found> = files.found.iter().filter(|found| found.scope.rules.choice == *choice).collect();
        let (owner, knowledge) = learn(order, choice, &its, &mut report, &mut notes).await?;
        its.iter().for_each(|found| report.add(found, &knowledge));
        report.add_unused(&knowledge);
        report.owners.push(owner);
    }
    report.sort();
    Ok((report, notes))
}

/// Learns of the project that a choice leads to.
async fn learn(
    order: &Order,
    choice: &Switch,
    found: &[&files::Found],
    report: &mut Report,
    notes: &mut Vec<String>,
) -> Result<(Owner, Knowledge), Failure> {
    let shelf = Shelf::of_this_process();
    if order.offline {
        let kept = shelf.as_ref().and_then(|shelf| shelf.read(choice)).ok_or_else(|| {
            let detail = "nothing was kept of this project yet, so there is nothing to hold the code against offline";
            Failure::new(FailureKind::UpstreamNotFound, detail).next("mp lint", "ask once, which keeps what is learnt")
        })?;
        return Ok((kept.owner, Knowledge::of(&kept.facts)));
    }
    let mut builder = Client::builder().name(concat!("mp-lint/", env!("CARGO_PKG_VERSION")));
    if let Some(socket) = &order.socket {
        builder = builder.socket(socket);
    }
    if !order.autostart {
        builder = builder.autostart(false);
    }
    let source = Source::find(&builder.build()?, choice).await?;
    let (mut facts, missing) = source.facts(false).await?;
    notes.extend(missing);
    let mut knowledge = Knowledge::of(&facts);
    let more = details(&source, &mut knowledge, found, report).await;
    remember(&mut facts, more);
    if let Some(shelf) = shelf {
        // It is for the next run alone.
        let _ = shelf.write(choice, &source.owner, &facts, crate::knowledge::now());
    }
    Ok((source.owner, knowledge))
}

/// Asks for the properties of those events that the code gives some which are not known, and returns what was learnt.
async fn details(
    source: &Source,
    knowledge: &mut Knowledge,
    found: &[&files::Found],
    report: &mut Report,
) -> BTreeMap<String, Vec<String>> {
    let mut wanted: Vec<String> = Vec::new();
    for one in found.iter().flat_map(|found| &found.uses) {
        let Some(event) = one.event.as_ref().and_then(|event| knowledge.event(&event.text)) else { continue };
        let is_open = one.properties.iter().any(|entry| {
            !crate::judge::is_reserved(&entry.name.text) && knowledge.has(event, &entry.name.text).is_none()
        });
        if is_open && !wanted.iter().any(|name| **name == *event.name) {
            wanted.push(event.name.to_string());
        }
    }
    let mut learnt = BTreeMap::new();
    let mut refused: Option<String> = None;
    for (number, event) in wanted.into_iter().enumerate() {
        let why = match &refused {
            Some(why) => Some(why.clone()),
            None if number >= MOST => {
                Some(format!("{MOST} events were asked about alone, which is enough for one run"))
            }
            None => match source.properties(&event).await {
                Ok(names) => {
                    knowledge.learn(&event, &names);
                    learnt.insert(event.clone(), names);
                    None
                }
                Err(failure) => {
                    if failure.kind == FailureKind::RateLimited {
                        refused = Some(failure.detail.clone());
                    }
                    Some(failure.detail)
                }
            },
        };
        if let Some(why) = why {
            report.unchecked.push((format!("the properties of '{event}'"), why));
        } else if knowledge.event(&event).is_some_and(|event| !event.is_complete()) {
            let why = "Mixpanel lists ten of them, which may not be all".to_owned();
            report.unchecked.push((format!("the properties of '{event}'"), why));
        }
    }
    learnt
}

/// Adds what was learnt of single events to what is kept.
fn remember(facts: &mut Facts, learnt: BTreeMap<String, Vec<String>>) {
    if learnt.is_empty() {
        return;
    }
    let graph = facts.graph.get_or_insert_default();
    for (event, names) in learnt {
        let known = graph.event_to_properties.entry(event).or_default();
        for name in names {
            if !known.contains(&name) {
                known.push(name);
            }
        }
    }
}
