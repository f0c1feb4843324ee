-- `:checkhealth mixpanel`.

local M = {}

local PATIENCE_MS = 5000

-- Runs `mp` for an answer of one line.
local function ask(mp, ...)
  local is_run, ended = pcall(function(...)
    return vim.system({ mp, ... }, { text = true, stdin = false }):wait(PATIENCE_MS)
  end, ...)
  if not is_run then
    return 1, tostring(ended)
  end
  return ended.code, vim.trim((ended.stdout or "") .. (ended.stderr or ""))
end

local function check_editor(health)
  local version = ("%d.%d.%d"):format(vim.version().major, vim.version().minor, vim.version().patch)
  if vim.fn.has("nvim-0.10") == 0 then
    health.error(("Neovim %s is too old"):format(version), "install Neovim 0.10 or newer")
    return false
  end
  health.ok(("Neovim %s%s"):format(version, vim.lsp.config and "" or ": without vim.lsp.config, so files start the server themselves"))
  return true
end

local function check_program(health)
  local mp, why = require("mixpanel.place").mp()
  if not mp then
    health.error(why, "see the README of mp and mpd")
    return nil
  end
  local code, said = ask(mp, "--version")
  if code ~= 0 then
    health.error(("%s does not run: %s"):format(mp, said))
    return nil
  end
  health.ok(("%s at %s"):format(said, mp))
  return mp
end

local function check_daemon(health)
  local place, daemon = require("mixpanel.place"), require("mixpanel.daemon")
  local socket, why = place.socket(vim.fn.environ())
  why = why or place.danger(socket)
  if why then
    return health.error(why, "run `mp daemon doctor`")
  end
  local failed, session
  daemon.call("GET", "/v1/session", { autostart = false }, function(...)
    failed, session = ...
    failed = failed or false
  end)
  vim.wait(PATIENCE_MS, function()
    return failed ~= nil
  end, 50)
  if failed == nil then
    return health.error(("the daemon at %s takes connections and does not answer"):format(socket), "run `mp daemon restart`")
  elseif failed and failed.is_absent then
    return health.warn(("no daemon listens at %s"):format(socket), "it starts with the first command; or run `mp daemon start`")
  elseif failed then
    return health.error(failed.message)
  end
  health.ok("the daemon answers at " .. socket)
  return session
end

local function check_session(health, session)
  local state, text = require("mixpanel.state"), require("mixpanel.text")
  local account, project = session.account, session.project
  if not account then
    return health.warn("no account is configured", ":Mixpanel login")
  end
  if state.lost[account.name] then
    health.error(("%s has to log in again"):format(text.line(account.name)), ":Mixpanel login " .. text.line(account.name))
  end
  if not project then
    return health.warn(("account %s, no project"):format(text.line(account.name)), ":Mixpanel use project")
  end
  health.ok(("account %s, project %s (%s)"):format(text.line(account.name), text.line(project.name or "name unknown"), text.line(project.id)))
  for _, note in ipairs(session.notes or {}) do
    health.info(text.line(note))
  end
  if state.is_connected then
    health.ok("the statusline follows the daemon's events")
  else
    health.info("the statusline does not follow the daemon: nobody has called setup() or statusline()")
  end
end

local function check_server(health, mp)
  local clients = require("mixpanel.lsp").clients()
  if #clients > 0 then
    return health.ok(("%d language server%s"):format(#clients, #clients == 1 and " runs" or "s run"))
  end
  local code, said = ask(mp, "lsp", "--help")
  if code ~= 0 then
    return health.warn("this mp has no language server: " .. vim.split(said, "\n")[1], "install a newer one")
  end
  health.info("the language server is there, and no file has started it")
end

function M.check()
  -- Neovim 0.9 and older have it elsewhere, and under other names.
  local health = vim.health or require("health")
  if not health.start then
    health = { start = health.report_start, ok = health.report_ok, warn = health.report_warn, error = health.report_error }
  end
  health.start("mixpanel: editor and programs")
  if not check_editor(health) then
    return
  end
  local mp = check_program(health)
  health.start("mixpanel: daemon and session")
  local session = check_daemon(health)
  if session then
    check_session(health, session)
  end
  if mp then
    health.start("mixpanel: language server")
    check_server(health, mp)
  end
end

return M
