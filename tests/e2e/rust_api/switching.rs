//! Workspaces: fluent switching, what wins, and what holds.

use std::sync::atomic::{AtomicBool, Ordering};

use mp_client::{FailureKind, NewTarget, Session, SessionState, SourceKind, Switch, Workspace};
use tokio::task::JoinSet;

use super::{builder, client, runtime};
use crate::configured;

/// Returns the names of a session, and of its state.
fn shown(session: &Session) -> (Option<&str>, Option<&str>, Option<u64>) {
    (
        session.account.as_ref().map(|account| account.name.as_str()),
        session.project.as_ref().map(|project| project.id.as_str()),
        session.workspace.as_ref().map(|workspace| workspace.id.get()),
    )
}

async fn resolved(ws: &Workspace) -> Session {
    ws.resolve().await.unwrap_or_else(|failure| panic!("{failure}"))
}

#[test]
fn each_switch_is_another_value() {
    let home = configured();
    let _daemon = home.start();
    runtime().block_on(async {
        let here = client(&home).workspace();
        assert_eq!(shown(&resolved(&here).await), (Some("team"), Some("3018488"), Some(3_448_414)));
        let there = here.use_account("ci").use_project("9").use_workspace(5);
        assert_eq!(shown(&resolved(&there).await), (Some("ci"), Some("9"), Some(5)));
        // A project drops the workspace, an account drops both.
        assert_eq!(shown(&resolved(&there.use_project("10")).await), (Some("ci"), Some("10"), None));
        assert_eq!(shown(&resolved(&there.use_account("ci")).await), (Some("ci"), Some("555"), None));
        let personal = resolved(&there.use_account("personal")).await;
        assert_eq!((personal.state, shown(&personal)), (SessionState::NeedsProject, (Some("personal"), None, None)));
        assert_eq!((there.account(), there.project(), there.workspace()), (Some("ci"), Some("9"), Some(5)));
        assert_eq!(shown(&resolved(&here).await), (Some("team"), Some("3018488"), Some(3_448_414)));
        let missing = here.use_account("ghost").resolve().await.expect_err("there is none");
        assert_eq!((missing.kind, missing.next.is_empty()), (FailureKind::AccountNotFound, false));
        let wrong = here.use_project("abc").use_workspace(0).resolve().await.expect_err("both are wrong");
        assert_eq!(wrong.errors.len(), 2, "{:?}", wrong.errors);
    });
}

#[test]
fn a_target_and_the_axes_replace_each_other_and_never_mix() {
    let home = configured();
    let _daemon = home.start();
    runtime().block_on(async {
        let client = client(&home);
        let other = NewTarget { name: "other".into(), account: "ci".into(), project: "9".into(), workspace: Some(4) };
        client.targets().add(&other).await.expect("it is good");
        let ws = client.workspace().use_account("team").use_project("1").use_target("other");
        assert_eq!((ws.target(), ws.account()), (Some("other"), None));
        let session = resolved(&ws).await;
        assert_eq!(shown(&session), (Some("ci"), Some("9"), Some(4)));
        assert_eq!(session.project.expect("a project").source.kind, SourceKind::Target);
        // Its account stays; of the rest, what was chosen.
        assert_eq!(shown(&resolved(&ws.use_project("10")).await), (Some("ci"), Some("10"), None));
        assert_eq!(shown(&resolved(&ws.use_workspace(6)).await), (Some("ci"), Some("9"), Some(6)));
        assert_eq!(shown(&resolved(&ws.use_account("ci")).await), (Some("ci"), Some("555"), None));
        let both = Switch { target: Some("other".into()), project: Some("1".into()), ..Switch::default() };
        let refused = ws.switch(&both).expect_err("they exclude each other");
        assert_eq!(refused.kind, FailureKind::InvalidArgument);
        assert!(refused.detail.contains("mutually exclusive"), "{refused}");
        let switch = Switch { account: Some("team".into()), workspace: Some(7), ..Switch::default() };
        let ws = ws.switch(&switch).expect("they go together");
        assert_eq!(shown(&resolved(&ws).await), (Some("team"), Some("3018488"), Some(7)));
        assert_eq!(
            ws.use_target("ghost").use_project("1").resolve().await.map_err(|failure| failure.kind).err(),
            Some(FailureKind::TargetNotFound)
        );
    });
}

#[test]
fn the_environment_wins_over_ids_and_its_names_give_way() {
    let home = configured();
    let _daemon = home.start();
    let ws = |variables: &[(&str, &str)]| builder(&home, variables).build().expect("a client").workspace();
    runtime().block_on(async {
        let with_project = ws(&[("MP_PROJECT_ID", "7")]);
        let session = resolved(&with_project.use_account("ci").use_project("9")).await;
        assert_eq!(shown(&session), (Some("ci"), Some("7"), None));
        assert_eq!(session.notes, ["MP_PROJECT_ID=7 wins over --project 9"]);
        let pinned = with_project.use_target("ecom").pin().await.expect("a session");
        assert_eq!(shown(&resolved(&pinned).await), (Some("team"), Some("7"), Some(3_448_414)));
        let with_account = ws(&[("MP_ACCOUNT", "ci")]);
        assert_eq!(shown(&resolved(&with_account.use_project("9")).await), (Some("ci"), Some("9"), None));
        assert_eq!(shown(&resolved(&with_account.use_target("ecom")).await).0, Some("team"));
        let with_target = ws(&[("MP_TARGET", "ecom")]);
        assert_eq!(shown(&resolved(&with_target).await), (Some("team"), Some("3018488"), Some(3_448_414)));
        assert_eq!(shown(&resolved(&with_target.use_project("9")).await), (Some("team"), Some("9"), None));
        assert_eq!(shown(&resolved(&with_target.use_account("ci")).await), (Some("ci"), Some("555"), None));
        let pinned = with_target.pin().await.expect("a session");
        assert_eq!(shown(&resolved(&pinned.use_project("9")).await), (Some("team"), Some("9"), None));
    });
}

#[test]
fn what_is_pinned_stays_while_others_switch() {
    let home = configured();
    let _daemon = home.start();
    let client = client(&home);
    let is_over = AtomicBool::new(false);
    runtime().block_on(async {
        let pinned = client.workspace().pin().await.expect("a session");
        assert_eq!(
            (pinned.account(), pinned.project(), pinned.workspace()),
            (Some("team"), Some("3018488"), Some(3_448_414))
        );
        let rival = async {
            for name in ["ci", "team", "personal"].iter().cycle() {
                client.accounts().use_(name).await.expect("it exists");
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
            }
        };
        let workers = async {
            let mut tasks = JoinSet::new();
            for _ in 0..100 {
                let ws = pinned.clone();
                tasks.spawn(async move { resolved(&ws).await });
            }
            let sessions = tasks.join_all().await;
            is_over.store(true, Ordering::Relaxed);
            sessions
        };
        let ((), sessions) = tokio::join!(rival, workers);
        for session in &sessions {
            assert_eq!(shown(session), (Some("team"), Some("3018488"), Some(3_448_414)));
        }
        // Nor does a command of another program move it, or a target that is edited.
        home.mp(["account", "use", "ci"]).ok();
        let shop = client.workspace().use_target("ecom").pin().await.expect("a session");
        home.mp(["target", "remove", "ecom"]).ok();
        for ws in [&pinned, &shop] {
            assert_eq!(shown(&resolved(ws).await), (Some("team"), Some("3018488"), Some(3_448_414)));
        }
        assert_eq!(shown(&resolved(&client.workspace()).await).0, Some("ci"));
        assert_eq!(shop.use_project("9").session().map(|session| session.revision), None);
        let nothing = client.workspace().use_account("personal").pin().await.expect_err("it has no project");
        assert_eq!((nothing.kind, nothing.next.is_empty()), (FailureKind::NeedsProject, false));
    });
}

#[test]
fn a_pinned_workspace_without_one_does_not_get_that_of_others() {
    let home = configured();
    let _daemon = home.start();
    runtime().block_on(async {
        let client = client(&home);
        client.accounts().use_("team").await.expect("it exists");
        let pinned = client.workspace().pin().await.expect("a session");
        assert_eq!(pinned.workspace(), None);
        home.mp(["workspace", "use", "77"]).ok();
        assert_eq!(shown(&resolved(&pinned).await), (Some("team"), Some("3018488"), None));
        assert_eq!(shown(&resolved(&client.workspace()).await).2, Some(77));
        assert_eq!(shown(&resolved(&pinned.use_workspace(5)).await).2, Some(5));
    });
}

#[test]
fn only_what_is_persisted_moves_others() {
    let home = configured();
    let _daemon = home.start();
    runtime().block_on(async {
        let client = client(&home);
        let persisted = async || {
            let now = client.session().persisted().await.expect("a session");
            (now.account, now.project.map(|id| id.to_string()), now.workspace.map(|id| id.get()))
        };
        let before = persisted().await;
        let ws = client.workspace().use_account("ci").use_project("77").use_workspace(5);
        resolved(&ws).await;
        assert_eq!(persisted().await, before);
        let now = ws.persist().await.expect("it is good");
        assert_eq!((now.account.as_deref(), now.workspace.map(|id| id.get())), (Some("ci"), Some(5)));
        assert_eq!(persisted().await, (Some("ci".to_owned()), Some("77".to_owned()), Some(5)));
        assert!(home.mp(["session"]).ok().contains("ci (oauth_token, eu)"));
        client.workspace().use_target("ecom").persist().await.expect("it exists");
        assert_eq!(persisted().await.0.as_deref(), Some("team"));
        client.workspace().use_target("ecom").use_project("88").persist().await.expect("it is good");
        assert_eq!(persisted().await, (Some("team".to_owned()), Some("88".to_owned()), None));
        let nothing = client.workspace().persist().await.expect_err("nothing was chosen");
        assert_eq!(nothing.kind, FailureKind::InvalidArgument);
        assert!(home.read(".mp/config.toml").contains("[settings.custom_header]"), "the rest stays");
    });
}
