-- Tests of what needs no daemon: `nvim --headless -u NONE --cmd 'set rtp^=…' -l unit.lua`.

local test = dofile(vim.fs.dirname(vim.fs.normalize(debug.getinfo(1, "S").source:sub(2))) .. "/testing.lua")
local eq, ok = test.eq, test.ok

local place = require("mixpanel.place")
local text = require("mixpanel.text")
local words = require("mixpanel.words")
local http = require("mixpanel.http")
local sse = require("mixpanel.sse")

-- Reads an answer that comes in pieces of so many bytes.
local function read(bytes, length, is_closed)
  local seen = { data = "" }
  local reader = http.reader({
    head = function(status, headers)
      seen.status, seen.headers = status, headers
    end,
    data = function(more)
      seen.data = seen.data .. more
    end,
    done = function()
      seen.is_done = true
    end,
    failed = function(why)
      seen.why = why
    end,
  })
  for at = 1, #bytes, length do
    reader.feed(bytes:sub(at, at + length - 1))
  end
  if is_closed then
    reader.close()
  end
  return seen
end

test.case("an answer is read wherever it is cut", function()
  local chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n5\r\nh\195\169ll\r\n1;ext=1\r\no\r\n0\r\nTrailer: x\r\n\r\n"
  local sized = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\nnope"
  for length = 1, #chunked do
    local seen = read(chunked, length)
    eq({ seen.status, seen.data, seen.is_done, seen.why, seen.headers["x-a"] }, { 200, "h\195\169llo", true, nil, "b" }, length)
    seen = read(sized, length)
    eq({ seen.status, seen.data, seen.is_done }, { 404, "nope", true }, length)
  end
  eq(read("HTTP/1.1 200 OK\r\n\r\nrest", 3, true).data, "rest")
  ok(read("HTTP/1.1 200 OK\r\n\r\nrest", 3, true).is_done)
  ok(read("HTTP/1.1 204 No Content\r\n\r\n", 100).is_done)
end)

test.case("what is no answer is told once", function()
  for _, bytes in ipairs({
    "SSH-2.0-OpenSSH\r\n\r\n",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nabcd\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" .. ("1"):rep(3000),
    ("x"):rep(100 * 1024),
    "",
  }) do
    local seen = read(bytes, 7, true)
    ok(seen.why and not seen.is_done, bytes:sub(1, 60))
  end
end)

test.case("events are read wherever they are cut", function()
  local stream = ': hello\nid: i-1\nevent: session.changed\ndata: {"a":"é"}\n\n: keep alive\n\n'
    .. "id: i-2\r\ndata: one\r\ndata: two\r\n\r\nevent: none\n\n"
  for length = 1, #stream do
    local seen = {}
    local feed = sse.reader(function(id, name, data)
      seen[#seen + 1] = { id, name, data }
    end)
    for at = 1, #stream, length do
      feed(stream:sub(at, at + length - 1))
    end
    eq(seen, { { "i-1", "session.changed", '{"a":"é"}' }, { "i-2", "message", "one\ntwo" } }, length)
  end
end)

test.case("the socket is found by the rule of all clients", function()
  eq(place.hash(""), "cbf29ce484222325")
  eq(place.hash("a"), "af63dc4c8601ec8c")
  eq(place.hash("foobar"), "85944171f73967e8")
  local uid = vim.uv.getuid()
  eq(place.sockets({ MPD_SOCKET = "/x//y.sock" }), { "/x/y.sock" })
  eq(place.sockets({ HOME = "/h/" })[1], "/h/.mp/run/mpd.sock")
  eq(place.sockets({ HOME = "/h", MP_STORAGE_DIR = "/s/./t" })[1], "/s/t/run/mpd.sock")
  local hash = place.hash("/h/.mp")
  eq(place.sockets({ HOME = "/h", XDG_RUNTIME_DIR = "/r" })[2], ("/r/mp/%s/mpd.sock"):format(hash))
  eq(place.sockets({ HOME = "/h", XDG_RUNTIME_DIR = "r" })[2], ("/run/user/%d/mp/%s/mpd.sock"):format(uid, hash))
  local deep = "/" .. ("d"):rep(120)
  eq(place.sockets({ HOME = deep })[1], ("/tmp/mp-%d/%s.sock"):format(uid, place.hash(deep .. "/.mp")))
  local none, why = place.sockets({ MP_STORAGE_DIR = "relative" })
  ok(none == nil and why:find("MP_STORAGE_DIR must be an absolute path", 1, true), why)
  eq(place.run_dir('[settings]\n run_dir = "/var/mp" # here\n'), "/var/mp")
  eq(place.run_dir("settings.run_dir = '/var/mp'\n"), "/var/mp")
  eq(place.run_dir('[other]\nrun_dir = "/var/mp"\n'), nil)
  eq(place.run_dir('[settings]\r\nrun_dir = "relative"\r\n'), nil)
end)

test.case("a folder that others can enter is refused", function()
  local folder = vim.fn.tempname()
  vim.fn.mkdir(folder, "p", tonumber("755", 8))
  ok(place.danger(folder .. "/mpd.sock"):find("mode 755", 1, true))
  vim.uv.fs_chmod(folder, tonumber("700", 8))
  eq(place.danger(folder .. "/mpd.sock"), nil)
  local link = folder .. "-link"
  vim.uv.fs_symlink(folder, link)
  ok(place.danger(link .. "/mpd.sock"):find("link", 1, true))
  eq(place.danger(folder .. "/none/mpd.sock"), nil)
end)

test.case("nothing in a statusline is run", function()
  eq(text.statusline("%{execute('q')} 100%", 40), "％{execute('q')} 100％")
  eq(text.line("a\27]0;x\7\194\1552J\226\128\174b\226\128\139\nc\rd\te\0f"), "a�]0;x��2J�b��c�d�e�f")
  eq(text.line("👩\226\128\141🚀 日本"), "👩\226\128\141🚀 日本")
  eq(text.cut("Acme Shop", 9), "Acme Shop")
  eq(text.cut("Acme Shop", 8), "Acme Sh…")
  eq(text.cut("日本語日本語", 6), "日本…")
  ok(vim.fn.strdisplaywidth(text.statusline(("x"):rep(100000), 40)) <= 40)
  ok(vim.fn.strchars(text.statusline("e" .. ("\204\129"):rep(9000), 40)) < 200)
end)

test.case("a header is ASCII", function()
  eq(text.ascii_json('{"cwd":"/tmp/é日🚀"}'), '{"cwd":"/tmp/\\u00e9\\u65e5\\ud83d\\ude80"}')
  eq(text.ascii_json("a\255\192\128b\195"), "a\\ufffd\\ufffd\\ufffdb\\ufffd")
  eq(vim.json.decode(text.ascii_json(vim.json.encode({ "ünï🚀\127" }))), { "ünï🚀\127" })
end)

test.case("words are quoted as in a shell", function()
  local typed = [[insights -e "Sign Up" --where 'plan = "pro"' a\ b "x\"y" '']]
  eq(words.split(typed), { "insights", "-e", "Sign Up", "--where", 'plan = "pro"', "a b", 'x"y', "" })
  local none, why = words.split('a "b')
  ok(none == nil and why:find("missing", 1, true), why)
  eq(words.split("  "), {})
  eq({ words.typed('ask insights -e "Sign U') }, { { "ask", "insights", "-e" }, "Sign U", '"' })
  eq(words.offer({ "Sign Up", "Sign_in", "Other" }, "si", "si"), { '"Sign Up"', "Sign_in" })
  eq(words.offer({ "Sign Up", "Sign In" }, "Sign U", "U", '"'), { 'Up"' })
  eq(words.offer({ "Sign Up" }, "Sig", '"Sig', '"'), { '"Sign Up"' })
end)

test.case("options that there are not are refused by name", function()
  local options = require("mixpanel.options")
  local function refused(given)
    local is_taken, why = pcall(options.take, given)
    return not is_taken and why
  end
  ok(refused({ statuslin = {} }):find("`statuslin`", 1, true))
  ok(refused({ statusline = { width = "40" } }):find("`statusline.width` is a string, expected a number", 1, true))
  ok(refused({ lsp = true }):find("`lsp` is a boolean", 1, true))
  ok(refused("x"):find("takes a table", 1, true))
  ok(not refused({ lsp = { settings = { anything = { goes = 1 } } }, mp = "/x/mp" }))
  eq(options.values.statusline.mark, "!")
  options.take({})
end)

test.finish()
