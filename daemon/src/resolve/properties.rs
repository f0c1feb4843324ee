//! What holds for all combinations of layers.

use std::path::Path;

use mp_proto::context::Context;
use mp_proto::wire::SourceKind::{self, Bridge as InBridge, Config as InConfig, Env, Param, Target};
use proptest::prelude::*;

use crate::config::parser::parse;
use crate::identity::bridge::{self, Bridge};
use crate::resolve::{Origin, Resolved, account_of, resolve};

/// Which layers have something to say on each axis.
#[derive(Debug, Clone, Copy)]
struct Layers {
    env_account: bool,
    env_project: bool,
    env_workspace: bool,
    flag_account: bool,
    flag_project: bool,
    flag_workspace: bool,
    target: bool,
    target_workspace: bool,
    bridge: bool,
    bridge_project: bool,
    bridge_workspace: bool,
    active: bool,
    default_project: bool,
    pin: bool,
}

fn layers() -> impl Strategy<Value = Layers> {
    any::<[bool; 14]>().prop_map(|b| Layers {
        env_account: b[0],
        env_project: b[1],
        env_workspace: b[2],
        flag_account: b[3],
        flag_project: b[4],
        flag_workspace: b[5],
        // A target with these flags is refused before anything is resolved.
        target: b[6] && !b[3] && !b[4] && !b[5],
        target_workspace: b[7],
        bridge: b[8],
        bridge_project: b[9],
        bridge_workspace: b[10],
        active: b[11],
        default_project: b[12],
        pin: b[13],
    })
}

fn config(layers: Layers) -> String {
    let account = |name: &str, project: &str| {
        let project = if layers.default_project { format!("default_project = \"{project}\"\n") } else { String::new() };
        format!("[accounts.{name}]\ntype = \"oauth_token\"\nregion = \"us\"\n{project}token = \"t\"\n")
    };
    let mut text = String::from("[active]\n");
    if layers.active {
        text.push_str("account = \"active\"\n");
    }
    if layers.pin {
        text.push_str("workspace = 105\n");
    }
    text.push_str(&account("active", "5"));
    text.push_str(&account("flagged", "6"));
    text.push_str("[targets.t]\naccount = \"flagged\"\nproject = \"3\"\n");
    if layers.target_workspace {
        text.push_str("workspace = 103\n");
    }
    text
}

fn bridge(layers: Layers) -> Option<Bridge> {
    if !layers.bridge {
        return None;
    }
    let project = if layers.bridge_project { "\"project\": \"4\"," } else { "" };
    let workspace = if layers.bridge_workspace { "\"workspace\": 104," } else { "" };
    let text = format!(
        "{{{project}{workspace}\"account\": {{\"name\": \"br\", \"type\": \"oauth_token\", \"region\": \"in\", \
         \"token\": \"t\", \"default_project\": \"8\"}}}}"
    );
    Some(bridge::parse(Path::new("/b.json"), text.as_bytes()).expect("a good bridge"))
}

fn context(layers: Layers) -> Context {
    let mut context = Context::default();
    let mut set = |on: bool, name: &str, value: &str| {
        if on {
            context.env.insert(name, value);
        }
    };
    set(layers.env_account, "MP_OAUTH_TOKEN", "t");
    set(layers.env_account, "MP_REGION", "eu");
    set(layers.env_account || layers.env_project, "MP_PROJECT_ID", "1");
    set(layers.env_workspace, "MP_WORKSPACE_ID", "101");
    context.account = layers.flag_account.then(|| "flagged".to_owned());
    context.project = layers.flag_project.then(|| "2".to_owned());
    context.workspace = layers.flag_workspace.then(|| "102".to_owned());
    context.target = layers.target.then(|| "t".to_owned());
    context
}

fn run(layers: Layers) -> Resolved {
    let path = Path::new("/r/config.toml");
    resolve(&parse(&config(layers)), path, bridge(layers).as_ref(), &context(layers)).expect("all values are good")
}

/// The first layer that has something to say.
fn first(candidates: &[(bool, SourceKind)]) -> Option<SourceKind> {
    candidates.iter().find(|(speaks, _)| *speaks).map(|(_, kind)| *kind)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_input_resolves_to_the_same_session(layers in layers()) {
        prop_assert_eq!(run(layers), run(layers));
    }

    #[test]
    fn the_account_is_that_of_the_strongest_layer(layers in layers()) {
        let expected = first(&[
            (layers.env_account, Env),
            (layers.flag_account, Param),
            (layers.target, Target),
            (layers.bridge, InBridge),
            (layers.active, InConfig),
        ]);
        prop_assert_eq!(run(layers).account.map(|account| account.source.kind), expected);
    }

    #[test]
    fn whoever_asks_for_the_account_alone_gets_the_same(layers in layers()) {
        let (config, bridge, context) = (parse(&config(layers)), bridge(layers), context(layers));
        let alone = account_of(&config, bridge.as_ref(), &context);
        let alone = alone.map(|account| (account.name.to_owned(), account.origin, account.definition.is_some()));
        let resolved = run(layers).account.map(|account| {
            let is_defined = matches!(account.origin, Origin::Config | Origin::Bridge);
            (account.name, account.origin, is_defined)
        });
        prop_assert_eq!(alone, resolved);
    }

    #[test]
    fn the_project_is_that_of_the_strongest_layer(layers in layers()) {
        let resolved = run(layers);
        let chosen = resolved.account.as_ref().map(|account| account.source.kind);
        let of_bridge = chosen == Some(InBridge);
        let of_config = matches!(chosen, Some(Param | Target | InConfig)) && layers.default_project;
        let expected = first(&[
            (layers.env_account || layers.env_project, Env),
            (layers.flag_project, Param),
            (layers.target, Target),
            (of_bridge, InBridge),
            (of_config, InConfig),
        ]);
        prop_assert_eq!(resolved.project.map(|axis| axis.source.kind), expected);
    }

    #[test]
    fn the_workspace_is_that_of_the_strongest_layer_that_it_belongs_to(layers in layers()) {
        let resolved = run(layers);
        let chosen = resolved.account.as_ref().map(|account| account.source.kind);
        let project = resolved.project.as_ref().map(|axis| axis.value.as_str());
        let bridges = if layers.bridge_project { "4" } else { "8" };
        let own = layers.default_project.then_some("5");
        let expected = first(&[
            (layers.env_workspace, Env),
            (layers.flag_workspace, Param),
            (layers.target && layers.target_workspace, Target),
            (chosen == Some(InBridge) && layers.bridge_workspace && project == Some(bridges), InBridge),
            (layers.pin && (chosen.is_none() || (chosen == Some(InConfig) && project == own)), InConfig),
        ]);
        prop_assert_eq!(resolved.workspace.map(|axis| axis.source.kind), expected);
    }

    #[test]
    fn what_is_said_of_one_axis_does_not_move_a_stronger_one(layers in layers()) {
        let with = run(layers);
        let workspaces = run(Layers { env_workspace: !layers.env_workspace, ..layers });
        prop_assert_eq!((&with.account, &with.project), (&workspaces.account, &workspaces.project));
        if !layers.env_account && !layers.target {
            let projects = run(Layers { env_project: !layers.env_project, ..layers });
            prop_assert_eq!(&with.account, &projects.account);
        }
    }
}
