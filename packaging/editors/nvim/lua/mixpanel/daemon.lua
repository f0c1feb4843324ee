-- Calls of the daemon: who asks, what this Neovim has chosen, and what is wrong if something is. It talks to the user's own daemon alone, and
-- never sees a token.

local http = require("mixpanel.http")
local options = require("mixpanel.options")
local place = require("mixpanel.place")
local text = require("mixpanel.text")

local M = {}

-- The variables that travel with every call. Absent and empty differ.
local VARIABLES = {
  "MP_ACCOUNT", "MP_PROJECT_ID", "MP_WORKSPACE_ID", "MP_TARGET", "MP_REGION", "MP_USERNAME", "MP_SECRET", "MP_OAUTH_TOKEN", "MP_AUTH_FILE",
  "MP_CONFIG_PATH", "MP_CUSTOM_HEADER_NAME", "MP_CUSTOM_HEADER_VALUE", "MP_API_BASE_URL", "MP_APP_BASE_URL",
}

-- What a call may be silent for, where the daemon answers by itself; and where Mixpanel is asked.
M.QUICK_MS = 60 * 1000
M.SLOW_MS = 600 * 1000

-- Variables that the daemon has asked for.
local asked = {}

-- Returns what this Neovim adds to each call, as the header has it.
local function context(env)
  local values = {}
  for _, name in ipairs(VARIABLES) do
    values[name] = env[name]
  end
  for name in pairs(asked) do
    values[name] = env[name] or ""
  end
  if next(values) == nil then
    values = vim.empty_dict()
  end
  return text.ascii_json(vim.json.encode({ env = values, cwd = vim.uv.cwd() }))
end

local function headers(env)
  return {
    ["mp-client"] = "mixpanel-nvim/0.1.0",
    ["mp-protocol"] = "1",
    ["mp-context"] = context(env),
  }
end

-- Returns what a body says, and nil where it is no JSON.
function M.decoded(body)
  local is_json, value = pcall(vim.json.decode, body, { luanil = { object = true, array = true } })
  return is_json and value or nil
end

-- Returns an error as a person reads it: what is wrong, and what to do next.
local function problem(status, body)
  local said = M.decoded(body)
  if type(said) ~= "table" or type(said.code) ~= "string" then
    return { code = "upstream_refused", message = ("the answer has status %d: %s"):format(status, text.line(body):sub(1, 200)) }
  end
  local message = text.line(said.detail or said.title or said.code)
  for _, step in ipairs(said.next or {}) do
    message = ("%s; `%s` to %s"):format(message, text.line(step.command), text.line(step.label))
  end
  return { code = said.code, message = message, env = said.env }
end

local function unreachable(why, code)
  local is_absent = code == "ENOENT" or code == "ECONNREFUSED" or code == "ENOTDIR"
  return { code = "daemon_unreachable", message = why, is_absent = is_absent, is_over = code == "ETIMEDOUT" }
end

-- Finds the socket; nil and the error where it cannot be used.
local function socket(env)
  local found, why = place.socket(env)
  why = why or (found and place.danger(found))
  if why then
    return nil, { code = "daemon_unreachable", message = why }
  end
  return found
end

-- Opens a stream: `on.head`, `on.data` and `on.failed(error)`, which also tells its end. Starts no daemon.
function M.stream(path, more, on)
  local env = vim.fn.environ()
  local at, why = socket(env)
  if not at then
    vim.schedule(function()
      on.failed(why)
    end)
    return function() end
  end
  local status, refused = 0, {}
  local request = { socket = at, method = "GET", path = path, headers = vim.tbl_extend("force", headers(env), more), silence_ms = M.QUICK_MS }
  return http.send(request, {
    head = function(code)
      status = code
      if code == 200 then
        on.head()
      end
    end,
    data = function(bytes)
      if status == 200 then
        on.data(bytes)
      else
        refused[#refused + 1] = bytes
      end
    end,
    done = function()
      on.failed(status == 200 and unreachable("the stream has ended") or problem(status, table.concat(refused)))
    end,
    failed = function(reason, code)
      on.failed(unreachable(reason, code))
    end,
  })
end

-- Sends one request. Calls back with the error, or nil and what the answer says. Returns a function that gives it up.
local function once(method, path, body, silence_ms, done)
  local env = vim.fn.environ()
  local at, why = socket(env)
  if not at then
    vim.schedule(function()
      done(why)
    end)
    return function() end
  end
  local status, parts = 0, {}
  local encoded = body and vim.json.encode(body)
  return http.send({ socket = at, method = method, path = path, headers = headers(env), body = encoded, silence_ms = silence_ms }, {
    head = function(code)
      status = code
    end,
    data = function(bytes)
      parts[#parts + 1] = bytes
    end,
    done = function()
      local answer = table.concat(parts)
      if status >= 400 then
        return done(problem(status, answer))
      end
      local value = answer == "" and {} or M.decoded(answer)
      done(value == nil and { code = "internal", message = "the answer is no JSON" } or nil, value)
    end,
    failed = function(reason, code)
      done(unreachable(reason, code))
    end,
  })
end

-- Starts the daemon by `mp daemon start`, which waits until it is ready, and for others who do the same.
local function start(done)
  local mp, why = place.mp()
  if not mp then
    return done({ code = "daemon_unreachable", message = why })
  end
  local command = { mp, "daemon", "start" }
  if options.values.socket then
    vim.list_extend(command, { "--socket", options.values.socket })
  end
  vim.system(command, { text = true, timeout = 30 * 1000 }, vim.schedule_wrap(function(ended)
    if ended.code == 0 then
      return done()
    end
    done({ code = "daemon_unreachable", message = "the daemon did not start: " .. text.line(vim.trim(ended.stderr or "")) })
  end))
end

-- Calls the daemon, and starts it where that is needed and wanted: `how` has `body`, `silence_ms` and `autostart`. Calls back with the
-- error, or nil and the answer. Returns a function that gives the call up.
function M.call(method, path, how, done)
  how = how or {}
  local may_start = how.autostart ~= false and options.values.autostart and vim.env.MPD_AUTOSTART ~= "0"
  local has_asked, close, is_over = false, nil, false
  local function attempt()
    close = once(method, path, how.body, how.silence_ms or M.QUICK_MS, function(failed, answer)
      if is_over then
        return
      end
      if failed and failed.is_absent and may_start then
        may_start = false
        return start(function(why)
          if is_over then
            return
          end
          if why then
            return done(why)
          end
          attempt()
        end)
      end
      if failed and failed.code == "context_required" and failed.env and not has_asked then
        has_asked = true
        for _, name in ipairs(failed.env) do
          asked[name] = true
        end
        return attempt()
      end
      done(failed, answer)
    end)
  end
  attempt()
  return function()
    is_over = true
    close()
  end
end

-- Returns a text as one segment of a path.
function M.segment(name)
  return (name:gsub("[^%w%-%._~]", function(c)
    return ("%%%02X"):format(c:byte())
  end))
end

return M
