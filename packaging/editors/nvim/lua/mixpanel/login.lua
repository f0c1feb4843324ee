-- A login in a browser. It goes on in the daemon, also when this Neovim is gone; here it is only shown.

local daemon = require("mixpanel.daemon")
local state = require("mixpanel.state")
local text = require("mixpanel.text")

local M = {
  -- The login that is shown here: its id and how to stop looking at it.
  current = nil,
}

-- How long the daemon holds a look at a login that does not change.
local WAIT_S = 45

local function finish(message, level)
  M.current, state.login = nil, nil
  state.refresh()
  text.say(message, level)
end

-- Opens an address in the browser of the user; else says it.
local function open(login)
  local url = login.open_url or login.authorize_url
  if not url then
    return
  end
  if not vim.env.SSH_CONNECTION then
    local is_called, command, why = pcall(vim.ui.open, url)
    if is_called and not why and command ~= false then
      return text.say("log in in the browser that opens; :Mixpanel cancel ends it")
    end
  end
  text.say(("open this in a browser, then give its last address to :Mixpanel callback if it cannot be reached there:\n%s"):format(
    login.authorize_url or url
  ))
end

local look

-- Lets the user choose one of several projects.
local function choose(login)
  vim.ui.select(login.projects or {}, {
    prompt = "Mixpanel project",
    format_item = function(project)
      local name = text.line(project.name)
      return project.organization and ("%s (%s)"):format(name, text.line(project.organization)) or name
    end,
  }, function(project)
    if not M.current or M.current.id ~= login.id then
      return
    end
    if not project then
      return M.cancel()
    end
    M.current.stop = daemon.call("POST", ("/v1/logins/%s/project"):format(daemon.segment(login.id)), { body = { project = project.id } }, look)
  end)
end

-- Shows where a login is, and waits for what comes next.
function look(failed, login)
  local current = M.current
  if not current or (login and login.id ~= current.id) then
    return
  end
  if failed then
    return finish(failed.message, vim.log.levels.ERROR)
  end
  if login.state == "done" then
    local result = login.result or {}
    return finish(("logged in as %s%s"):format(
      text.line(result.user_email or login.account or "?"),
      result.project_name and ", project " .. text.line(result.project_name) or ""
    ))
  end
  if login.state == "failed" then
    local problem = login.problem or {}
    return finish("the login has failed: " .. text.line(problem.detail or problem.code or "nobody says why"), vim.log.levels.ERROR)
  end
  if login.state == "choose_project" and not current.has_chosen then
    current.has_chosen = true
    return choose(login)
  end
  local path = ("/v1/logins/%s?wait_s=%d&after=%d"):format(daemon.segment(login.id), WAIT_S, login.revision)
  current.stop = daemon.call("GET", path, { silence_ms = (WAIT_S + 15) * 1000 }, look)
end

-- Begins a login: of an account that exists, or of one that is made and may get this name.
function M.start(account)
  if M.current then
    return text.say("a login is open already; :Mixpanel cancel ends it", vim.log.levels.WARN)
  end
  local is_known = account and vim.list_contains(state.accounts, account)
  local body = vim.empty_dict()
  if is_known then
    body.account = account
  else
    body.name = account
  end
  if vim.env.SSH_CONNECTION then
    body.no_browser = true
  end
  M.current = {}
  M.current.stop = daemon.call("POST", "/v1/logins", { body = body }, function(failed, login)
    if not M.current then
      return
    end
    if failed then
      return finish(failed.message, vim.log.levels.ERROR)
    end
    state.login = account or true
    state.connect()
    M.current.id = login.id
    if login.state == "waiting_for_browser" then
      open(login)
    end
    look(nil, login)
  end)
end

-- Ends the login that is shown here.
function M.cancel()
  local current = M.current
  if not current then
    return text.say("no login is open here", vim.log.levels.WARN)
  end
  current.stop()
  if not current.id then
    return finish("the login was cancelled")
  end
  M.current = nil
  daemon.call("DELETE", "/v1/logins/" .. daemon.segment(current.id), {}, function(failed)
    finish(failed and failed.message or "the login was cancelled", failed and vim.log.levels.ERROR)
  end)
end

-- Finishes the login by the address that the browser was sent to, where that cannot reach this machine. It holds a code, so it is asked for
-- where no history keeps it.
function M.callback()
  local current = M.current
  if not current or not current.id then
    return text.say("no login is open here", vim.log.levels.WARN)
  end
  local url = vim.fn.inputsecret("Address that the browser shows: ")
  if url == "" then
    return
  end
  daemon.call("POST", ("/v1/logins/%s/callback"):format(daemon.segment(current.id)), { body = { url = url } }, function(failed)
    if failed then
      text.say(failed.message, vim.log.levels.ERROR)
    end
  end)
end

return M
