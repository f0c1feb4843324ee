-- HTTP/1.1 over a Unix socket: one request on one connection, its answer piece by piece as it comes. What libuv hands over ends anywhere: in
-- the middle of a header, of a chunk's length, of a character.

local M = {}
local uv = vim.uv

-- Longest head of an answer, and longest line of a chunk.
local LONGEST_HEAD = 64 * 1024
local LONGEST_LINE = 1024

-- Returns a reader of an answer. `on.head(status, headers)`, `on.data(bytes)`, `on.done()`, `on.failed(why)`; the last two end it.
function M.reader(on)
  local rest, step = "", nil
  local left, is_over = 0, false

  local function fail(why)
    is_over = true
    on.failed(why)
  end

  local function finish()
    is_over = true
    on.done()
  end

  -- Each step returns the next one, and nil where it needs more bytes.
  local head, sized, until_close, chunk_size, chunk, chunk_end, trailer

  local function line()
    local stop = rest:find("\r\n", 1, true)
    if not stop then
      if #rest > LONGEST_LINE then
        fail("a line of the answer is too long")
      end
      return nil
    end
    local found = rest:sub(1, stop - 1)
    rest = rest:sub(stop + 2)
    return found
  end

  function head()
    local stop = rest:find("\r\n\r\n", 1, true)
    if not stop then
      if #rest > LONGEST_HEAD then
        fail("the head of the answer is too long")
      end
      return nil
    end
    local text = rest:sub(1, stop + 1)
    rest = rest:sub(stop + 4)
    local status = tonumber(text:match("^HTTP/1%.%d (%d%d%d)"))
    if not status then
      return fail("what answered does not speak HTTP")
    end
    local headers = {}
    for name, value in text:gmatch("\r\n([^:\r\n]+):[ \t]*([^\r\n]*)") do
      headers[name:lower()] = value
    end
    if status < 200 then
      return head
    end
    on.head(status, headers)
    if is_over then
      return nil
    end
    if (headers["transfer-encoding"] or ""):lower():find("chunked", 1, true) then
      return chunk_size
    end
    left = tonumber(headers["content-length"])
    if status == 204 or status == 304 or left == 0 then
      return finish()
    end
    return left and sized or until_close
  end

  local function take(length)
    local bytes = rest:sub(1, length)
    rest = rest:sub(length + 1)
    if bytes ~= "" then
      on.data(bytes)
    end
    return #bytes
  end

  function sized()
    left = left - take(left)
    if is_over or left > 0 then
      return nil
    end
    return finish()
  end

  function until_close()
    take(#rest)
  end

  function chunk_size()
    local found = line()
    if not found then
      return nil
    end
    left = tonumber(found:match("^%x+") or "", 16)
    if not left then
      return fail("a chunk of the answer has no length")
    end
    return left == 0 and trailer or chunk
  end

  function chunk()
    left = left - take(left)
    if is_over or left > 0 then
      return nil
    end
    return chunk_end
  end

  function chunk_end()
    local found = line()
    if not found then
      return nil
    end
    if found ~= "" then
      return fail("a chunk of the answer is longer than it says")
    end
    return chunk_size
  end

  function trailer()
    local found = line()
    if not found then
      return nil
    end
    if found == "" then
      return finish()
    end
    return trailer
  end

  step = head
  local reader = {}

  function reader.feed(bytes)
    rest = rest .. bytes
    while not is_over and rest ~= "" do
      local next_step = step()
      if not next_step then
        return
      end
      step = next_step
    end
  end

  -- The connection has ended.
  function reader.close()
    if is_over then
      return
    end
    if step == until_close then
      return finish()
    end
    fail("the answer was cut off")
  end

  function reader.stop()
    is_over = true
  end

  return reader
end

local function head_of(request)
  local lines = { ("%s %s HTTP/1.1"):format(request.method, request.path), "host: mpd", "connection: close" }
  for name, value in pairs(request.headers or {}) do
    lines[#lines + 1] = ("%s: %s"):format(name, value)
  end
  if request.body then
    lines[#lines + 1] = "content-type: application/json"
    lines[#lines + 1] = ("content-length: %d"):format(#request.body)
  end
  return table.concat(lines, "\r\n") .. "\r\n\r\n" .. (request.body or "")
end

-- Sends a request: `socket`, `method`, `path`, `headers`, `body`, `silence_ms` after which nobody waits any more. `on` is that of a reader,
-- and `on.failed(why, code)` has libuv's code where nobody listens. Nothing of it is called any more after the returned function was.
function M.send(request, on)
  local pipe, timer = assert(uv.new_pipe(false)), assert(uv.new_timer())
  local reader, is_over = nil, false

  local function close()
    is_over = true
    if reader then
      reader.stop()
    end
    for _, handle in ipairs({ pipe, timer }) do
      if not handle:is_closing() then
        handle:close()
      end
    end
  end

  local function failed(why, code)
    if not is_over then
      close()
      on.failed(why, code)
    end
  end

  local function wait()
    timer:start(request.silence_ms, 0, vim.schedule_wrap(function()
      failed("nothing came for too long", "ETIMEDOUT")
    end))
  end

  reader = M.reader({
    head = on.head,
    data = on.data,
    failed = failed,
    done = function()
      if not is_over then
        close()
        on.done()
      end
    end,
  })

  wait()
  pipe:connect(request.socket, vim.schedule_wrap(function(refused)
    if is_over then
      return
    end
    if refused then
      return failed(("could not connect to %s: %s"):format(request.socket, refused), refused:match("^%u+"))
    end
    pipe:write(head_of(request), vim.schedule_wrap(function(broken)
      if broken then
        failed("the connection broke: " .. broken, "EPIPE")
      end
    end))
    pipe:read_start(vim.schedule_wrap(function(broken, bytes)
      if is_over then
        return
      end
      if broken then
        return failed("the connection broke: " .. broken, "ECONNRESET")
      end
      if not bytes then
        return reader.close()
      end
      wait()
      reader.feed(bytes)
    end))
  end))
  return close
end

return M
