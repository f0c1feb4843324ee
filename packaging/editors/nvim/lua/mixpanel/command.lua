-- `:Mixpanel`: one row for each word, which is what it does and what may follow.

local choice = require("mixpanel.choice")
local events = require("mixpanel.events")
local login = require("mixpanel.login")
local place = require("mixpanel.place")
local scratch = require("mixpanel.scratch")
local state = require("mixpanel.state")
local text = require("mixpanel.text")
local words = require("mixpanel.words")

local M = {}

-- How long somebody who has pressed Tab waits.
local PATIENCE_MS = 500

-- Runs `mp` and shows in a buffer what it prints; what it says beside that goes below.
local function show_mp(name, arguments)
  local mp, why = place.mp()
  if not mp then
    return text.say(why, vim.log.levels.ERROR)
  end
  local env = { NO_COLOR = "1", COLUMNS = "1000" }
  -- A line in the command line says that something goes on; a message would have to be answered.
  vim.api.nvim_echo({ { ("mp %s …"):format(name) } }, false, {})
  vim.system(vim.list_extend({ mp }, arguments), { text = true, env = env, stdin = false }, vim.schedule_wrap(function(ended)
    local shown, said = vim.trim(ended.stdout or ""), vim.trim(ended.stderr or "")
    if shown == "" and ended.code ~= 0 then
      return text.say(said ~= "" and said or ("mp ended with %d"):format(ended.code), vim.log.levels.ERROR)
    end
    local lines = vim.split(shown, "\n")
    if said ~= "" then
      vim.list_extend(lines, { "" })
      vim.list_extend(lines, vim.split(said, "\n"))
    end
    vim.api.nvim_echo({ { "" } }, false, {})
    scratch.show(name, vim.tbl_map(text.line, lines), {})
  end))
end

-- Returns what `mp` itself would offer behind some words.
local function offered(before, lead)
  local mp = place.mp()
  if not mp then
    return {}
  end
  local command = vim.list_extend({ mp, "__complete" }, before)
  command[#command + 1] = lead
  local ended = vim.system(command, { text = true, stdin = false }):wait(PATIENCE_MS)
  local found = {}
  for line in (ended.stdout or ""):gmatch("[^\n]+") do
    found[#found + 1] = line:match("^[^\t]*")
  end
  return found
end

local function by(source)
  return source and ("  from %s"):format(text.line(source.at)) or ""
end

local function show_session()
  state.refresh(function(failed, session)
    if failed then
      return text.say(failed.message, vim.log.levels.ERROR)
    end
    local lines = {}
    local function add(label, part, shown)
      lines[#lines + 1] = ("%-10s %s%s"):format(label, part and text.line(shown) or "none", part and by(part.source) or "")
    end
    local account, project, workspace = session.account, session.project, session.workspace
    add("Account", account, account and ("%s (%s)"):format(account.name, account.region or "not configured"))
    add("Project", project, project and ("%s (%s)"):format(project.name or "name unknown", project.id))
    add("Workspace", workspace, workspace and ("%s (%s)"):format(workspace.name or "name unknown", workspace.id))
    if account and state.lost[account.name] then
      lines[#lines + 1] = ("%-10s required: :Mixpanel login %s"):format("Login", text.line(account.name))
    end
    for _, note in ipairs(session.notes or {}) do
      lines[#lines + 1] = ("%-10s %s"):format("Note", text.line(note))
    end
    for _, step in ipairs(session.next or {}) do
      lines[#lines + 1] = ("%-10s `%s` to %s"):format("Next", text.line(step.command), text.line(step.label))
    end
    vim.api.nvim_echo({ { table.concat(lines, "\n") } }, true, {})
  end)
end

local function logout(account, is_sure)
  account = account or (state.fields().account)
  if not account then
    return text.say("no account is in use; name one", vim.log.levels.ERROR)
  end
  if not is_sure and vim.fn.confirm(("Remove the stored login of %s, for all tools?"):format(text.line(account)), "&Yes\n&No", 2) ~= 1 then
    return
  end
  local daemon = require("mixpanel.daemon")
  daemon.call("POST", ("/v1/accounts/%s/logout"):format(daemon.segment(account)), { body = vim.empty_dict() }, function(failed, answer)
    if failed then
      return text.say(failed.message, vim.log.levels.ERROR)
    end
    text.say(answer.removed and ("%s is logged out"):format(text.line(account)) or ("%s had no stored login"):format(text.line(account)))
    state.refresh()
  end)
end

local function accounts()
  return state.accounts
end

-- What may follow `:Mixpanel`: `run(words, is_banged, rest)` and `complete(words before, lead)`.
local ROWS = {
  session = {
    about = "show account, project and workspace, and who decided",
    run = show_session,
  },
  use = {
    about = "choose for this Neovim, with ! for all tools",
    run = function(given, is_banged, rest)
      local kind = given[1]
      if kind == "reset" then
        return choice.reset()
      end
      if not vim.list_contains(choice.KINDS, kind) then
        return text.say("use account, project, workspace, target NAME, or reset", vim.log.levels.ERROR)
      end
      -- A name may have spaces.
      local name = vim.trim((rest:gsub("^%s*%S+", "", 1)))
      choice.use(kind, name ~= "" and (#given == 2 and given[2] or name) or nil, is_banged)
    end,
    complete = function(before, lead)
      if #before == 0 then
        return vim.list_extend({ "reset" }, choice.KINDS)
      end
      if #before > 1 then
        return {}
      end
      if before[1] == "account" and state.is_connected then
        return state.accounts
      end
      return vim.list_contains(choice.KINDS, before[1]) and offered({ before[1], "use" }, lead) or {}
    end,
  },
  login = {
    about = "log in, in the browser; the name of an account logs that in again",
    run = function(given)
      login.start(given[1])
    end,
    complete = accounts,
  },
  cancel = {
    about = "end the login that goes on",
    run = function()
      login.cancel()
    end,
  },
  callback = {
    about = "finish a login whose browser cannot reach this machine",
    run = function()
      login.callback()
    end,
  },
  logout = {
    about = "remove the stored login of an account; with ! without a question",
    run = function(given, is_banged)
      logout(given[1], is_banged)
    end,
    complete = accounts,
  },
  events = {
    about = "list the events of the project, or those named like a text; with ! as a choice",
    run = function(_, is_banged, rest)
      events.show(vim.trim(rest), is_banged, false)
    end,
  },
  ask = {
    about = "ask a live question as `mp ask` does, and show the table",
    run = function(given)
      if #given == 0 then
        return text.say("ask insights, funnel, retention, flow or users, as `mp ask` does", vim.log.levels.ERROR)
      end
      local has_format = vim.iter(given):any(function(word)
        return word:match("^%-f") or word:match("^%-%-format")
      end)
      local arguments = vim.list_extend({ "ask" }, given)
      show_mp("ask", has_format and arguments or vim.list_extend(arguments, { "-f", "table" }))
    end,
    complete = function(before, lead)
      return offered(vim.list_extend({ "ask" }, before), lead)
    end,
  },
  doctor = {
    about = "look for what is wrong with daemon, files, socket and network",
    run = function(given)
      show_mp("doctor", vim.list_extend({ "daemon", "doctor" }, given))
    end,
    complete = function()
      return { "--online" }
    end,
  },
  report = {
    about = "all events in the code, and whether the project knows them",
    run = function()
      require("mixpanel.lsp").report()
    end,
  },
}

M.NAMES = vim.tbl_keys(ROWS)
table.sort(M.NAMES)

-- Runs `:Mixpanel …`; without a word it shows the session.
function M.run(given)
  local all, why = words.split(given.args)
  if not all then
    return text.say(why, vim.log.levels.ERROR)
  end
  local name = table.remove(all, 1) or "session"
  local row = ROWS[name]
  if not row then
    return text.say(("there is no :Mixpanel %s; there are %s"):format(text.line(name), table.concat(M.NAMES, ", ")), vim.log.levels.ERROR)
  end
  row.run(all, given.bang, (given.args:gsub("^%s*%S+", "", 1)))
end

-- Returns what may stand where the cursor is; `line` ends there.
function M.complete(lead, line)
  local typed = line:match("M[ixpanel]*!?%s+(.*)$") or ""
  local before, fragment, quote = words.typed(typed)
  local candidates
  if #before == 0 then
    candidates = M.NAMES
  else
    local row = ROWS[table.remove(before, 1)]
    candidates = row and row.complete and row.complete(before, fragment) or {}
  end
  return words.offer(candidates, fragment, lead, quote)
end

return M
