//! The logins that are open: listed and cancelled. The URL is not among what is shown of one: `mp login` joins it and shows that, and what
//! is in it opens the login for whoever reads along.

use hyper::Method;
use mp_proto::failure::Failure;
use mp_proto::routes::{LOGIN, LOGINS, fill};
use mp_proto::wire::{LoginBody, LoginState, LoginsBody};
use serde_json::{Value, json};

use crate::call::Call;
use crate::output::{View, fitted, moment};

/// Runs `mp login --list`.
///
/// # Errors
/// When the daemon cannot be asked.
pub(super) async fn list(call: &mut Call<'_>) -> Result<(), Failure> {
    let logins = call.get::<LoginsBody>(LOGINS).await?.logins;
    let records = logins.iter().map(record).collect();
    call.output.show(&Value::Array(records), || table(&logins))
}

/// Runs `mp login --cancel`.
///
/// # Errors
/// When there is no such login, or the daemon cannot be asked.
pub(super) async fn cancel(call: &mut Call<'_>, id: &str) -> Result<(), Failure> {
    let answer = call.daemon.call::<LoginBody>(Method::DELETE, &fill(LOGIN, id), None::<&()>).await?;
    let login = call.body(answer);
    call.output.line(match login.state {
        // It was faster.
        LoginState::Done => "The login is done already",
        _ => "Cancelled the login",
    })
}

fn record(login: &LoginBody) -> Value {
    json!({
        "id": login.id, "state": login.state, "type": login.r#type, "account": login.account, "region": login.region,
        "expires_at": login.expires_at,
    })
}

fn table(logins: &[LoginBody]) -> String {
    if logins.is_empty() {
        return "(no logins are open)".to_owned();
    }
    let view = View::of_stdout();
    let dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let row = |login: &LoginBody| {
        vec![
            login.id.clone(),
            crate::output::json(&login.state).as_str().unwrap_or_default().to_owned(),
            dash(login.account.as_ref().map(ToString::to_string)),
            login.r#type.to_string(),
            dash(login.expires_at.map(|end| moment(end, view.reader))),
        ]
    };
    fitted(&["ID", "STATE", "ACCOUNT", "TYPE", "UNTIL"], &logins.iter().map(row).collect::<Vec<_>>(), view.width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_shown_without_what_opens_it() {
        let url = "https://mixpanel.com/oauth/authorize/?state=s";
        let body = json!({"id": "l1", "state": "waiting_for_browser", "revision": 2, "type": "oauth_browser", "region": "us",
            "authorize_url": url, "expires_at": "2026-11-23T03:05:00Z"});
        let login: LoginBody = serde_json::from_value(body).expect("a login");
        let (record, table) = (record(&login), table(&[login]));
        assert_eq!(record["expires_at"], "2026-11-23T03:05:00Z");
        assert!(!record.to_string().contains(url) && !table.contains(url), "{table}");
        assert_eq!(
            table,
            "ID  STATE                ACCOUNT  TYPE           UNTIL\n\
             l1  waiting_for_browser  -        oauth_browser  2026-11-23T03:05:00Z\n"
        );
    }
}
