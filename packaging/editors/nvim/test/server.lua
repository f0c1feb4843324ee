local here = vim.fs.dirname(vim.fs.normalize(debug.getinfo(1, "S").source:sub(2)))
local test = dofile(here .. "/testing.lua")
test.case("to come", function() end)
test.finish()
