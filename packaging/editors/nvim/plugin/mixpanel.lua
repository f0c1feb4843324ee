-- Defines `:Mixpanel`. Everything else is loaded by its first use.

if vim.g.loaded_mixpanel then
  return
end
vim.g.loaded_mixpanel = true

if vim.fn.has("nvim-0.10") == 0 then
  vim.notify("mixpanel: needs Neovim 0.10 or newer (see :version)", vim.log.levels.WARN)
  return
end

vim.api.nvim_create_user_command("Mixpanel", function(given)
  require("mixpanel.command").run(given)
end, {
  nargs = "*",
  bang = true,
  desc = "The Mixpanel login and session of this machine",
  complete = function(lead, line, column)
    return require("mixpanel.command").complete(lead, line:sub(1, column))
  end,
})
