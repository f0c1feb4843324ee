// Failures by the names that the Python library has for them. Every one is a Problem: its `code` is the daemon's.
"use strict";

const { KINDS, Problem } = require("./client.cjs");

/** Each class, the one that it is one of, and the codes that it stands for. */
const CLASSES = [
  ["ConfigError", "Problem", "invalid_value config_invalid config_legacy unsafe_file bridge_invalid needs_account needs_project region_mismatch"],
  ["InvalidArgumentError", "ConfigError", "invalid_argument invalid_context"],
  ["AccountNotFoundError", "ConfigError", "account_not_found"],
  ["AccountExistsError", "ConfigError", "account_exists"],
  ["AccountInUseError", "ConfigError", "account_in_use"],
  ["TargetNotFoundError", "ConfigError", "target_not_found"],
  ["TargetExistsError", "ConfigError", "target_exists"],
  ["ProjectNotFoundError", "ConfigError", "project_not_found"],
  ["WorkspaceScopeError", "Problem", "needs_workspace"],
  ["EventNotFoundError", "Problem", "event_not_found"],
  ["OAuthError", "Problem", "login_required token_missing token_unavailable login_failed login_denied login_not_found"],
  ["RegionProbeError", "OAuthError", "region_not_found"],
  ["APIError", "Problem", "upstream_unreachable"],
  ["AuthenticationError", "APIError", "credential_refused"],
  ["QueryError", "APIError", "upstream_refused upstream_not_found"],
  ["RateLimitError", "APIError", "rate_limited"],
  ["ServerError", "APIError", "upstream_fault"],
  ["ResponseValidationError", "Problem", "upstream_invalid"],
  ["DaemonError", "Problem", "daemon_unreachable timeout stopping too_many_connections protocol_mismatch storage internal"],
];

const errors = { Problem };
for (const [name, base, codes] of CLASSES) {
  errors[name] = { [name]: class extends errors[base] {} }[name];
  for (const code of codes.split(" ")) KINDS.set(code, errors[name]);
}

module.exports = errors;
