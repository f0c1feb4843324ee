-- The Mixpanel login of this machine, in Neovim. See `:help mixpanel`.

local M = {}

local is_supported = vim.fn.has("nvim-0.10") == 1
local is_set_up = false

-- Follows what changes what this Neovim asks about.
local function follow()
  if is_set_up then
    return
  end
  is_set_up = true
  local state = require("mixpanel.state")
  local group = vim.api.nvim_create_augroup("mixpanel", {})
  -- A bridge file is found from the working directory.
  vim.api.nvim_create_autocmd("DirChanged", {
    group = group,
    callback = function()
      if state.is_connected then
        state.refresh()
      end
    end,
  })
  -- Somebody comes back, perhaps from a terminal where a daemon was started.
  vim.api.nvim_create_autocmd({ "FocusGained", "VimResume" }, { group = group, callback = state.connect })
  vim.api.nvim_create_autocmd("VimLeavePre", { group = group, callback = state.disconnect })
  state.connect()
end

-- Sets options, starts the language server for its file types, and begins to follow the session.
function M.setup(given)
  if not is_supported then
    vim.notify("mixpanel: needs Neovim 0.10 or newer (see :version)", vim.log.levels.WARN)
    return
  end
  require("mixpanel.options").take(given)
  follow()
  if require("mixpanel.options").values.lsp.enable then
    require("mixpanel.lsp").enable()
  end
end

-- Returns a line for the statusline, such as `team · Acme Shop`. It reads what is known, and asks nothing.
function M.statusline()
  if not is_supported then
    return ""
  end
  follow()
  return require("mixpanel.state").line()
end

-- Returns what is known, field by field: account, project, project_id, workspace, workspace_id, target, region, state, login.
function M.fields()
  if not is_supported then
    return { state = "off" }
  end
  follow()
  return require("mixpanel.state").fields()
end

return M
