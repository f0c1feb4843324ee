-- Words of a command line, quoted as in a shell: names of events have spaces.

local M = {}

-- Reads words. Returns them, the last one as far as it was typed, and the quote that it stands in.
local function read(line)
  local words, word, quote, at = {}, nil, nil, 1
  while at <= #line do
    local c = line:sub(at, at)
    if quote == "'" and c ~= "'" or quote == '"' and c ~= '"' and c ~= "\\" then
      word = word .. c
    elseif c == "\\" then
      at = at + 1
      word = (word or "") .. line:sub(at, at)
    elseif quote then
      quote = nil
    elseif c == "'" or c == '"' then
      quote, word = c, word or ""
    elseif c:match("%s") then
      if word then
        words[#words + 1] = word
      end
      word = nil
    else
      word = (word or "") .. c
    end
    at = at + 1
  end
  return words, word, quote
end

-- Returns the words of a whole line; nil and why where a quote is missing.
function M.split(line)
  local words, last, quote = read(line)
  if quote then
    return nil, ("a %s is missing at the end"):format(quote)
  end
  if last then
    words[#words + 1] = last
  end
  return words
end

-- Returns the whole words of a line that is typed, what there is of the next one, and the quote that this stands in.
function M.typed(line)
  local words, last, quote = read(line)
  return words, last or "", quote
end

-- Returns what fits to a fragment, as it takes the place of `lead`: the part of the line behind the last space, which may be in a quote.
function M.offer(candidates, fragment, lead, quote)
  local found = {}
  for _, candidate in ipairs(candidates) do
    if vim.startswith(candidate:lower(), fragment:lower()) then
      local needs = candidate:find("[%s'\"\\]") ~= nil
      if not needs and not quote then
        found[#found + 1] = candidate
      else
        local mark = quote or '"'
        local inside = mark == '"' and candidate:gsub('["\\]', "\\%0") or candidate
        local whole = mark .. inside .. mark
        -- Within a quote what stands before the last space stays.
        local kept = lead:sub(1, 1) == mark and 0 or (quote and #fragment - #lead + 1 or 0)
        found[#found + 1] = whole:sub(kept + 1)
      end
    end
  end
  return found
end

return M
