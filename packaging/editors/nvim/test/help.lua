-- The help file: its tags are good, and it tells of all that there is.

local here = vim.fs.dirname(vim.fs.normalize(debug.getinfo(1, "S").source:sub(2)))
local test = dofile(here .. "/testing.lua")
local eq, ok = test.eq, test.ok

test.case("its tags can be made, and lead somewhere", function()
  local doc = vim.api.nvim_get_runtime_file("doc/mixpanel.txt", false)[1]
  vim.cmd("helptags " .. vim.fn.fnameescape(vim.fs.dirname(doc)))
  for _, tag in ipairs({ "mixpanel", "mixpanel-statusline", ":Mixpanel", "mixpanel-options", "mixpanel.setup()", "mixpanel-lsp" }) do
    vim.cmd.help(tag)
    eq(vim.fs.basename(vim.api.nvim_buf_get_name(0)), "mixpanel.txt", tag)
    ok(vim.api.nvim_get_current_line():find("*" .. tag .. "*", 1, true), tag)
  end
  -- What it points to is there.
  for _, line in ipairs(vim.fn.readfile(doc)) do
    ok(vim.fn.strdisplaywidth(line) <= 78, "too wide: " .. line)
    for tag in line:gmatch("|([^|%s]+)|") do
      ok(#vim.fn.getcompletion(tag, "help") > 0, "there is no help on " .. tag)
    end
  end
end)

test.case("it tells of every command and option", function()
  local doc = table.concat(vim.fn.readfile(vim.api.nvim_get_runtime_file("doc/mixpanel.txt", false)[1]), "\n")
  for _, name in ipairs(require("mixpanel.command").NAMES) do
    ok(doc:find("*:Mixpanel-" .. name .. "*", 1, true), name)
  end
  for _, name in ipairs({ "mp", "socket", "autostart", "separator", "mark", "width", "enable", "filetypes", "settings" }) do
    ok(doc:find("%f[%w]" .. name .. "%f[%W]"), name)
  end
end)

test.finish()
