//! Changes of targets, and of what is active.

use mp_proto::ids::{ProjectId, TargetName};
use mp_proto::wire::TargetAdd;
use toml_edit::Value;

use super::arguments::Arguments;
use super::document::string;
use super::editor::Editor;
use super::error::EditError;
use crate::config::model::{Lookup, Target};
use crate::config::problem::Scope;

impl Editor {
    pub(super) fn add_target(&mut self, add: &TargetAdd) -> Result<(), EditError> {
        let mut arguments = Arguments::default();
        let name = arguments.value("name", TargetName::parse(&add.name));
        let project = arguments.value("project", ProjectId::parse(&add.project));
        let workspace = arguments.workspace(add.workspace);
        // What is none here has its problem.
        let (Some(name), Some(project)) = (name, project) else { return arguments.done() };
        arguments.done()?;
        if self.doc.contains("targets", name.as_str()) {
            return Err(EditError::TargetExists { name: name.to_string() });
        }
        let account = self.chosen_account(Some(&add.account))?;
        let mut fields = vec![("account", string(account.as_str())), ("project", string(project.as_str()))];
        if let Some(id) = workspace.and_then(|id| i64::try_from(id.get()).ok()) {
            fields.push(("workspace", Value::from(id)));
        }
        self.doc.add_block("targets", name.as_str(), fields);
        self.touched.insert(Scope::Target(name.to_string()));
        self.account = Some(account);
        Ok(())
    }

    pub(super) fn remove_target(&mut self, name: &str) -> Result<(), EditError> {
        if !self.doc.contains("targets", name) {
            return Err(self.target_not_found(name));
        }
        self.doc.remove_block("targets", name);
        Ok(())
    }

    /// Applies account, project and workspace together.
    pub(super) fn choose(
        &mut self,
        account: Option<&str>,
        project: Option<&str>,
        workspace: Option<i64>,
    ) -> Result<(), EditError> {
        let mut arguments = Arguments::default();
        let project = project.and_then(|project| arguments.value("project", ProjectId::parse(project)));
        let workspace = arguments.workspace(workspace);
        arguments.done()?;
        if let Some(name) = account {
            let account = self.chosen_account(Some(name))?;
            self.set_active(&account);
            self.set_workspace(None);
        }
        if let Some(project) = project {
            let account = self.chosen_account(account)?;
            self.set_project(&account, &project);
        }
        if workspace.is_some() {
            self.set_workspace(workspace);
        }
        Ok(())
    }

    /// Sets the default project of an account, by name or the active one.
    pub(super) fn use_project(&mut self, account: Option<&str>, project: &str) -> Result<(), EditError> {
        let mut arguments = Arguments::default();
        let Some(project) = arguments.value("project", ProjectId::parse(project)) else { return arguments.done() };
        let account = self.chosen_account(account)?;
        self.set_project(&account, &project);
        Ok(())
    }

    /// Makes account, project and workspace of a target the persisted ones.
    pub(super) fn use_target(&mut self, name: &str) -> Result<(), EditError> {
        let Target { account, project, workspace, .. } = match self.config.target(name) {
            Lookup::Found(target) => target.clone(),
            Lookup::Missing => return Err(self.target_not_found(name)),
            Lookup::Invalid(problems) => {
                return Err(EditError::Config { problems: problems.into_iter().cloned().collect() });
            }
        };
        let account = self.chosen_account(Some(&account))?;
        self.set_active(&account);
        self.set_workspace(workspace);
        self.set_project(&account, &project);
        Ok(())
    }

    fn target_not_found(&self, name: &str) -> EditError {
        let known = self.doc.blocks("targets").map(|(name, _)| name.to_owned()).collect();
        EditError::TargetNotFound { name: name.to_owned(), known }
    }
}
