-- Texts of strangers as people may see them. Names of projects and events are written by others; a statusline and a terminal obey some
-- characters.

local M = {}

-- What is no character that a reader sees: control characters, those that turn the direction of what stands around them, and those that take
-- no place. The second half of each is the bytes of UTF-8.
local UNSEEN = {
  "[%z\1-\31\127]",
  "\194[\128-\159]", -- C1
  "\194\173", -- soft hyphen
  "\216\156", -- U+061C
  "\226\128[\139\140\142\143\168-\174]", -- U+200B…U+202E without the joiner of pictures
  "\226\129[\160-\175]", -- U+2060…U+206F
  "\239\187\191", -- U+FEFF
  "\243\160[\128-\191][\128-\191]", -- tags
}

-- Returns a text on one line, without what nobody sees.
function M.line(text)
  text = tostring(text)
  for _, pattern in ipairs(UNSEEN) do
    text = text:gsub(pattern, "\239\191\189")
  end
  return text
end

-- Returns a text of no more than so many columns.
function M.cut(text, width)
  if vim.fn.strdisplaywidth(text) <= width and vim.fn.strchars(text, 1) == vim.fn.strchars(text) then
    return text
  end
  local kept = vim.fn.strcharpart(text, 0, width)
  local is_cut = kept ~= text
  while vim.fn.strdisplaywidth(kept) > width - (is_cut and 1 or 0) and kept ~= "" do
    kept = vim.fn.strcharpart(kept, 0, vim.fn.strchars(kept) - 1)
    is_cut = true
  end
  return is_cut and kept .. "…" or kept
end

-- Returns a text as it may stand in a statusline. `%{…}` in it would be run, and who shows it may have it evaluated once or twice, so no
-- escape is right: a character that looks like it takes its place.
function M.statusline(text, width)
  return (M.cut(M.line(text), width):gsub("%%", "％"))
end

-- Escapes what is not ASCII in JSON: a header holds nothing else. What is no UTF-8 becomes U+FFFD.
function M.ascii_json(json)
  local function escaped(code)
    if code >= 0x10000 then
      code = code - 0x10000
      return ("\\u%04x\\u%04x"):format(0xd800 + math.floor(code / 0x400), 0xdc00 + code % 0x400)
    end
    return ("\\u%04x"):format(code)
  end
  local out, at = {}, 1
  while at <= #json do
    local byte = json:byte(at)
    local length = byte < 0x80 and 1 or byte < 0xc2 and 0 or byte < 0xe0 and 2 or byte < 0xf0 and 3 or byte < 0xf5 and 4 or 0
    local tail = json:sub(at + 1, at + length - 1)
    if length == 1 then
      out[#out + 1] = byte == 0x7f and "\\u007f" or string.char(byte)
    elseif length > 1 and #tail == length - 1 and not tail:find("[^\128-\191]") then
      local code = byte % 2 ^ (7 - length)
      for index = 1, #tail do
        code = code * 64 + tail:byte(index) % 64
      end
      out[#out + 1] = escaped(code)
    else
      out[#out + 1], length = "\\ufffd", 1
    end
    at = at + length
  end
  return table.concat(out)
end

-- Tells something once. Whoever wants to see it again asks.
local told = {}

function M.tell(text, level)
  text = "mixpanel: " .. text
  if not told[text] then
    told[text] = true
    vim.notify(text, level or vim.log.levels.WARN)
  end
end

-- Tells what a command has to say, each time.
function M.say(text, level)
  vim.notify("mixpanel: " .. text, level or vim.log.levels.INFO)
end

-- Lets everything be told again: what was wrong is over.
function M.forget()
  told = {}
end

return M
