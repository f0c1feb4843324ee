-- Where the daemon's socket is, by the rule of `proto/src/location.rs`, and where the program `mp` is.

local options = require("mixpanel.options")

local M = {}
local uv = vim.uv

-- Longest path of a socket.
local LONGEST = 100

local function set(env, name)
  local value = env[name]
  if value and value ~= "" then
    return value
  end
end

-- FNV-1a, 64 bits, in limbs of 16: not every Lua that Neovim is built with has integers of 64 bits.
function M.hash(text)
  local a, b, c, d = 0x2325, 0x8422, 0x9ce4, 0xcbf2
  for at = 1, #text do
    a = bit.bxor(a, text:byte(at))
    -- times 0x100000001b3, which is 2^40 + 0x1b3
    local a1, b1, c1, d1 = a * 0x1b3, b * 0x1b3, c * 0x1b3, d * 0x1b3
    c1, d1 = c1 + a * 0x100, d1 + b * 0x100
    b1 = b1 + math.floor(a1 / 0x10000)
    c1 = c1 + math.floor(b1 / 0x10000)
    d1 = d1 + math.floor(c1 / 0x10000)
    a, b, c, d = a1 % 0x10000, b1 % 0x10000, c1 % 0x10000, d1 % 0x10000
  end
  return ("%04x%04x%04x%04x"):format(d, c, b, a)
end

-- Returns a path without doubled and trailing slashes; nil and why where it is not absolute.
local function absolute(name, path)
  if path:sub(1, 1) ~= "/" then
    return nil, ("%s must be an absolute path, but is %s"):format(name, path)
  end
  local parts = {}
  for part in path:gmatch("[^/]+") do
    if part ~= "." then
      parts[#parts + 1] = part
    end
  end
  return "/" .. table.concat(parts, "/")
end

-- Returns the storage root; nil and why where it cannot be named.
function M.root(env)
  for _, name in ipairs({ "MP_STORAGE_DIR", "MP_OAUTH_STORAGE_DIR" }) do
    if set(env, name) then
      return absolute(name, env[name])
    end
  end
  local home = set(env, "HOME") or uv.os_homedir()
  if not home then
    return nil, "neither HOME nor MP_STORAGE_DIR is set"
  end
  return absolute("HOME", home .. "/.mp")
end

-- Returns the text of the config, as far as a setting of the daemon's place may be in it.
local function config(root)
  local path = root .. "/config.toml"
  local found = uv.fs_stat(path)
  -- Not a pipe, which would make us wait.
  if not found or found.type ~= "file" then
    return ""
  end
  local file = io.open(path, "rb")
  if not file then
    return ""
  end
  local text = file:read(1024 * 1024) or ""
  file:close()
  return text
end

-- Returns `run_dir` of `[settings]`, if it is set.
function M.run_dir(text)
  local section = ""
  for line in text:gmatch("[^\r\n]+") do
    section = line:match("^%s*%[%s*([^%]]-)%s*%]") or section
    local value = line:match("^%s*run_dir%s*=%s*[\"'](/[^\"']+)[\"']")
    if value and section == "settings" then
      return value
    end
    value = line:match("^%s*settings%.run_dir%s*=%s*[\"'](/[^\"']+)[\"']")
    if value and section == "" then
      return value
    end
  end
end

-- Returns where the socket may be, first where it is wanted; nil and why where nobody can tell.
function M.sockets(env)
  local named = options.values.socket or set(env, "MPD_SOCKET")
  if named then
    local path, why = absolute(options.values.socket and "option `socket`" or "MPD_SOCKET", named)
    return path and { path }, why
  end
  local root, why = M.root(env)
  if not root then
    return nil, why
  end
  local uid, hash = uv.getuid(), M.hash(root)
  local chosen = M.run_dir(config(root))
  local folders
  if chosen then
    folders = { absolute("run_dir", chosen) .. "/" .. hash }
  else
    local runtime = set(env, "XDG_RUNTIME_DIR")
    runtime = runtime and runtime:sub(1, 1) == "/" and runtime or "/run/user/" .. uid
    folders = { root .. "/run", runtime .. "/mp/" .. hash, ("/tmp/mp-%d/%s"):format(uid, hash) }
  end
  return vim.tbl_map(function(folder)
    local path = folder .. "/mpd.sock"
    return #path <= LONGEST and path or ("/tmp/mp-%d/%s.sock"):format(uid, hash)
  end, folders)
end

-- Returns the socket that is there; else the one that is wanted, and nil and why where nobody can tell.
function M.socket(env)
  local sockets, why = M.sockets(env)
  if not sockets then
    return nil, why
  end
  for _, path in ipairs(sockets) do
    if uv.fs_stat(path) then
      return path
    end
  end
  return sockets[1]
end

-- Returns why a socket must not be used: another user who can write to its folder could put one of their own there.
function M.danger(socket)
  local folder = vim.fs.dirname(socket)
  local found = uv.fs_lstat(folder)
  if not found then
    return nil
  end
  if found.type ~= "directory" or (found.uid ~= uv.getuid() and found.uid ~= 0) or bit.band(found.mode, 63) ~= 0 then
    return ("%s is not safe to use: it is a %s of uid %d with mode %o, expected a directory of yours with mode 700"):format(
      folder, found.type, found.uid, bit.band(found.mode, 511)
    )
  end
end

-- Where the daemon is, seen from `mp`. The Python tool's command has the same name, and no daemon of ours beside it.
local BESIDE = { "../libexec/mixpanel/mpd", "../lib/mixpanel/mpd", "mpd" }

local function is_ours(path)
  local real = uv.fs_realpath(path)
  if not real or vim.fn.executable(path) == 0 then
    return false
  end
  for _, beside in ipairs(BESIDE) do
    if uv.fs_stat(vim.fs.dirname(real) .. "/" .. beside) then
      return true
    end
  end
  return false
end

-- Returns the program `mp`; nil and what to do where it is not found. An editor that a desktop starts has a short PATH.
function M.mp(env)
  env = env or vim.fn.environ()
  local named = options.values.mp
  if named then
    local path = vim.fs.normalize(named)
    if vim.fn.executable(path) == 1 then
      return path
    end
    return nil, ("option `mp` is %s, which is no program"):format(named)
  end
  local folders = vim.split(env.PATH or "", ":", { plain = true, trimempty = true })
  local home = set(env, "HOME") or uv.os_homedir()
  for _, folder in ipairs({ "/.cargo/bin", "/.local/bin", "/bin" }) do
    folders[#folders + 1] = home and home .. folder or nil
  end
  vim.list_extend(folders, { "/usr/local/bin", "/opt/homebrew/bin", "/home/linuxbrew/.linuxbrew/bin", "/usr/bin" })
  for _, folder in ipairs(folders) do
    if folder:sub(1, 1) == "/" and is_ours(folder .. "/mp") then
      return folder .. "/mp"
    end
  end
  return nil, "there is no mp with an mpd beside it in PATH, ~/.cargo/bin or ~/.local/bin; install it, or set the option `mp`"
end

return M
