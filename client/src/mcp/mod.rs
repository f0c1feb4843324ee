//! A server of the Model Context Protocol on standard input and output, for agents. It knows what the catalog knows, asks the daemon
//! like every other tool, and returns no secret ([`secrets`]).

mod accounts;
mod answers;
mod ask;
mod ask_schema;
mod asker;
mod calls;
mod completion;
mod conversation;
mod digest;
mod does;
mod find;
pub(crate) mod hosted;
mod limits;
mod login;
mod operations;
mod outputs;
mod policy;
mod progress;
mod prompts;
mod reply;
mod resources;
mod rows;
mod secrets;
mod server;
mod tools;
mod updates;
mod watch;

use mp_proto::failure::{Failure, FailureKind};
use rmcp::ServiceExt;
use rmcp::transport::stdio_pipes;

use crate::api::Options;
use crate::caller::SessionFlags;
use server::Server;

pub(crate) use policy::Policy;

/// The groups whose reads are tools of their own: with these the list of tools is short enough to be read in every conversation.
pub(crate) const GROUPS: [&str; 2] = ["inspect", "query"];

/// Serves until the input ends. The reads of some groups are tools of their own.
///
/// # Errors
/// When the other side does not speak the protocol.
pub(crate) async fn serve(
    options: Options,
    flags: SessionFlags,
    policy: Policy,
    groups: &[&str],
) -> Result<(), Failure> {
    let failed = |error: String| Failure::new(FailureKind::Internal, format!("the protocol broke off: {error}"));
    match Server::new(options, flags, policy, groups).serve(stdio_pipes()).await {
        Ok(running) => running.waiting().await.map(drop).map_err(|error| failed(error.to_string())),
        // Whoever looks whether it can be started closes its input at once.
        Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => Ok(()),
        Err(error) => Err(failed(error.to_string())),
    }
}
