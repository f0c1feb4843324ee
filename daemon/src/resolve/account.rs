//! Which account a call is for. Both the whole resolution and those who need nothing but the account ask here; nothing is copied.

use mp_proto::context::{CallerEnv, Context};
use mp_proto::ids::{AccountType, Region};

use super::model::{ENV_OAUTH_TOKEN, ENV_SERVICE_ACCOUNT, Origin};
use crate::config::account::Account;
use crate::config::model::{Config, Target};
use crate::config::problem::{ConfigProblem, Scope};
use crate::identity::bridge::Bridge;

/// The account that a context chooses. Whether it can be used is another question.
#[derive(Debug, Clone, Copy)]
pub struct ChosenAccount<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where its definition is. It is missing, too, where the config has a block of that name that is wrong.
    pub origin: Origin,
    /// Its definition, in the config or in the bridge.
    pub definition: Option<&'a Account>,
    /// Who chose it.
    pub(super) by: Chooser<'a>,
}

/// Who chose an account, from the strongest to the weakest.
#[derive(Debug, Clone, Copy)]
pub(super) enum Chooser<'a> {
    /// Variables that make an account by themselves.
    Environment(EnvironmentAccount),
    /// A flag, or the variable that stands for it, by name.
    Flag(&'static str),
    /// The target that was chosen.
    Target(&'a Target),
    /// The bridge.
    Bridge(&'a Bridge),
    /// The block `[active]`, on this line.
    Active(usize),
}

/// An account that is made of the environment alone.
#[derive(Debug, Clone, Copy)]
pub(super) struct EnvironmentAccount {
    /// Its name.
    name: &'static str,
    /// How it authenticates.
    kind: AccountType,
    /// Its region.
    region: Region,
    /// The variable that counts as its source.
    pub(super) variable: &'static str,
}

/// Returns the account that a context chooses on these files; none when nobody names one, or a target that does not exist.
pub fn account_of<'a>(
    config: &'a Config,
    bridge: Option<&'a Bridge>,
    context: &'a Context,
) -> Option<ChosenAccount<'a>> {
    if let Some(account) = environment_account(&context.env) {
        let by = Chooser::Environment(account);
        return Some(ChosenAccount { name: account.name, origin: Origin::Environment, definition: None, by });
    }
    if let Some((name, flag)) = account_flag(context) {
        return Some(configured(config, name, Chooser::Flag(flag)));
    }
    if let Some((name, _)) = target_flag(context) {
        let target = config.targets.get(name)?;
        return Some(configured(config, &target.account, Chooser::Target(target)));
    }
    if let Some(bridge) = bridge {
        let account = &bridge.account;
        let (name, by) = (account.name.as_str(), Chooser::Bridge(bridge));
        return Some(ChosenAccount { name, origin: Origin::Bridge, definition: Some(account), by });
    }
    let active = config.active.account.as_ref()?;
    Some(configured(config, &active.value, Chooser::Active(active.line)))
}

/// Returns what `--account`, else `MP_ACCOUNT` names, and which of the two it was.
pub fn account_flag(context: &Context) -> Option<(&str, &'static str)> {
    flag_or_variable((context.account.as_deref(), "--account"), (context.env.get("MP_ACCOUNT"), "MP_ACCOUNT"))
}

/// Returns what `--target`, else `MP_TARGET` names, and which of the two it was.
pub(super) fn target_flag(context: &Context) -> Option<(&str, &'static str)> {
    flag_or_variable((context.target.as_deref(), "--target"), (context.env.get("MP_TARGET"), "MP_TARGET"))
}

fn flag_or_variable<'a>(
    flag: (Option<&'a str>, &'static str),
    variable: (Option<&'a str>, &'static str),
) -> Option<(&'a str, &'static str)> {
    [flag, variable].into_iter().find_map(|(value, name)| Some((value?, name)))
}

/// It takes all of its variables; fewer of them are about something else.
fn environment_account(env: &CallerEnv) -> Option<EnvironmentAccount> {
    let region = Region::parse(env.get("MP_REGION")?).ok()?;
    env.get("MP_PROJECT_ID")?;
    let is_set = |name| env.get(name).is_some();
    if is_set("MP_USERNAME") && is_set("MP_SECRET") {
        let (name, kind, variable) = (ENV_SERVICE_ACCOUNT, AccountType::ServiceAccount, "MP_USERNAME");
        Some(EnvironmentAccount { name, kind, region, variable })
    } else if is_set("MP_OAUTH_TOKEN") {
        let (name, kind, variable) = (ENV_OAUTH_TOKEN, AccountType::OauthToken, "MP_OAUTH_TOKEN");
        Some(EnvironmentAccount { name, kind, region, variable })
    } else {
        None
    }
}

/// Returns whether nobody has an account yet, neither the config nor the caller: so it is in a fresh sandbox or container.
pub fn has_no_account(config: &Config, context: &Context) -> bool {
    let is_broken = |problem: &ConfigProblem| matches!(problem.scope, Scope::Account(_));
    config.accounts.is_empty() && !config.problems.iter().any(is_broken) && environment_account(&context.env).is_none()
}

fn configured<'a>(config: &'a Config, name: &'a str, by: Chooser<'a>) -> ChosenAccount<'a> {
    match config.accounts.get(name) {
        Some(account) => ChosenAccount { name, origin: Origin::Config, definition: Some(account), by },
        None => ChosenAccount { name, origin: Origin::Missing, definition: None, by },
    }
}

impl ChosenAccount<'_> {
    /// Returns how it authenticates, and its region.
    pub(super) fn known(&self) -> Option<(AccountType, Region)> {
        match self.by {
            Chooser::Environment(account) => Some((account.kind, account.region)),
            _ => self.definition.map(|account| (account.account_type(), account.region)),
        }
    }

    /// Returns the variable that makes it, if one does.
    pub(super) fn variable(&self) -> Option<&'static str> {
        match self.by {
            Chooser::Environment(account) => Some(account.variable),
            _ => None,
        }
    }

    /// Returns whether it is the bridge's.
    pub(super) fn is_of_bridge(&self) -> bool {
        self.origin == Origin::Bridge
    }

    /// Returns whether `[active]` chose it.
    pub(super) fn is_active(&self) -> bool {
        matches!(self.by, Chooser::Active(_))
    }
}
