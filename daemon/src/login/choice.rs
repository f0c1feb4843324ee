//! Which project an account gets, and whether its data is where the account is. Pure.

use mp_proto::failure::{Failure, FailureKind, Problem};
use mp_proto::ids::{ProjectId, Region};
use mp_proto::wire::LoginProject;

use crate::me::rows::Project;
use crate::me::user::Me;

/// The project that a new account is to get.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// By the request.
    pub flag: Option<ProjectId>,
    /// By `MP_PROJECT_ID` of the caller, where the request names none.
    pub variable: Option<String>,
}

impl Wanted {
    /// Returns its id, if one is wanted.
    pub fn project(&self) -> Option<&str> {
        self.flag.as_ref().map(ProjectId::as_str).or(self.variable.as_deref())
    }
}

/// Which project, or that somebody has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Choice {
    /// This one.
    One(ProjectId),
    /// The user sees none.
    None,
    /// One of these, in the order to show.
    Ask(Vec<LoginProject>),
}

/// Chooses: the one that is wanted, else the only one there is.
///
/// # Errors
/// When what is wanted cannot be seen.
pub(super) fn choose(me: &Me, wanted: &Wanted) -> Result<Choice, Failure> {
    let seen = listed(me);
    let is_seen = |id: &str| seen.iter().find(|project| project.id.as_str() == id).map(|project| project.id.clone());
    if let Some(flag) = &wanted.flag {
        return is_seen(flag.as_str()).map(Choice::One).ok_or_else(|| not_visible(flag.as_str(), &seen));
    }
    if let Some(variable) = &wanted.variable {
        let found = is_seen(variable).map(Choice::One);
        return found.ok_or_else(|| {
            let shown = variable.escape_debug();
            let detail = format!("MP_PROJECT_ID is {shown}, and this user sees no such project");
            Failure::new(FailureKind::InvalidValue, detail)
                .errors(rows(&seen))
                .next("unset MP_PROJECT_ID", "choose by --project, or be asked")
        });
    }
    Ok(match seen.as_slice() {
        [] => Choice::None,
        [one] => Choice::One(one.id.clone()),
        _ => Choice::Ask(seen),
    })
}

/// There is no such project among those that the user sees.
pub(super) fn not_visible(id: &str, seen: &[LoginProject]) -> Failure {
    let detail = match seen {
        [] => format!("this user sees no project {}, nor any other", id.escape_debug()),
        _ => format!("this user sees no project {}", id.escape_debug()),
    };
    Failure::new(FailureKind::ProjectNotFound, detail).errors(rows(seen))
}

fn rows(seen: &[LoginProject]) -> Vec<Problem> {
    let row = |project: &LoginProject| Problem::new(project.id.as_str(), format!("{} can be chosen", project.name));
    seen.iter().map(row).collect()
}

/// Returns the projects as they are shown: by organisation and name, those of unknown organisations last.
fn listed(me: &Me) -> Vec<LoginProject> {
    let organizations = me.organizations();
    let name_of = |project: &Project| {
        let id = project.organization_id?.to_string();
        Some(organizations.iter().find(|one| one.id == id)?.name.clone())
    };
    let mut projects: Vec<_> = me.projects().into_iter().map(|project| (name_of(&project), project)).collect();
    projects.sort_by_cached_key(|(organization, project)| {
        let key = organization.as_ref().map(|name| name.to_lowercase());
        (key.is_none(), key, project.name.to_lowercase(), project.id.clone())
    });
    let mut ids: Vec<_> = projects.iter().map(|(_, project)| project.organization_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let several = ids.len() > 1;
    let shown = |(organization, project): (Option<String>, Project)| {
        let id = project.organization_id;
        let unnamed = || id.map_or_else(|| "no organization".to_owned(), |id| format!("org {id}"));
        LoginProject {
            organization: several.then(|| organization.unwrap_or_else(unnamed)),
            id: project.id,
            name: project.name,
            domain: project.domain,
        }
    };
    projects.into_iter().map(shown).collect()
}

/// Returns the project that a browser account without one gets: the smallest id as a text, which is what the Python tool takes.
pub(super) fn smallest(me: &Me) -> Option<ProjectId> {
    me.projects().into_iter().map(|project| project.id).min()
}

/// Checks that a project's data is in the account's region. Nothing is known of an unknown or missing domain. `again` makes the command
/// that logs in to another region.
///
/// # Errors
/// When it is in another region.
pub(super) fn check_region(
    me: &Me,
    project: &ProjectId,
    region: Region,
    again: impl FnOnce(Region) -> String,
) -> Result<(), Failure> {
    let project = me.projects().into_iter().find(|seen| seen.id == *project);
    let Some((project, domain)) = project.and_then(|project| Some((project.clone(), project.domain?))) else {
        return Ok(());
    };
    match region_of(&domain) {
        Some(right) if right != region => {
            let (id, name) = (&project.id, &project.name);
            let detail = format!("project {id} ({name}) has its data in {right}, and this login is for {region}");
            let label = format!("log in where the data of project {id} is");
            Err(Failure::new(FailureKind::RegionMismatch, detail).next(again(right), label))
        }
        _ => Ok(()),
    }
}

/// Returns the region of a host, which may come as a URL, and as the host for data.
fn region_of(domain: &str) -> Option<Region> {
    let host = domain.split_once("://").map_or(domain, |(_, rest)| rest);
    let host = host.split(['/', ':', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    match host.as_str() {
        "mixpanel.com" | "data.mixpanel.com" | "www.mixpanel.com" => Some(Region::Us),
        "eu.mixpanel.com" | "data-eu.mixpanel.com" => Some(Region::Eu),
        "in.mixpanel.com" | "data-in.mixpanel.com" => Some(Region::In),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn me() -> Me {
        Me::from_answer(json!({
            "organizations": {"2": {"id": 2, "name": "Zeta"}, "1": {"id": 1, "name": "alpha Inc"}},
            "projects": {
                "11": {"name": "AA", "organization_id": 2},
                "13": {"name": "orphan", "organization_id": 99},
                "12": {"name": "bb", "organization_id": 1, "domain": "eu.mixpanel.com"},
                "9": {"name": "Aa", "organization_id": 1},
            },
        }))
        .expect("an object")
    }

    fn wanting(flag: Option<&str>, variable: Option<&str>) -> Wanted {
        Wanted { flag: flag.map(id), variable: variable.map(str::to_owned) }
    }

    fn id(text: &str) -> ProjectId {
        ProjectId::parse(text).expect("digits")
    }

    #[test]
    fn projects_are_shown_by_organisation_and_name() {
        let Ok(Choice::Ask(shown)) = choose(&me(), &Wanted::default()) else { panic!("there are several") };
        let shown: Vec<_> = shown
            .iter()
            .map(|one| format!("{} {} {}", one.organization.as_deref().unwrap_or("-"), one.name, one.id))
            .collect();
        assert_eq!(shown, ["alpha Inc Aa 9", "alpha Inc bb 12", "Zeta AA 11", "org 99 orphan 13"]);
        let one = json!({"organizations": {"1": {"id": 1, "name": "A"}},
            "projects": {"1": {"name": "x", "organization_id": 1}, "2": {"name": "y", "organization_id": 1}}});
        let Ok(Choice::Ask(shown)) = choose(&Me::from_answer(one).expect("an object"), &Wanted::default()) else {
            panic!("there are several")
        };
        assert!(shown.iter().all(|project| project.organization.is_none()));
    }

    #[test]
    fn the_flag_wins_over_the_variable_and_neither_falls_through() {
        assert_eq!(choose(&me(), &wanting(Some("11"), Some("12"))), Ok(Choice::One(id("11"))));
        assert_eq!(choose(&me(), &wanting(None, Some("12"))), Ok(Choice::One(id("12"))));
        let refused = |flag, variable| choose(&me(), &wanting(flag, variable)).expect_err("is not visible");
        let by_flag = refused(Some("5"), None);
        assert_eq!((by_flag.kind, by_flag.errors.len()), (FailureKind::ProjectNotFound, 4));
        let by_variable = refused(None, Some("1"));
        assert_eq!(by_variable.kind, FailureKind::InvalidValue);
        assert!(by_variable.detail.contains("MP_PROJECT_ID") && !by_variable.next.is_empty());
    }

    #[test]
    fn the_only_project_is_chosen_and_none_is_no_failure() {
        let of =
            |projects| choose(&Me::from_answer(json!({"projects": projects})).expect("an object"), &Wanted::default());
        assert_eq!(of(json!({"7": {"name": "x"}})), Ok(Choice::One(id("7"))));
        assert_eq!(of(json!({})), Ok(Choice::None));
    }

    #[test]
    fn a_browser_account_without_a_project_gets_the_smallest_text() {
        assert_eq!(smallest(&me()), Some(id("11")), "as texts, 11 comes before 9");
    }

    fn in_region(id: &ProjectId, region: Region) -> Result<(), Failure> {
        check_region(&me(), id, region, |right| format!("mp login --region {right}"))
    }

    #[test]
    fn a_project_of_another_region_is_told_with_the_way_out() {
        let wrong = in_region(&id("12"), Region::Us).expect_err("is in eu");
        assert_eq!(wrong.kind, FailureKind::RegionMismatch);
        assert!(wrong.next[0].command.contains("--region eu"), "{wrong:?}");
        assert_eq!(in_region(&id("12"), Region::Eu), Ok(()));
        assert_eq!(in_region(&id("11"), Region::In), Ok(()), "no domain");
        let table = [
            ("mixpanel.com", Some(Region::Us)),
            ("https://eu.mixpanel.com/x", Some(Region::Eu)),
            ("data-in.mixpanel.com", Some(Region::In)),
            ("data.mixpanel.com", Some(Region::Us)),
            ("eu.mixpanel.com.evil.example", None),
            ("", None),
        ];
        for (domain, region) in table {
            assert_eq!(region_of(domain), region, "{domain}");
        }
    }
}
