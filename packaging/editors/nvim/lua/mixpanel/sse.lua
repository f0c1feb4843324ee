-- Server-Sent Events, from bytes that are cut anywhere.

local M = {}

-- Longest event that is kept while its end is still to come.
local LONGEST = 256 * 1024

-- Returns a function that takes bytes and calls back with each event: its id, its name and its data.
function M.reader(happened)
  local rest, id, fields = "", nil, {}
  return function(bytes)
    rest = rest .. bytes
    local from = 1
    while true do
      local stop, behind = rest:find("\r?\n", from)
      if not stop then
        break
      end
      local line = rest:sub(from, stop - 1)
      from = behind + 1
      if line == "" then
        if fields.data then
          happened(id, fields.event or "message", fields.data)
        end
        fields = {}
      else
        local name, value = line:match("^([^:]*):? ?(.*)$")
        if name == "data" and fields.data then
          fields.data = fields.data .. "\n" .. value
        elseif name == "id" then
          id = value
        elseif name ~= "" then
          fields[name] = value
        end
      end
    end
    rest = rest:sub(from)
    if #rest > LONGEST then
      rest, fields = "", {}
    end
  end
end

return M
