//! The names under which the library shows the bodies of the socket API.

pub use mp_proto::wire::{
    AccountRemoved, AccountSummary, AccountUpdate, ActiveBody as ActiveSession, ConfigMistake,
    CredentialBody as Credential, LoginBody, LoginProject, LoginResult as OAuthLoginResult, LoginStart, LoginState,
    LogoutBody as Logout, ProjectsBody as Projects, RefreshBody as Refresh, SessionAccount as Account,
    SessionBody as Session, SessionPatch, SessionProject as Project, SessionState, SessionWorkspace as WorkspaceRef,
    Source, SourceKind, StatusBody as Status, TargetAdd as NewTarget, TargetBody as Target, TargetRemoved,
    TestBody as AccountTestResult, TokenBody as Token, VersionBody as Version, WorkspacesBody as Workspaces,
};
