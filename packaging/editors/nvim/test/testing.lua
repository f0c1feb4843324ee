-- The least that a test needs: cases, comparisons, and an exit code that tells.

local M = {}
local failures, count = {}, 0

local function fail(text)
  error(text, 3)
end

function M.ok(condition, text)
  if not condition then
    fail(text and tostring(text) or "expected something true")
  end
end

function M.eq(found, expected, about)
  if not vim.deep_equal(found, expected) then
    fail(("%sfound %s, expected %s"):format(about and tostring(about) .. ": " or "", vim.inspect(found), vim.inspect(expected)))
  end
end

-- Waits until something is so. Neovim works on while it waits.
function M.eventually(what, condition)
  if not vim.wait(30 * 1000, condition, 50) then
    fail("it never came: " .. what)
  end
end

function M.case(name, run)
  count = count + 1
  local is_good, why = xpcall(run, debug.traceback)
  io.stdout:write(("%s  %s\n"):format(is_good and "ok  " or "FAIL", name))
  if not is_good then
    failures[#failures + 1] = name
    io.stdout:write(tostring(why):gsub("\n", "\n      ") .. "\n")
  end
end

function M.finish()
  io.stdout:write(("%d cases, %d failed\n"):format(count, #failures))
  io.stdout:flush()
  vim.cmd(#failures == 0 and count > 0 and "qa!" or "cq!")
end

return M
