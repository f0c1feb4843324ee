-- What a user can set, and what is so if nobody does.

local M = {}

local usual = {
  -- The program `mp`; found in PATH and where it usually is.
  mp = nil,
  -- The daemon's socket; found by the rule that all clients have.
  socket = nil,
  -- Whether a command may start the daemon. The statusline never does.
  autostart = true,
  statusline = {
    separator = " · ",
    -- What shows that somebody has to log in.
    mark = "!",
    -- Longer names are cut.
    width = 40,
  },
  lsp = {
    -- Whether the language server is started for the file types below.
    enable = true,
    filetypes = {
      "javascript", "javascriptreact", "typescript", "typescriptreact", "vue", "svelte", "python", "swift", "kotlin", "java", "go", "ruby",
      "php", "dart", "cs", "objc", "toml",
    },
    -- What stands in the section `mixpanel` of the server's settings.
    settings = {},
  },
}

M.values = vim.deepcopy(usual)

-- Checks given options against those that there are, and says which is wrong.
local function check(given, known, path)
  for name, value in pairs(given) do
    local at = path .. tostring(name)
    local wanted = known[name]
    local is_free = path == "" and (name == "mp" or name == "socket")
    if wanted == nil and not is_free then
      error(("mixpanel: there is no option `%s`; see :help mixpanel-options"):format(at), 0)
    end
    local kind = is_free and "string" or type(wanted)
    if type(value) ~= kind then
      error(("mixpanel: option `%s` is a %s, expected a %s; see :help mixpanel-options"):format(at, type(value), kind), 0)
    end
    if kind == "table" and not vim.islist(wanted) and at ~= "lsp.settings" then
      check(value, wanted, at .. ".")
    end
  end
end

-- Takes the options of a user.
function M.take(given)
  given = given or {}
  if type(given) ~= "table" then
    error("mixpanel: setup() takes a table; see :help mixpanel-options", 0)
  end
  check(given, usual, "")
  M.values = vim.tbl_deep_extend("force", vim.deepcopy(usual), given)
end

return M
