-- The session in Neovim, against the real daemon: what the statusline shows, and what `:Mixpanel` does. The home is logged in as `ada`.

local here = vim.fs.dirname(vim.fs.normalize(debug.getinfo(1, "S").source:sub(2)))
local test = dofile(here .. "/testing.lua")
local eq, ok, eventually = test.eq, test.ok, test.eventually

local mixpanel = require("mixpanel")
local state = require("mixpanel.state")

-- What was said, and what was opened.
local said, opened = {}, {}
vim.notify = function(text, level)
  said[#said + 1] = { text = text, level = level }
end
vim.ui.open = function(url)
  opened[#opened + 1] = url
  return {}, nil
end

local function all_said()
  return table.concat(vim.tbl_map(function(one)
    return one.text
  end, said), "\n")
end

-- Runs `mp` as another tool of the machine does.
local function mp(...)
  local ended = vim.system({ "mp", ... }, { text = true, env = { MP_ACCOUNT = "", MP_PROJECT_ID = "" } }):wait(60 * 1000)
  assert(ended.code == 0, table.concat({ ... }, " ") .. ": " .. (ended.stderr or ""))
  return ended.stdout
end

local function line(expected)
  eventually(expected .. ", but is " .. mixpanel.statusline(), function()
    return mixpanel.statusline() == expected
  end)
end

local function complete(typed)
  return vim.fn.getcompletion(typed, "cmdline")
end

local first, account, project

test.case("the statusline shows the session, and asks nothing for it", function()
  eq(mixpanel.statusline(), "", "before anything is known")
  mixpanel.setup({ lsp = { enable = false } })
  eventually("the session", function()
    return mixpanel.statusline() ~= ""
  end)
  local session = vim.json.decode(mp("session", "-f", "json"))
  account, project = session.account.name, session.project.name
  first = account .. " · " .. project
  line(first)
  local fields = mixpanel.fields()
  eq({ fields.account, fields.project, fields.project_id, fields.state }, { account, project, session.project.id, "ok" })
  local calls = vim.json.decode(mp("daemon", "status", "-f", "json")).calls
  for _ = 1, 1000 do
    mixpanel.statusline()
  end
  local more = vim.json.decode(mp("daemon", "status", "-f", "json")).calls
  ok(more - calls <= 2, ("%d calls for 1000 redraws"):format(more - calls))
end)

test.case("the statusline follows what others do", function()
  local changes = 0
  vim.api.nvim_create_autocmd("User", {
    pattern = "MixpanelChanged",
    callback = function()
      changes = changes + 1
    end,
  })
  mp("account", "add", "other", "--type", "oauth_browser", "--region", "eu", "--project", "7")
  mp("account", "use", "other")
  line("other · 7 !")
  mp("account", "use", account)
  line(first)
  ok(changes >= 2, "nobody was told")
end)

test.case("what is chosen for this Neovim is for it alone", function()
  vim.cmd("Mixpanel use account other")
  line("other · 7 !")
  eq(vim.json.decode(mp("session", "-f", "json")).account.name, account, "for the others")
  eq(vim.env.MP_ACCOUNT, "other", "what is started here asks as it, too")
  vim.cmd("Mixpanel use project 99")
  line("other · 99 !")
  vim.cmd("Mixpanel use account nobody")
  eventually("a refusal", function()
    return all_said():find("nobody", 1, true)
  end)
  line("other · 99 !")
  vim.cmd("Mixpanel use reset")
  line(first)
  eq(vim.env.MP_ACCOUNT, nil)
end)

test.case("with a bang it is for all", function()
  vim.cmd("Mixpanel! use account other")
  line("other · 7 !")
  eventually("others see it", function()
    return vim.json.decode(mp("session", "-f", "json")).account.name == "other"
  end)
  vim.cmd("Mixpanel! use account " .. account)
  line(first)
  -- A project by its name.
  vim.cmd("Mixpanel use project " .. project:lower())
  eventually("it is found", function()
    return vim.env.MP_PROJECT_ID == mixpanel.fields().project_id
  end)
  vim.cmd("Mixpanel use project no such project")
  eventually("it is not found", function()
    return all_said():find("is named no such project", 1, true)
  end)
  vim.cmd("Mixpanel use reset")
  line(first)
end)

test.case("without a name the user chooses", function()
  local shown
  vim.ui.select = function(entries, how, chosen)
    shown = vim.tbl_map(how.format_item, entries)
    chosen(entries[1])
  end
  vim.cmd("Mixpanel use account")
  eventually("a choice", function()
    return shown ~= nil
  end)
  ok(vim.list_contains(shown, account) and vim.list_contains(shown, "other"), vim.inspect(shown))
  vim.cmd("Mixpanel use reset")
  line(first)
end)

test.case("a target is chosen as one thing", function()
  mp("target", "add", "shop", "-a", account, "-p", "3187655")
  vim.cmd("Mixpanel use target shop")
  eventually("its project", function()
    return mixpanel.fields().project_id == "3187655"
  end)
  eq(mixpanel.fields().target, "shop")
  -- Leaving it keeps the account.
  vim.cmd("Mixpanel use project 3187654")
  line(first)
  eq({ vim.env.MP_TARGET, vim.env.MP_ACCOUNT }, { nil, account })
  vim.cmd("Mixpanel use reset")
  line(first)
end)

test.case("what may follow is offered", function()
  local all = complete("Mixpanel ")
  for _, name in ipairs({ "ask", "cancel", "doctor", "events", "login", "logout", "report", "session", "use" }) do
    ok(vim.list_contains(all, name), name)
  end
  eq(complete("Mixpanel us"), { "use" })
  eq(complete("Mixpanel! use acc"), { "account" })
  eq(complete("Mixpanel use account o"), { "other" })
  eq(complete("Mixpanel use target s"), { "shop" })
  ok(vim.list_contains(complete("Mixpanel use project 31"), "3187654"))
  eq(complete("Mixpanel use account other x"), {})
  ok(vim.list_contains(complete("Mixpanel ask "), "insights"))
  ok(vim.list_contains(complete("Mixpanel ask insights --un"), "--unit"))
  eq(complete("Mixpanel nonsense "), {})
end)

test.case("the events of the project are listed and opened", function()
  vim.cmd("Mixpanel events")
  eventually("the list", function()
    return vim.api.nvim_buf_get_name(0) == "mixpanel://events"
  end)
  local names = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  ok(#names > 1, vim.inspect(names))
  ok(not vim.bo.modifiable)
  vim.api.nvim_win_set_cursor(0, { 2, 0 })
  vim.api.nvim_feedkeys(vim.keycode("<CR>"), "x", false)
  local url = opened[#opened]
  ok(url and url:find("/project/3187654/", 1, true), tostring(url))
  ok(url:find(require("mixpanel.daemon").segment(names[2]), 1, true), url)
  -- One name of them, as a choice.
  vim.ui.select = function(entries, _, chosen)
    eq(entries, { names[1] })
    chosen(entries[1])
  end
  local before = #opened
  vim.cmd("Mixpanel! events " .. names[1]:upper())
  eventually("it is opened", function()
    return #opened == before + 1
  end)
  vim.cmd("close")
  -- Its names are what a question is completed with.
  local offered = complete("Mixpanel ask insights -e ")
  ok(#offered > 0, "names of events are offered: " .. vim.inspect(offered))
end)

test.case("a question is answered by a table, and a mistake by a message", function()
  vim.cmd([[Mixpanel ask insights -e "Sign Up" --last 7d]])
  eventually("a table, but " .. all_said(), function()
    return vim.api.nvim_buf_get_name(0) == "mixpanel://ask"
  end)
  ok(vim.api.nvim_buf_line_count(0) > 1, table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n"))
  vim.cmd("close")
  said = {}
  vim.cmd([[Mixpanel ask insights -e "Sign Up" --where "plan ="]])
  eventually("a message", function()
    return #said > 0
  end)
  eq(said[1].level, vim.log.levels.ERROR)
  said = {}
  vim.cmd([[Mixpanel ask insights -e "Sign]])
  ok(all_said():find("a \" is missing", 1, true), all_said())
end)

test.case("the doctor is asked", function()
  vim.cmd("Mixpanel doctor")
  eventually("what it found", function()
    return vim.api.nvim_buf_get_name(0) == "mixpanel://doctor"
  end)
  ok(vim.api.nvim_buf_line_count(0) > 3)
  vim.cmd("close")
end)

test.case("words that there are not are refused", function()
  said = {}
  vim.cmd("Mixpanel frobnicate")
  ok(all_said():find("there is no :Mixpanel frobnicate", 1, true), all_said())
  vim.cmd("Mixpanel use frobnicate")
  ok(all_said():find("use account, project", 1, true), all_said())
end)

test.case("the session is told with who decided", function()
  vim.cmd("Mixpanel use account " .. account)
  line(first)
  local shown
  local echo = vim.api.nvim_echo
  vim.api.nvim_echo = function(chunks)
    shown = chunks[1][1]
  end
  vim.cmd("Mixpanel")
  eventually("it is shown", function()
    return shown ~= nil
  end)
  vim.api.nvim_echo = echo
  ok(shown:find("from MP_ACCOUNT", 1, true) and shown:find(project, 1, true), shown)
  vim.cmd("Mixpanel use reset")
  line(first)
end)

test.case("a daemon that is killed is followed by the next one", function()
  said = {}
  local status = vim.json.decode(mp("daemon", "status", "-f", "json"))
  vim.uv.kill(status.daemon.pid, 9)
  eventually("it is seen", function()
    return not state.is_connected
  end)
  eq(mixpanel.statusline(), first, "what was known last")
  eq(mixpanel.fields().state, "off")
  -- Whoever comes starts the next one.
  mp("account", "use", "other")
  line("other · 7 !")
  ok(state.is_connected)
  mp("account", "use", account)
  line(first)
  local disturbed = vim.tbl_filter(function(one)
    return (one.level or 0) > vim.log.levels.INFO
  end, said)
  eq(disturbed, {}, "nobody was disturbed")
end)

test.case("a daemon that hangs keeps nobody waiting", function()
  local pid = vim.json.decode(mp("daemon", "status", "-f", "json")).daemon.pid
  vim.uv.kill(pid, "sigstop")
  local begun = vim.uv.hrtime()
  for _ = 1, 1000 do
    mixpanel.statusline()
  end
  vim.cmd("Mixpanel session")
  complete("Mixpanel use project ")
  local took = (vim.uv.hrtime() - begun) / 1e9
  vim.uv.kill(pid, "sigcont")
  ok(took < 5, ("%.1f s"):format(took))
  mp("account", "use", "other")
  line("other · 7 !")
  mp("account", "use", account)
  line(first)
end)

test.case("a daemon that was away for long is seen when it is back", function()
  mp("daemon", "stop")
  eventually("it is seen", function()
    return not state.is_connected
  end)
  -- Longer than all pauses.
  state.disconnect()
  state.connect()
  vim.wait(1500, function()
    return false
  end, 100)
  ok(not state.is_connected, "nobody has started it from here")
  ok(vim.uv.fs_stat(require("mixpanel.place").socket(vim.fn.environ())) == nil)
  mp("daemon", "start")
  eventually("it is back", function()
    return state.is_connected
  end)
  line(first)
end)

test.case("a command starts the daemon", function()
  mp("daemon", "stop")
  eventually("it is seen", function()
    return not state.is_connected
  end)
  vim.cmd("Mixpanel! use account " .. account)
  eventually("it runs", function()
    return state.is_connected
  end)
  line(first)
end)

test.case("a login is shown, and ends", function()
  said, opened = {}, {}
  vim.cmd("Mixpanel login " .. account)
  eventually("a browser", function()
    return #opened == 1
  end)
  ok(mixpanel.statusline():find("login…", 1, true), mixpanel.statusline())
  -- Another one has to wait.
  vim.cmd("Mixpanel login")
  ok(all_said():find("a login is open already", 1, true), all_said())
  -- The browser: the sandbox allows it at once and sends it on to the daemon.
  local browser = vim.system({ "curl", "-fsSL", opened[1] }, { text = true }):wait(60 * 1000)
  eq(browser.code, 0, browser.stderr)
  eventually("it is done, but " .. all_said(), function()
    return all_said():find("logged in as", 1, true)
  end)
  line(first)
  ok(not all_said():find("token", 1, true), all_said())
end)

test.case("a login can be cancelled", function()
  said, opened = {}, {}
  vim.cmd("Mixpanel login " .. account)
  eventually("a browser", function()
    return #opened == 1
  end)
  vim.cmd("Mixpanel cancel")
  eventually("it has ended", function()
    return all_said():find("the login was cancelled", 1, true)
  end)
  eq(vim.json.decode(mp("login", "--list", "-f", "json")), {})
  vim.cmd("Mixpanel cancel")
  ok(all_said():find("no login is open here", 1, true))
end)

test.case("a browser that cannot be opened is no end", function()
  said = {}
  local open = vim.ui.open
  vim.ui.open = function()
    return nil, "no handler found"
  end
  vim.cmd("Mixpanel login " .. account)
  eventually("the address", function()
    return all_said():find("open this in a browser", 1, true) and all_said():find("http", 1, true)
  end)
  vim.cmd("Mixpanel cancel")
  eventually("it has ended", function()
    return all_said():find("the login was cancelled", 1, true)
  end)
  vim.ui.open = open
end)

test.case("a config with a mistake is marked, and mended", function()
  local path = vim.env.HOME .. "/.mp/config.toml"
  local good = table.concat(vim.fn.readfile(path), "\n") .. "\n"
  vim.fn.writefile(vim.split(good .. "[broken\n", "\n"), path)
  eventually("a mark, but " .. mixpanel.statusline(), function()
    return mixpanel.statusline():find("!", 1, true)
  end)
  vim.fn.writefile(vim.split(good, "\n"), path)
  line(first)
end)

test.case("a logout is seen", function()
  vim.cmd("Mixpanel! logout " .. account)
  line(first .. " !")
end)

test.case("its health is told", function()
  vim.cmd("checkhealth mixpanel")
  local report = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
  for _, part in ipairs({ "Neovim ", "mp version", "the daemon answers at", "has to log in again", "follows the daemon's events" }) do
    ok(report:find(part, 1, true), part .. " is missing in\n" .. report)
  end
end)

test.case("an end leaves nothing behind", function()
  mp("daemon", "status")
  state.disconnect()
  eventually("no stream is open", function()
    return vim.json.decode(mp("daemon", "status", "-f", "json")).event_streams == 0
  end)
end)

test.finish()
