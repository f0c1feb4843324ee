-- Buffers that show an answer.

local M = {}

-- Shows lines in a window of their own; the next answer of the same name takes their place. Returns the buffer.
function M.show(name, lines, mappings)
  local full = "mixpanel://" .. name
  local buffer = vim.fn.bufnr("^" .. vim.fn.escape(full, "\\[]*?{}") .. "$")
  if buffer == -1 then
    buffer = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(buffer, full)
    vim.bo[buffer].buftype, vim.bo[buffer].bufhidden, vim.bo[buffer].swapfile = "nofile", "hide", false
  end
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo[buffer].modifiable, vim.bo[buffer].modified, vim.bo[buffer].filetype = false, false, "mixpanel"
  local window = vim.fn.bufwinid(buffer)
  if window == -1 then
    vim.cmd("botright split")
    window = vim.api.nvim_get_current_win()
    vim.api.nvim_win_set_buf(window, buffer)
  else
    vim.api.nvim_set_current_win(window)
  end
  vim.wo[window].wrap, vim.wo[window].number, vim.wo[window].relativenumber, vim.wo[window].spell = false, false, false, false
  vim.keymap.set("n", "q", "<cmd>close<cr>", { buffer = buffer, nowait = true, desc = "Close this window" })
  for key, mapping in pairs(mappings or {}) do
    vim.keymap.set("n", key, mapping.run, { buffer = buffer, nowait = true, desc = mapping.about })
  end
  return buffer
end

return M
