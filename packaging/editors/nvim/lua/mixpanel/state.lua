-- What is known of the session, kept up to date by the daemon's events. Whoever shows it reads the last state; nothing is asked for that.

local daemon = require("mixpanel.daemon")
local options = require("mixpanel.options")
local sse = require("mixpanel.sse")
local text = require("mixpanel.text")
local place = require("mixpanel.place")

local M = {
  -- What the daemon said last of the session; nil before it has.
  session = nil,
  -- Why there is none.
  problem = nil,
  -- Accounts whose login is lost.
  lost = {},
  -- The login that goes on, if one does: its account, or true.
  login = nil,
  -- Names, for completion.
  accounts = {},
  -- Whether the event stream is open.
  is_connected = false,
}

local uv = vim.uv

-- The pauses between tries to connect again. After the last one the daemon is gone for a while: its folder tells when a socket is back, and so
-- does whoever comes back to this window.
local PAUSES_MS = { 250, 500, 1000, 2000, 4000, 8000 }

-- Events after which the session may be another one.
local MOVES = {
  snapshot = true,
  ["session.changed"] = true,
  ["config.changed"] = true,
  ["config.invalid"] = true,
  ["account.added"] = true,
  ["account.changed"] = true,
  ["account.removed"] = true,
  ["me.changed"] = true,
  ["login.completed"] = true,
}

-- A stream that lasted for less than this was none: whoever takes connections and closes them is not asked more and more often.
local LASTED_MS = 5000

local stream = { close = nil, timer = nil, watch = nil, last_id = nil, tries = 0, opened = 0, is_wanted = false, is_waiting = false }

-- Shows what has changed, in the statusline and to whoever listens.
local function changed()
  vim.cmd.redrawstatus({ bang = true })
  vim.api.nvim_exec_autocmds("User", { pattern = "MixpanelChanged", modeline = false })
end

local function sorted(names)
  names = vim.deepcopy(names or {})
  table.sort(names)
  return names
end

-- Asks which logins are lost: events tell of those that are lost from now on.
local function ask_status()
  daemon.call("GET", "/v1/status", { autostart = false }, function(failed, status)
    if failed then
      return
    end
    M.lost = {}
    for _, account in ipairs(status.accounts or {}) do
      if account.state == "login_required" or account.state == "unreadable" then
        M.lost[account.name] = account.detail or account.state
      end
    end
    changed()
  end)
end

-- Of several calls for the session only the last counts.
local asking = 0

-- Asks for the session, and whether its login is lost. Calls back, if somebody waits for it.
function M.refresh(done)
  asking = asking + 1
  local mine = asking
  ask_status()
  daemon.call("GET", "/v1/session", { autostart = false }, function(failed, session)
    if mine == asking then
      M.problem = failed
      if session then
        M.session = session
      elseif failed.code ~= "daemon_unreachable" then
        M.session = nil
      end
      changed()
    end
    if done then
      done(failed, session)
    end
  end)
end

-- Takes note of an event.
function M.take(id, name, data)
  stream.last_id = id or stream.last_id
  local event = daemon.decoded(data)
  if type(event) ~= "table" then
    return
  end
  if name == "snapshot" then
    M.accounts = sorted(event.accounts)
  elseif name == "account.added" and not vim.list_contains(M.accounts, event.name) then
    M.accounts = sorted(vim.list_extend({ event.name }, M.accounts))
  elseif name == "account.removed" then
    M.accounts = vim.tbl_filter(function(account)
      return account ~= event.name
    end, M.accounts)
    M.lost[event.name] = nil
  elseif name == "login.required" then
    M.lost[event.account] = event.detail or "login required"
    text.tell(("%s has to log in again: :Mixpanel login %s"):format(text.line(event.account), text.line(event.account)))
    changed()
  elseif name == "token.refreshed" then
    M.lost[event.account] = nil
    changed()
  elseif name == "login.started" then
    M.login = event.account or true
    changed()
  elseif name == "login.completed" then
    M.login = nil
    if event.account and not event.problem then
      M.lost[event.account] = nil
    end
    changed()
  end
  if MOVES[name] then
    M.refresh()
  end
end

local connect

-- Looks at the folder of the socket, or at the one above as long as that is not there, for a daemon that comes.
local function watch()
  if stream.watch then
    return
  end
  local socket = place.socket(vim.fn.environ())
  if not socket then
    return
  end
  local folder = vim.fs.dirname(socket)
  if not uv.fs_stat(folder) then
    folder = vim.fs.dirname(folder)
  end
  local handle = uv.new_fs_event()
  if handle and uv.fs_stat(folder) then
    handle:start(folder, {}, vim.schedule_wrap(function()
      if stream.watch ~= handle or stream.is_waiting then
        return
      end
      -- Several changes come at once: the lock, then the socket.
      stream.is_waiting = true
      vim.defer_fn(function()
        stream.is_waiting = false
        local found = place.socket(vim.fn.environ())
        if stream.watch == handle and found and uv.fs_stat(found) then
          M.connect()
        end
      end, 100)
    end))
    stream.watch = handle
  elseif handle then
    handle:close()
  end
end

local function unwatch()
  if stream.watch then
    stream.watch:close()
    stream.watch = nil
  end
end

-- Tries again after a pause that grows, a few times.
local function later()
  stream.tries = stream.tries + 1
  local pause = PAUSES_MS[stream.tries]
  if pause and stream.is_wanted then
    stream.timer = vim.defer_fn(function()
      stream.timer = nil
      connect()
    end, pause)
  end
end

local function ended(failed)
  stream.close = nil
  local was_connected = M.is_connected
  M.is_connected = false
  if not stream.is_wanted then
    return
  end
  M.problem = failed
  watch()
  -- A daemon that was never there is not waited for.
  if was_connected and uv.now() - stream.opened > LASTED_MS then
    stream.tries = 0
  end
  if was_connected or stream.tries > 0 or not failed.is_absent then
    later()
  end
  changed()
end

function connect()
  if stream.close or not stream.is_wanted then
    return
  end
  local more = stream.last_id and { ["last-event-id"] = stream.last_id } or {}
  stream.close = daemon.stream("/v1/events", more, {
    head = function()
      unwatch()
      stream.opened = uv.now()
      M.is_connected, M.problem = true, nil
      text.forget()
      -- A stream that goes on begins without a snapshot; what this Neovim knows may be of before.
      M.refresh()
    end,
    data = sse.reader(M.take),
    failed = ended,
  })
end

-- Begins to follow the daemon's events, if that is not done yet. Starts no daemon.
function M.connect()
  stream.is_wanted = true
  if stream.timer then
    stream.timer:stop()
    if not stream.timer:is_closing() then
      stream.timer:close()
    end
    stream.timer = nil
  end
  connect()
end

-- Ends it.
function M.disconnect()
  stream.is_wanted = false
  if stream.close then
    stream.close()
    stream.close = nil
  end
  if stream.timer then
    stream.timer:stop()
    stream.timer:close()
    stream.timer = nil
  end
  unwatch()
  M.is_connected = false
end

-- Returns the fields of what is known, for those who make a line of their own.
function M.fields()
  local session = M.session or {}
  local account, project, workspace = session.account or {}, session.project or {}, session.workspace or {}
  local state = session.state
  if account.name and M.lost[account.name] then
    state = "login_required"
  elseif M.problem then
    state = M.problem.code == "daemon_unreachable" and "off" or M.problem.code
  end
  return {
    account = account.name,
    project = project.name or project.id,
    project_id = project.id,
    workspace = workspace.name or (workspace.id and tostring(workspace.id)),
    workspace_id = workspace.id and tostring(workspace.id),
    target = vim.env.MP_TARGET,
    region = account.region,
    state = state or "off",
    login = M.login,
  }
end

-- Returns a line about it; empty where nothing is known. Nothing is asked: this is called with every redraw.
function M.line()
  local shown, fields = options.values.statusline, M.fields()
  local parts = {}
  for _, part in ipairs({ fields.account or false, fields.project or false }) do
    if part then
      parts[#parts + 1] = text.statusline(part, shown.width)
    end
  end
  local line = table.concat(parts, shown.separator)
  if fields.login then
    line = line .. (line == "" and "" or " ") .. "(login…)"
  elseif fields.state == "login_required" or (M.problem and fields.state ~= "off") then
    line = line .. (line == "" and "" or " ") .. shown.mark
  end
  return line
end

return M
