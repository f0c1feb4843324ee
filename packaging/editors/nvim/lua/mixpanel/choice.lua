-- Choosing an account, a project, a workspace or a target: for this Neovim and all that it starts, or for all tools of the machine.
--
-- What is chosen for this Neovim is in its own environment, in the variables that every tool knows. So a terminal in it, the language server and
-- `mp` see the same session.

local daemon = require("mixpanel.daemon")
local state = require("mixpanel.state")
local text = require("mixpanel.text")

local M = {}

-- The variable of each thing that can be chosen, and those that a choice of it makes void.
local KINDS = {
  account = { variable = "MP_ACCOUNT", void = { "MP_PROJECT_ID", "MP_WORKSPACE_ID", "MP_TARGET" } },
  project = { variable = "MP_PROJECT_ID", void = { "MP_WORKSPACE_ID", "MP_TARGET" } },
  workspace = { variable = "MP_WORKSPACE_ID", void = { "MP_TARGET" } },
  target = { variable = "MP_TARGET", void = { "MP_ACCOUNT", "MP_PROJECT_ID", "MP_WORKSPACE_ID" } },
}

M.KINDS = { "account", "project", "workspace", "target" }

local VARIABLES = { "MP_ACCOUNT", "MP_PROJECT_ID", "MP_WORKSPACE_ID", "MP_TARGET" }

local function environment()
  local found = {}
  for _, name in ipairs(VARIABLES) do
    found[name] = vim.env[name]
  end
  return found
end

local function restore(values)
  for _, name in ipairs(VARIABLES) do
    vim.env[name] = values[name]
  end
end

-- As Neovim was started.
local initial = environment()

-- Says what is in force now, and tells those who have asked with the old choice.
local function settled()
  text.say(("%s"):format(state.line() ~= "" and state.line() or "no account"))
  require("mixpanel.lsp").restart()
end

-- Takes a choice for this Neovim, if the daemon can work with it; else all stays as it was.
local function here(kind, id)
  local before, row = environment(), KINDS[kind]
  local session = state.session or {}
  -- Whoever leaves a target keeps its account, unless that is what is chosen.
  if before.MP_TARGET and (kind == "project" or kind == "workspace") then
    vim.env.MP_ACCOUNT = session.account and session.account.name
    if kind == "workspace" then
      vim.env.MP_PROJECT_ID = session.project and session.project.id
    end
  end
  for _, name in ipairs(row.void) do
    vim.env[name] = nil
  end
  vim.env[row.variable] = id
  state.refresh(function(failed, found)
    local is_missing = found and found.account and not found.account.region
    if failed or is_missing then
      restore(before)
      state.refresh()
      return text.say(failed and failed.message or ("there is no account %s"):format(text.line(id)), vim.log.levels.ERROR)
    end
    settled()
  end)
end

-- Stores a choice for all tools. What this Neovim had chosen would hide it, and ends.
local function everywhere(kind, id)
  local value = kind == "workspace" and tonumber(id) or id
  daemon.call("PATCH", "/v1/session", { body = { [kind] = value } }, function(failed)
    if failed then
      return text.say(failed.message, vim.log.levels.ERROR)
    end
    restore(initial)
    state.refresh(settled)
  end)
end

-- Where the values of each kind come from: a path, the field of its answer, and what of an entry is its id and its name.
local LISTS = {
  account = { path = "/v1/accounts", field = "accounts", id = "name" },
  target = { path = "/v1/targets", field = "targets", id = "name" },
  project = { path = "/v1/projects", field = "projects", id = "id" },
  workspace = { path = "/v1/workspaces", field = "workspaces", id = "id" },
}

-- Calls back with what there is of a kind: entries with `id` and `name`.
function M.list(kind, how, done)
  local list = LISTS[kind]
  local path = list.path .. (how.is_cached and (kind == "project" or kind == "workspace") and "?cached=true" or "")
  return daemon.call("GET", path, { silence_ms = how.silence_ms or 150 * 1000, autostart = how.autostart }, function(failed, answer)
    if failed then
      return done(failed)
    end
    local entries = {}
    for _, entry in ipairs(answer[list.field] or {}) do
      entries[#entries + 1] = { id = tostring(entry[list.id]), name = tostring(entry.name) }
    end
    done(nil, entries)
  end)
end

-- Finds what somebody means by an id or a name.
local function find(entries, word)
  local named = {}
  for _, entry in ipairs(entries) do
    if entry.id == word then
      return entry
    end
    if entry.name:lower() == word:lower() then
      named[#named + 1] = entry
    end
  end
  return #named == 1 and named[1] or nil, #named
end

-- Chooses by a word; without one the user is asked.
function M.use(kind, word, is_for_all)
  local take = is_for_all and everywhere or here
  -- What is no number may be a name; names of accounts and targets are their ids.
  if word and (kind == "account" or kind == "target" or word:match("^%d+$")) then
    return take(kind, word)
  end
  M.list(kind, {}, function(failed, entries)
    if failed then
      return text.say(failed.message, vim.log.levels.ERROR)
    end
    if word then
      local found, count = find(entries, word)
      if not found then
        local why = count > 1 and "%d of the %ss are named %s; choose one by its id" or "none of the %d %ss is named %s"
        return text.say(why:format(count > 1 and count or #entries, kind, text.line(word)), vim.log.levels.ERROR)
      end
      return take(kind, found.id)
    end
    if #entries == 0 then
      return text.say(("there is no %s"):format(kind), vim.log.levels.WARN)
    end
    vim.ui.select(entries, {
      prompt = "Mixpanel " .. kind,
      format_item = function(entry)
        return entry.id == entry.name and entry.id or ("%s (%s)"):format(text.line(entry.name), entry.id)
      end,
    }, function(chosen)
      if chosen then
        take(kind, chosen.id)
      end
    end)
  end)
end

-- Ends what was chosen for this Neovim.
function M.reset()
  restore(initial)
  state.refresh(settled)
end

return M
