//! The list of projects to choose from, and the answers to it.

use std::collections::BTreeSet;

use mp_proto::wire::LoginProject;

use crate::output::escaped;

/// The question below the list.
pub(super) const QUESTION: &str = "Which project? [1]: ";

/// Returns the list with a number for each project.
pub(super) fn list(projects: &[LoginProject]) -> String {
    let organizations: BTreeSet<&str> = projects.iter().filter_map(|project| project.organization.as_deref()).collect();
    // The daemon names organisations only where there are several.
    let across = organizations.len().max(1);
    let mut text = format!("Found {} project(s) across {across} organization(s):\n\n", projects.len());
    for (at, project) in projects.iter().enumerate() {
        let domain = project.domain.as_deref().map_or_else(|| "(no domain)".to_owned(), escaped);
        text.push_str(&format!("{:>3}) {:<40} (id {}, {domain})\n", at + 1, label(project), project.id));
    }
    text
}

/// Returns how a project is called in the list.
pub(super) fn label(project: &LoginProject) -> String {
    let organization = project.organization.as_ref().map(|name| format!("{} · ", escaped(name)));
    format!("{}{}", organization.unwrap_or_default(), escaped(&project.name))
}

/// Returns which project an answer means, from 0. Nothing typed is the first.
pub(super) fn answer(text: &str, count: usize) -> Option<usize> {
    let text = text.trim();
    let number = if text.is_empty() { 1 } else { text.parse::<usize>().ok()? };
    (1..=count).contains(&number).then(|| number - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn project(id: &str, name: &str, organization: Option<&str>, domain: Option<&str>) -> LoginProject {
        let fields = json!({"id": id, "name": name, "organization": organization, "domain": domain});
        serde_json::from_value(fields).expect("a project")
    }

    #[test]
    fn the_list_names_organisations_where_there_are_several() {
        let several = [
            project("12", "bb", Some("Alpha Inc"), Some("eu.mixpanel.com")),
            project("13", "orphan\u{1b}[2J\n", Some("org 99"), None),
        ];
        let expected = "Found 2 project(s) across 2 organization(s):\n\n  \
            1) Alpha Inc · bb                           (id 12, eu.mixpanel.com)\n  \
            2) org 99 · orphan\\u{1b}[2J\\n               (id 13, (no domain))\n";
        assert_eq!(list(&several), expected);
        let one = [project("12", "bb", None, Some("mixpanel.com"))];
        assert!(list(&one).starts_with("Found 1 project(s) across 1 organization(s):\n\n  1) bb "));
    }

    #[test]
    fn an_answer_is_a_number_of_the_list_or_nothing() {
        for (text, expected) in
            [("", Some(0)), (" 2 ", Some(1)), ("3", Some(2)), ("0", None), ("4", None), ("-1", None), ("x", None)]
        {
            assert_eq!(answer(text, 3), expected, "{text:?}");
        }
    }
}
