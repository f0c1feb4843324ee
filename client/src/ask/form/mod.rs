//! The five families as a command line has them: which flags each takes, in tables, and what its help says.

mod flow;
mod funnel;
mod insights;
mod model;
mod retention;
mod shared;
mod users;

pub(crate) use model::Form;

use crate::command::Values;

/// The families.
pub(crate) const FORMS: [&Form; 5] =
    [&insights::INSIGHTS, &funnel::FUNNEL, &retention::RETENTION, &flow::FLOW, &users::USERS];

/// Returns what a shell is offered for an argument of a command, if it is one of these.
pub(crate) fn names(command: &[&str], argument: &str) -> Option<Values> {
    let [group, family] = command else { return None };
    let form = FORMS.into_iter().find(|form| *group == "ask" && form.name == *family)?;
    form.all().find(|flag| flag.name == argument)?.names
}

/// What the tests of `--where` are made of.
pub(crate) const LANGUAGE: &str = "\
Tests of --where, joined by `and`:
  plan = \"pro\"    plan != 'pro'    plan in (\"pro\", \"team\")    plan not in (…)
  url contains \"x\"    not contains    starts with    ends with
  age > 30    < >= <=    between 1 and 5    not between
  is set    is not set    is true    is false
  seen on 2025-01-31    before    since    between 2025-01-01 and 2025-01-31
  seen in last 7 days    not in last 7 days    in next 2 weeks
  in cohort 12    not in cohort 12    did \"Login\" >= 5
  cart any (brand = \"x\" and price > 5)    all (…)
NAME is a word, \"a name in quotes\", $browser, user.NAME (of the profile) or
custom(42). `or` joins values of one property: plan = \"pro\" or plan = \"team\".";
