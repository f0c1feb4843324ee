-- The events of the project: a list, and the way from it to Mixpanel.

local daemon = require("mixpanel.daemon")
local scratch = require("mixpanel.scratch")
local state = require("mixpanel.state")
local text = require("mixpanel.text")

local M = {}

local HOSTS = { us = "mixpanel.com", eu = "eu.mixpanel.com", ["in"] = "in.mixpanel.com" }

-- Returns the address of an event in the lexicon of Mixpanel; nil where the project is not known.
function M.url(name)
  local fields = state.fields()
  local host = HOSTS[fields.region or ""]
  if not host or not fields.project_id then
    return nil
  end
  local view = fields.workspace_id and "/view/" .. fields.workspace_id or ""
  return ("https://%s/project/%s%s/app/lexicon#events?search=%s"):format(host, fields.project_id, view, daemon.segment(name))
end

-- Opens an event in Mixpanel.
function M.open(name)
  local url = M.url(name)
  if not url then
    return text.say("no project is chosen: :Mixpanel use project", vim.log.levels.WARN)
  end
  local is_called, _, why = pcall(vim.ui.open, url)
  if not is_called or why then
    text.say("open this in a browser: " .. url)
  end
end

-- Calls back with the names of the project's events.
function M.names(is_fresh, done)
  local body = { arguments = vim.empty_dict(), refresh = is_fresh or nil }
  daemon.call("POST", "/v1/operations/inspect.events", { body = body, silence_ms = daemon.SLOW_MS }, function(failed, answer)
    if failed then
      return done(failed)
    end
    local names = {}
    for _, entry in ipairs(answer) do
      names[#names + 1] = type(entry) == "table" and entry.name or entry
    end
    done(nil, names)
  end)
end

local function fitting(names, filter)
  if filter == "" then
    return names
  end
  return vim.tbl_filter(function(name)
    return name:lower():find(filter:lower(), 1, true) ~= nil
  end, names)
end

-- Shows them: in a buffer, or as a choice.
function M.show(filter, is_choice, is_fresh)
  M.names(is_fresh, function(failed, names)
    if failed then
      return text.say(failed.message, vim.log.levels.ERROR)
    end
    names = fitting(names, filter)
    if #names == 0 then
      return text.say(filter == "" and "the project has no events" or "no event is named like " .. text.line(filter))
    end
    if is_choice then
      return vim.ui.select(names, { prompt = "Mixpanel event", format_item = text.line }, function(name)
        if name then
          M.open(name)
        end
      end)
    end
    -- Line by line; a name that holds what cannot be shown is opened by what it is.
    local function chosen()
      return names[vim.api.nvim_win_get_cursor(0)[1]]
    end
    scratch.show("events", vim.tbl_map(text.line, names), {
      ["<CR>"] = {
        about = "Open this event in Mixpanel",
        run = function()
          M.open(chosen())
        end,
      },
      ["Y"] = {
        about = "Copy this event's name",
        run = function()
          vim.fn.setreg('"', chosen())
        end,
      },
      ["R"] = {
        about = "Ask Mixpanel anew",
        run = function()
          M.show(filter, false, true)
        end,
      },
    })
  end)
end

return M
