//! What to run next where an account or a project is missing.

use mp_proto::failure::Next;

/// What to run to have an account.
pub fn add_account() -> Vec<Next> {
    vec![
        Next::new("mp login", "log in with the browser"),
        Next::new(
            "mp account add --type service_account --username USER --project ID",
            "or use a service account; its secret is asked for, its region found out",
        ),
        Next::new("mp account add --type oauth_token --token-env VARIABLE", "or a bearer token from a variable"),
        Next::new("mp account use NAME", "or choose one that is configured"),
    ]
}

/// What to run to have a project.
pub fn choose_project() -> Vec<Next> {
    vec![
        Next::new("mp project list", "see the projects of the account"),
        Next::new("mp project use ID", "give the account a default project"),
    ]
}
