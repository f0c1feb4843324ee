-- The language server in Neovim: completion, hover and diagnostics as a user has them. With SERVER it is that program, else `mp lsp`.

local here = vim.fs.dirname(vim.fs.normalize(debug.getinfo(1, "S").source:sub(2)))
local test = dofile(here .. "/testing.lua")
local eq, ok, eventually = test.eq, test.ok, test.eventually

if vim.system({ "mp", "lsp", "--help" }, { stdin = false }):wait(30 * 1000).code ~= 0 then
  io.stdout:write("this mp has no language server: left out\n")
  vim.cmd("qa!")
end

local said = {}
vim.notify = function(text, level)
  said[#said + 1] = { text = text, level = level }
end
local opened = {}
vim.ui.open = function(url)
  opened[#opened + 1] = url
  return {}, nil
end

local home = vim.env.HOME .. "/app"
vim.fn.mkdir(home .. "/.git", "p")

local mixpanel = require("mixpanel")
local lsp = require("mixpanel.lsp")
vim.cmd("filetype plugin on")

-- Writes a file and edits it.
local function edit(name, lines)
  vim.fn.writefile(lines, home .. "/" .. name)
  vim.cmd.edit(home .. "/" .. name)
  return vim.api.nvim_get_current_buf()
end

-- Asks the server about a place in the buffer: the line from 1, and behind which text.
local function ask(method, buffer, row, behind)
  local line = vim.api.nvim_buf_get_lines(buffer, row - 1, row, true)[1]
  local _, column = line:find(behind, 1, true)
  assert(column, behind)
  local position = { line = row - 1, character = column }
  local given = { textDocument = { uri = vim.uri_from_bufnr(buffer) }, position = position }
  for _, answer in pairs(vim.lsp.buf_request_sync(buffer, method, given, 30 * 1000) or {}) do
    if answer.result then
      return answer.result
    end
  end
end

local function labels(completion)
  return vim.tbl_map(function(item)
    return item.label
  end, completion and (completion.items or completion) or {})
end

-- The names of events that the daemon knows; the server answers from what was asked once.
local names
require("mixpanel.events").names(false, function(failed, found)
  names = found or failed
end)
eventually("the events", function()
  return names ~= nil
end)
assert(type(names[1]) == "string", vim.inspect(names))

local javascript

test.case("a file starts the server, once for the project", function()
  mixpanel.setup()
  javascript = edit("app.js", { ('mixpanel.track("%s", {'):format(names[1]), "});", 'mixpanel.track("");', 'mixpanel.track("Sign Upp");' })
  eventually("a server", function()
    local clients = vim.lsp.get_clients({ bufnr = javascript, name = "mixpanel" })
    return clients[1] and clients[1].initialized
  end)
  edit("app.py", { ('mixpanel.track("user", "%s", {})'):format(names[1]) })
  eventually("it takes the next file", function()
    return #vim.lsp.get_clients({ bufnr = 0, name = "mixpanel" }) == 1
  end)
  eq(#lsp.clients(), 1)
  edit("other.toml", { "a = 1" })
  vim.wait(300, function()
    return false
  end, 100)
  eq(#vim.lsp.get_clients({ bufnr = 0 }), 0, "a TOML file of others")
  vim.cmd.buffer(javascript)
end)

test.case("names of events are offered", function()
  local found
  eventually("them", function()
    found = labels(ask("textDocument/completion", javascript, 3, 'track("'))
    return #found > 0
  end)
  ok(vim.list_contains(found, names[1]), vim.inspect(found))
end)

test.case("an event is told of", function()
  local hover = ask("textDocument/hover", javascript, 1, names[1]:sub(1, 2))
  ok(hover and vim.inspect(hover.contents):find(names[1], 1, true), vim.inspect(hover))
  -- As a user sees it.
  vim.api.nvim_win_set_cursor(0, { 1, 18 })
  vim.lsp.buf.hover()
  eventually("a window", function()
    return vim.iter(vim.api.nvim_list_wins()):any(function(window)
      return vim.api.nvim_win_get_config(window).relative ~= ""
    end)
  end)
end)

test.case("an event that there is not is found, and gone when it is mended", function()
  local function on_line_4()
    return vim.tbl_filter(function(one)
      return one.lnum == 3
    end, vim.diagnostic.get(javascript))
  end
  eventually("it", function()
    return #on_line_4() > 0
  end)
  ok(on_line_4()[1].message:find("Sign Upp", 1, true), vim.inspect(on_line_4()))
  vim.api.nvim_buf_set_lines(javascript, 3, 4, true, { ('mixpanel.track("%s");'):format(names[1]) })
  eventually("it has gone", function()
    return #on_line_4() == 0
  end)
end)

test.case("what is chosen for this Neovim is what the server asks about", function()
  local before = lsp.clients()[1].id
  vim.cmd("Mixpanel use project 3187655")
  eventually("another server", function()
    local clients = vim.lsp.get_clients({ bufnr = javascript, name = "mixpanel" })
    return #clients == 1 and clients[1].id ~= before and clients[1].initialized
  end)
  -- What is told of an event leads to the project that is asked about.
  local hover
  eventually("its project, but " .. tostring(hover), function()
    hover = vim.inspect(ask("textDocument/hover", javascript, 1, names[1]:sub(1, 2)))
    return hover:find("/project/3187655", 1, true)
  end)
  before = lsp.clients()[1].id
  vim.cmd("Mixpanel use reset")
  eventually("a third one", function()
    local clients = vim.lsp.get_clients({ bufnr = javascript, name = "mixpanel" })
    return #clients == 1 and clients[1].id ~= before and clients[1].initialized
  end)
end)

test.case("the report is shown", function()
  vim.cmd("Mixpanel report")
  eventually("it, but " .. vim.inspect(said), function()
    return vim.api.nvim_buf_get_name(0) == "mixpanel://report"
  end)
  local lines = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
  ok(lines:find("known   " .. names[1], 1, true), lines)
  ok(lines:find("unknown Sign Upp", 1, true), lines)
  vim.fn.search("Sign Upp")
  vim.api.nvim_feedkeys(vim.keycode("<CR>"), "x", false)
  eq({ vim.fs.basename(vim.api.nvim_buf_get_name(0)), vim.api.nvim_win_get_cursor(0)[1] }, { "app.js", 4 })
  ok(#vim.fn.getqflist() > 0)
end)

test.case("the health check sees it", function()
  vim.cmd("checkhealth mixpanel")
  local report = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
  ok(report:find("language server runs", 1, true), report)
end)

test.finish()
