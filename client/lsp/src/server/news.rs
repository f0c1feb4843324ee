//! What the other thread tells.

use std::sync::Arc;

use mp_client::{Failure, FailureKind, Switch};
use serde_json::json;

use super::library::{News, Told, Wish, key};
use super::session::{Project, Session};
use crate::knowledge::{Knowledge, Owner};
use crate::toml_files::Names;

impl Session {
    /// Takes what the other thread tells.
    pub(crate) fn told(&mut self, told: Told) {
        match told {
            Told::News(choice, news) => self.news(&choice, *news),
            Told::Moved => self.look_again(),
            Told::Names(accounts, targets) => self.names = Names { accounts, targets },
            Told::Removed(account) => {
                let is_its = |project: &Project| project.owner.as_ref().is_some_and(|owner| owner.account == account);
                for (_, project) in self.projects.values_mut().filter(|(_, project)| is_its(project)) {
                    *project = Project::default();
                }
                self.look_again();
            }
        }
    }

    /// Looks again at all projects that open documents belong to: another account or project may be in force.
    pub(crate) fn look_again(&mut self) {
        let choices: Vec<Switch> = self.projects.values().map(|(choice, _)| choice.clone()).collect();
        for choice in choices {
            self.lookup.wish(&choice, Wish::Look(false));
        }
    }

    fn news(&mut self, choice: &Switch, news: News) {
        let news = match news {
            News::Checked(uri, version, mistakes) => return self.checked(&uri, version, &mistakes),
            // Without a daemon, what is no TOML is told all the same.
            News::Failed(Wish::Check(..), _) => return,
            other => other,
        };
        let Some((_, project)) = self.projects.get_mut(&key(choice)) else { return };
        match news {
            News::Known { owner, knowledge, at, missing } => {
                project.learn(owner, knowledge, at);
                for text in missing {
                    self.notify("window/logMessage", json!({"type": 3, "message": format!("Mixpanel: {text}")}));
                }
                self.tell_status(choice);
                self.want_details(choice);
                self.refresh_all();
            }
            News::Same => {
                project.trouble = None;
                self.tell_status(choice);
            }
            News::Properties(event, names) => {
                if let Some(knowledge) = project.knowledge.as_mut().map(Arc::make_mut) {
                    knowledge.learn(&event, &names);
                }
                self.refresh_all();
            }
            News::Values(event, property, values) => drop(project.values.insert((event, property), values)),
            News::Volumes(volumes) => project.volumes.extend(volumes),
            News::Created(event) => {
                let message = format!("The lexicon has an entry for '{event}' now.");
                self.notify("window/showMessage", json!({"type": 3, "message": message}));
                self.lookup.wish(choice, Wish::Look(true));
            }
            News::Failed(Wish::Look(_), failure) => {
                project.trouble = Some(failure);
                self.tell_status(choice);
            }
            News::Failed(Wish::Create(event, _), failure) => {
                let message = format!("The entry for '{event}' could not be made: {}", failure.detail);
                self.notify("window/showMessage", json!({"type": 1, "message": message}));
            }
            // It is asked for again when it is needed again, and not at once.
            News::Failed(_, failure) => self.log_once(&failure),
            News::Left(wish) => {
                project.asked.remove(&format!("{wish:?}"));
            }
            News::Checked(..) => {}
        }
    }

    /// Writes down why something could not be had, once; what the status tells is not told again.
    fn log_once(&mut self, failure: &Failure) {
        let is_status = matches!(
            failure.kind,
            FailureKind::Unreachable
                | FailureKind::LoginRequired
                | FailureKind::NeedsAccount
                | FailureKind::NeedsProject
        );
        if !is_status && self.logged.insert(failure.detail.clone()) {
            self.notify("window/logMessage", json!({"type": 4, "message": format!("Mixpanel: {}", failure.detail)}));
        }
    }
}

impl Project {
    /// Takes all of a project.
    fn learn(&mut self, owner: Owner, knowledge: Knowledge, at: u64) {
        if self.owner.as_ref() != Some(&owner) {
            self.values.clear();
            self.volumes.clear();
            self.asked.clear();
        }
        self.asked.retain(|name| !name.starts_with("Properties"));
        self.knowledge = Some(Arc::new(knowledge));
        (self.owner, self.at, self.trouble) = (Some(owner), at, None);
    }
}
