//! The way to Mixpanel as the daemon has it, beside what this shell has.

use std::time::Duration;

use mp_proto::routes::NETWORK;
use mp_proto::wire::{NetworkBody, StartedBy, StatusBody};

use super::findings::{Findings, Verdict};
use crate::api::Answer;
use crate::call::Call;
use crate::namespaces::differences;

/// How long the daemon may take to try a proxy and the hosts of three regions.
const PATIENCE: Duration = Duration::from_secs(60);

/// A clock that is off by more makes tokens end too early or too late.
const OFF_S: i64 = 60;

/// Looks at what the status tells of the network and of limits; `notes` are what the daemon told beside it.
pub(super) fn of_status(status: &StatusBody, notes: &[String], findings: &mut Findings) {
    if let Some(upstream) = &status.upstream {
        let what = format!("every request goes to {upstream} in place of Mixpanel");
        findings.add(Verdict::Warn, what, "unset MPD_UPSTREAM, then mp daemon restart");
    }
    let network = &status.network;
    for (what, decided) in [
        ("requests to Mixpanel go through the proxy", &network.proxy),
        ("past the proxy go", &network.no_proxy),
        ("trusted are the certificates in", &network.ca_file),
    ] {
        if let Some(decided) = decided {
            findings.add(Verdict::Ok, format!("{what} {} ({})", decided.value, decided.by), "");
        }
    }
    namespaces(&differences(&network.namespaces), status.started_by, findings);
    for note in notes {
        findings.add(Verdict::Warn, note.clone(), "mp daemon restart");
    }
    if notes.is_empty() {
        for problem in &status.process.problems {
            findings.add(Verdict::Warn, problem.clone(), "mp daemon restart, from a shell with higher limits");
        }
    }
}

fn namespaces(words: &[&str], by: StartedBy, findings: &mut Findings) {
    if words.is_empty() {
        return;
    }
    let what = format!(
        "the daemon lives in another {} namespace than this shell, as in a sandbox or a container",
        words.join(" and ")
    );
    let hint = match by {
        StartedBy::Service => "mp daemon restart; if it stays so, it is the service that is shut in",
        StartedBy::Client | StartedBy::Hand => "mp daemon restart",
    };
    findings.add(Verdict::Warn, what, hint);
}

/// Has the daemon try its way: certificates and proxy, and Mixpanel itself if that is wanted.
pub(super) async fn tried(call: &mut Call<'_>, online: bool, findings: &mut Findings) {
    let path = format!("{NETWORK}?online={online}");
    match call.daemon.get_within::<NetworkBody>(&path, PATIENCE).await {
        Ok(Answer { body, .. }) => of_trial(&body, findings),
        Err(failure) => {
            findings.add(Verdict::Fail, format!("the network was not tried: {failure}"), "mp daemon restart")
        }
    }
}

fn of_trial(body: &NetworkBody, findings: &mut Findings) {
    for one in &body.tries {
        match &one.problem {
            None => findings.add(Verdict::Ok, one.what.clone(), ""),
            Some(problem) => {
                let hint = one.next.first().map(|next| next.command.clone()).unwrap_or_default();
                findings.add(Verdict::Fail, format!("{}: no, {problem}", one.what), hint);
            }
        }
    }
    match body.ahead_s {
        Some(ahead) if ahead.abs() > OFF_S => {
            let side = if ahead > 0 { "ahead of" } else { "behind" };
            let what = format!("the clock here is {} s {side} Mixpanel's: tokens end at the wrong time", ahead.abs());
            findings.add(Verdict::Warn, what, "set the clock");
        }
        Some(_) => findings.add(Verdict::Ok, "the clock is that of Mixpanel", ""),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mp_proto::wire::NetworkStatus;

    fn found(check: impl FnOnce(&mut Findings)) -> Vec<String> {
        let mut findings = Findings::default();
        check(&mut findings);
        findings.all().iter().map(|(verdict, what, hint)| format!("{} {what} [{hint}]", verdict.word())).collect()
    }

    #[test]
    fn another_namespace_is_told_with_what_leaves_it() {
        let check = |words: &[&str]| found(|findings| namespaces(words, StartedBy::Client, findings));
        assert!(check(&[]).is_empty());
        let told = check(&["network", "user"]);
        assert!(told[0].starts_with("warn the daemon lives in another network and user namespace"), "{told:?}");
        assert!(told[0].ends_with("[mp daemon restart]"), "{told:?}");
    }

    #[test]
    fn a_clock_that_is_off_is_told() {
        let check = |ahead_s| {
            let body = NetworkBody { network: NetworkStatus::default(), tries: Vec::new(), ahead_s };
            found(|findings| of_trial(&body, findings)).join("")
        };
        assert_eq!(check(None), "");
        assert!(check(Some(-59)).starts_with("ok"));
        assert!(check(Some(7200)).starts_with("warn the clock here is 7200 s ahead of Mixpanel's"));
        assert!(check(Some(-61)).contains("61 s behind"));
    }
}
