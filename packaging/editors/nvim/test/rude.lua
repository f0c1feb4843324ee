-- Daemons that are not well: made up, in this very Neovim.

local here = vim.fs.dirname(vim.fs.normalize(debug.getinfo(1, "S").source:sub(2)))
local test = dofile(here .. "/testing.lua")
local eq, ok, eventually = test.eq, test.ok, test.eventually

local mixpanel = require("mixpanel")
local state = require("mixpanel.state")
local uv = vim.uv

local said = {}
vim.notify = function(text)
  said[#said + 1] = text
end

local folder = vim.fn.tempname()
vim.fn.mkdir(folder, "p", tonumber("700", 8))
vim.env.MPD_SOCKET = folder .. "/mpd.sock"

-- Answers at the socket: `answer(request, write, close)` is called for each. Returns the requests and how to end it.
local function serve(answer)
  local listener, open, requests = assert(uv.new_pipe(false)), {}, {}
  assert(listener:bind(vim.env.MPD_SOCKET))
  listener:listen(16, function()
    local client = uv.new_pipe(false)
    listener:accept(client)
    open[#open + 1] = client
    local function close()
      if not client:is_closing() then
        client:close()
      end
    end
    client:read_start(function(_, bytes)
      if not bytes then
        return close()
      end
      requests[#requests + 1] = bytes
      answer(bytes, function(text)
        if not client:is_closing() then
          client:write(text)
        end
      end, close)
    end)
  end)
  return requests, function()
    listener:close()
    for _, client in ipairs(open) do
      if not client:is_closing() then
        client:close()
      end
    end
    os.remove(vim.env.MPD_SOCKET)
  end
end

local function json(body)
  return ("HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s"):format(#body, body)
end

local function session(project)
  return json(vim.json.encode({
    state = "ok",
    account = { name = "team", type = "service_account", region = "us", source = { kind = "config", at = "c:1" } },
    project = { id = "7", name = project, source = { kind = "config", at = "c:2" } },
  }))
end

local HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"

-- Sends events byte by byte, each in a chunk of its own.
local function chopped(text)
  return (text:gsub(".", function(byte)
    return "1\r\n" .. byte .. "\r\n"
  end))
end

local function pause(ms)
  vim.wait(ms, function()
    return false
  end, 100)
end

test.case("events that come byte by byte are understood, and a stream that ends goes on where it was", function()
  local streams, name = {}, "Ünï"
  local requests, stop = serve(function(request, write, close)
    if request:find("^GET /v1/events") then
      streams[#streams + 1] = { id = request:match("last%-event%-id: ([^\r\n]+)"), write = write, close = close }
      write(HEAD)
    elseif request:find("^GET /v1/session") then
      write(session(name))
    else
      write(json('{"accounts": []}'))
    end
  end)
  mixpanel.setup({ lsp = { enable = false }, autostart = false })
  eventually("the line", function()
    return mixpanel.statusline() == "team · Ünï"
  end)
  name = "日本 %{system('x')}"
  streams[1].write(chopped('id: i-41\nevent: session.changed\ndata: {"type":"session.changed","account":"té"}\n\n'))
  eventually("the next line, but " .. mixpanel.statusline(), function()
    return mixpanel.statusline() == "team · 日本 ％{system('x')}"
  end)
  -- What it cannot read, it leaves.
  streams[1].write(chopped("event: session.changed\ndata: {broken\n\nid: i-42\nevent: brand.new\ndata: [1]\n\n"))
  pause(200)
  streams[1].close()
  eventually("another stream", function()
    return #streams == 2
  end)
  eq({ streams[1].id, streams[2].id }, { nil, "i-42" })
  ok(requests[1]:find("mp-context: {", 1, true))
  state.disconnect()
  stop()
  eq(said, {})
end)

test.case("a daemon that hangs up at once is not asked more and more often", function()
  local count = 0
  local _, stop = serve(function(request, write, close)
    if request:find("^GET /v1/events") then
      count = count + 1
      write(HEAD)
      close()
    else
      write(session("x"))
    end
  end)
  state.connect()
  pause(3500)
  -- 0, 0.25, 0.75, 1.75 s, and the next at 3.75 s.
  ok(count >= 2 and count <= 5, count .. " times")
  state.disconnect()
  stop()
  eq(said, {}, "nobody was disturbed")
end)

test.case("what answers and is no daemon is told in the state, and not as a message", function()
  for _, answer in ipairs({ "SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", "HTTP/1.1 500 X\r\n\r\n{" }) do
    local _, stop = serve(function(_, write, close)
      write(answer)
      close()
    end)
    state.session = nil
    state.connect()
    pause(400)
    ok(not state.is_connected and state.problem, answer)
    state.disconnect()
    stop()
  end
  eq(said, {})
end)

test.case("a daemon that takes everything and says nothing keeps nobody waiting", function()
  local _, stop = serve(function() end)
  state.connect()
  pause(200)
  local begun = uv.hrtime()
  for _ = 1, 1000 do
    mixpanel.statusline()
  end
  ok(uv.hrtime() - begun < 2e9, "a redraw waits")
  state.disconnect()
  stop()
end)

test.case("an event without an end is not kept", function()
  local _, stop = serve(function(request, write)
    if request:find("^GET /v1/events") then
      write(HEAD)
      for _ = 1, 40 do
        write("10000\r\n" .. ("x"):rep(65536) .. "\r\n")
      end
    else
      write(session("y"))
    end
  end)
  collectgarbage()
  local before = collectgarbage("count")
  state.connect()
  eventually("the line", function()
    return mixpanel.statusline() == "team · y"
  end)
  pause(500)
  collectgarbage()
  local grown = collectgarbage("count") - before
  ok(grown < 1500, ("%d kB are kept"):format(grown))
  state.disconnect()
  stop()
end)

test.case("a socket in a folder that others can enter is not used", function()
  uv.fs_chmod(folder, tonumber("755", 8))
  local requests, stop = serve(function() end)
  state.connect()
  pause(300)
  eq(#requests, 0)
  ok(state.problem.message:find("not safe to use", 1, true), vim.inspect(state.problem))
  state.disconnect()
  stop()
  uv.fs_chmod(folder, tonumber("700", 8))
end)

test.finish()
