//! What a workspace has chosen. A target and the three axes exclude each other by type. Pure.

use mp_proto::context::Context;
use mp_proto::failure::{Failure, FailureKind, Problem};
use mp_proto::wire::{SessionState, SourceKind};

use super::names::{Session, Target};

/// Several switches at once, such as a program has them from its own flags: [`crate::Workspace::switch`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Switch {
    /// The account to use.
    pub account: Option<String>,
    /// The project to use.
    pub project: Option<String>,
    /// The workspace to use.
    pub workspace: Option<i64>,
    /// The target to use; it excludes the other three.
    pub target: Option<String>,
}

impl Switch {
    /// Checks that a target stands alone.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let given = [
            ("account", self.account.is_some()),
            ("project", self.project.is_some()),
            ("workspace", self.workspace.is_some()),
        ];
        let beside: Vec<Problem> = given
            .iter()
            .filter(|(_, is_given)| *is_given)
            .map(|(name, _)| Problem::new(*name, "a target brings its own"))
            .collect();
        if self.target.is_none() || beside.is_empty() {
            return Ok(());
        }
        let detail = "`target` is mutually exclusive with `account`/`project`/`workspace`";
        Err(Failure::new(FailureKind::InvalidArgument, detail).errors(beside))
    }
}

/// The three axes; what is none is left to others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Axes {
    pub(super) account: Option<String>,
    pub(super) project: Option<String>,
    pub(super) workspace: Option<i64>,
}

/// A choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Choice {
    Axes(Axes),
    /// A target, of which the account counts, and the rest unless it is chosen, too.
    Target(String, Axes),
}

impl Default for Choice {
    fn default() -> Self {
        Self::Axes(Axes::default())
    }
}

impl Choice {
    pub(super) fn account(name: String) -> Self {
        Self::Axes(Axes { account: Some(name), ..Axes::default() })
    }

    pub(super) fn target(name: String) -> Self {
        Self::Target(name, Axes::default())
    }

    /// Another project of the same account.
    pub(super) fn project(self, id: String) -> Self {
        self.map(|axes| Axes { account: axes.account, project: Some(id), workspace: None })
    }

    /// Another workspace of the same project.
    pub(super) fn workspace(self, id: i64) -> Self {
        self.map(|axes| Axes { workspace: Some(id), ..axes })
    }

    fn map(self, change: impl FnOnce(Axes) -> Axes) -> Self {
        match self {
            Self::Axes(axes) => Self::Axes(change(axes)),
            Self::Target(name, over) => Self::Target(name, change(over)),
        }
    }

    pub(super) fn axes(&self) -> &Axes {
        match self {
            Self::Axes(axes) | Self::Target(_, axes) => axes,
        }
    }

    pub(super) fn name_of_target(&self) -> Option<&str> {
        match self {
            Self::Axes(_) => None,
            Self::Target(name, _) => Some(name),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns a target of which only a part is wanted, and what is wanted in place of the rest.
    pub(super) fn parted(&self) -> Option<(&str, &Axes)> {
        match self {
            Self::Target(name, over) if *over != Axes::default() => Some((name, over)),
            _ => None,
        }
    }

    /// Returns the axes of a target with others laid over them. The workspace of a target is part of its project.
    pub(super) fn over(target: &Target, over: &Axes) -> Self {
        let own = target.workspace.and_then(|id| i64::try_from(id.get()).ok()).filter(|_| over.project.is_none());
        Self::Axes(Axes {
            account: Some(target.account.clone()),
            project: over.project.clone().or_else(|| Some(target.project.as_str().to_owned())),
            workspace: over.workspace.or(own),
        })
    }

    /// Returns the choice that leads to a session again, whatever is persisted by then. What the environment has decided it decides
    /// again, and an account of it or of a bridge has no name that could be chosen.
    pub(super) fn pinned(session: &Session) -> Self {
        let is_ours = |kind: SourceKind| kind != SourceKind::Env;
        let account = session.account.as_ref().filter(|account| is_named(account.source.kind));
        let project = session.project.as_ref().filter(|project| is_ours(project.source.kind));
        let workspace = session.workspace.as_ref().filter(|workspace| is_ours(workspace.source.kind));
        Self::Axes(Axes {
            account: account.map(|account| account.name.clone()),
            project: project.map(|project| project.id.as_str().to_owned()),
            workspace: workspace.and_then(|workspace| i64::try_from(workspace.id.get()).ok()),
        })
    }

    /// Writes the choice into a context. A variable that stands for a flag gives way to a choice.
    pub(super) fn write(self, context: &mut Context) {
        if self.is_empty() {
            return;
        }
        give_way(context, "MP_TARGET");
        match self {
            Self::Axes(axes) => {
                context.account = axes.account;
                context.project = axes.project;
                context.workspace = axes.workspace.map(|id| id.to_string());
            }
            Self::Target(name, _) => {
                give_way(context, "MP_ACCOUNT");
                context.target = Some(name);
            }
        }
    }
}

fn is_named(kind: SourceKind) -> bool {
    !matches!(kind, SourceKind::Env | SourceKind::Bridge)
}

fn give_way(context: &mut Context, variable: &str) {
    if context.env.get(variable).is_some() {
        context.env.insert(variable, "");
    }
}

/// What holds a workspace beside its choice, once it is pinned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pin {
    bridge: Option<String>,
}

impl Pin {
    pub(super) fn of(session: &Session, before: Option<&Self>) -> Self {
        let bridge = session.account.as_ref().filter(|account| account.source.kind == SourceKind::Bridge);
        let bridge = bridge.map(|account| account.source.at.clone());
        Self { bridge: bridge.or_else(|| before?.bridge.clone()) }
    }

    pub(super) fn write(&self, context: &mut Context) {
        give_way(context, "MP_TARGET");
        // What is pinned by others does not fill in for what is not chosen here.
        context.exact = context.workspace.is_none();
        if let Some(path) = &self.bridge {
            context.env.insert("MP_AUTH_FILE", path.clone());
        }
    }
}

/// Returns why a session cannot be used, if it cannot.
pub(super) fn needs(session: &Session) -> Option<Failure> {
    let (kind, detail) = match session.state {
        SessionState::Ok => return None,
        SessionState::NeedsAccount => (FailureKind::NeedsAccount, "there is no account to hold on to"),
        SessionState::NeedsProject => (FailureKind::NeedsProject, "there is no project to hold on to"),
    };
    let mut failure = Failure::new(kind, detail);
    failure.next.clone_from(&session.next);
    Some(failure)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(choice: Choice, variables: &[(&str, &str)]) -> String {
        let mut context = Context::default();
        for (name, value) in variables {
            context.env.insert(*name, *value);
        }
        choice.write(&mut context);
        context.to_header().expect("short")
    }

    #[test]
    fn an_account_takes_nothing_over_and_a_project_keeps_the_account() {
        let team = Choice::account("team".into()).project("7".into()).workspace(3);
        assert_eq!(written(team.clone(), &[]), r#"{"account":"team","project":"7","workspace":"3"}"#);
        assert_eq!(written(team.clone().project("8".into()), &[]), r#"{"account":"team","project":"8"}"#);
        assert_eq!(written(Choice::account("ci".into()), &[]), r#"{"account":"ci"}"#);
        assert_eq!(written(Choice::target("ecom".into()), &[]), r#"{"target":"ecom"}"#);
    }

    #[test]
    fn a_variable_that_stands_for_a_choice_gives_way_to_one() {
        let both = [("MP_ACCOUNT", "a"), ("MP_PROJECT_ID", "7")];
        let expected = r#"{"target":"t","env":{"MP_ACCOUNT":"","MP_PROJECT_ID":"7"}}"#;
        assert_eq!(written(Choice::target("t".into()), &both), expected);
        let expected = r#"{"project":"9","env":{"MP_ACCOUNT":"a","MP_PROJECT_ID":"7"}}"#;
        assert_eq!(written(Choice::default().project("9".into()), &both), expected);
        let expected = r#"{"account":"b","env":{"MP_TARGET":""}}"#;
        assert_eq!(written(Choice::account("b".into()), &[("MP_TARGET", "t")]), expected);
        assert_eq!(written(Choice::default(), &[("MP_TARGET", "t")]), r#"{"env":{"MP_TARGET":"t"}}"#);
    }

    #[test]
    fn a_part_of_a_target_is_its_account_and_what_fits() {
        let text = r#"{"name":"ecom","account":"team","project":"7","workspace":3}"#;
        let target: Target = serde_json::from_str(text).expect("a target");
        let over = |choice: Choice| {
            let (_, over) = choice.parted().expect("a part of it");
            written(Choice::over(&target, over), &[])
        };
        let ecom = || Choice::target("ecom".into());
        assert_eq!(ecom().parted(), None);
        assert_eq!(over(ecom().project("9".into())), r#"{"account":"team","project":"9"}"#);
        assert_eq!(over(ecom().workspace(5)), r#"{"account":"team","project":"7","workspace":"5"}"#);
        assert_eq!(
            over(ecom().project("9".into()).workspace(5)),
            r#"{"account":"team","project":"9","workspace":"5"}"#
        );
    }

    #[test]
    fn a_target_excludes_all_it_decides_in_one_switch() {
        let target = || Switch { target: Some("t".into()), ..Switch::default() };
        assert!(target().check().is_ok() && Switch { workspace: Some(1), ..Switch::default() }.check().is_ok());
        let both = Switch { account: Some("a".into()), workspace: Some(3), ..target() };
        let failure = both.check().expect_err("is refused");
        assert_eq!((failure.kind, failure.errors.len()), (FailureKind::InvalidArgument, 2));
        assert!(failure.detail.contains("mutually exclusive"), "{failure}");
    }

    #[test]
    fn what_is_held_is_exact_and_keeps_its_bridge() {
        let held = Pin { bridge: Some("/b.json".into()) };
        let written = |mut context: Context| {
            context.env.insert("MP_TARGET", "t");
            held.write(&mut context);
            context.to_header().expect("short")
        };
        let env = r#""env":{"MP_AUTH_FILE":"/b.json","MP_TARGET":""}"#;
        assert_eq!(written(Context::default()), format!("{{{env},\"exact\":true}}"));
        let workspace = Context { workspace: Some("3".into()), ..Context::default() };
        assert_eq!(written(workspace), format!("{{\"workspace\":\"3\",{env}}}"));
    }

    #[test]
    fn what_the_environment_has_decided_is_not_chosen_again() {
        let text = r#"{"state":"ok","account":{"name":"env-service-account","type":"service_account","region":"us",
            "source":{"kind":"env","at":"MP_USERNAME"}},"project":{"id":"7","name":null,"organization":null,
            "source":{"kind":"env","at":"MP_PROJECT_ID"}},"workspace":{"id":3,"name":null,
            "source":{"kind":"target","at":"t"}},"user":null,"me_cached":false,"revision":1}"#;
        let session: Session = serde_json::from_str(text).expect("a session");
        assert_eq!(written(Choice::pinned(&session), &[]), r#"{"workspace":"3"}"#);
    }
}
