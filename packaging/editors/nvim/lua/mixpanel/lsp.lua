-- The language server `mp lsp`: for which files, from which folder, with which settings.

local options = require("mixpanel.options")
local place = require("mixpanel.place")
local scratch = require("mixpanel.scratch")
local text = require("mixpanel.text")

local M = {}

local NAME = "mixpanel"

local MARKERS = { ".mixpanel.toml", ".git" }

-- Returns the folder of a buffer's project; nil where the server has nothing to do with its file.
function M.root(buffer)
  local path = vim.api.nvim_buf_get_name(buffer)
  if vim.bo[buffer].buftype ~= "" or path == "" then
    return nil
  end
  local name = vim.fs.basename(path)
  local is_config = name == ".mixpanel.toml" or (name == "config.toml" and vim.fs.dirname(path) == place.root(vim.fn.environ()))
  if vim.bo[buffer].filetype == "toml" and not is_config then
    return nil
  end
  return vim.fs.root(buffer, MARKERS) or vim.fs.dirname(path)
end

-- Returns what Neovim has to know of the server.
function M.config()
  local mp = place.mp() or "mp"
  return {
    name = NAME,
    cmd = { mp, "lsp" },
    filetypes = options.values.lsp.filetypes,
    root_dir = function(buffer, found)
      local root = M.root(buffer)
      if root then
        found(root)
      end
    end,
    settings = { mixpanel = next(options.values.lsp.settings) and options.values.lsp.settings or vim.empty_dict() },
  }
end

-- Starts the server for a buffer, as Neovim 0.11 does by itself.
local function start(buffer)
  local root = M.root(buffer)
  if root then
    local config = M.config()
    config.root_dir, config.filetypes = root, nil
    vim.lsp.start(config, { bufnr = buffer })
  end
end

-- Starts the server for the file types of the options, now and whenever such a file is opened.
function M.enable()
  local mp, why = place.mp()
  if not mp then
    return text.tell(why)
  end
  if vim.lsp.config and vim.lsp.enable then
    -- `lsp/mixpanel.lua` has the configuration, and what the user sets for it wins.
    return vim.lsp.enable(NAME)
  end
  vim.api.nvim_create_autocmd("FileType", {
    group = vim.api.nvim_create_augroup("mixpanel.lsp", {}),
    pattern = options.values.lsp.filetypes,
    callback = function(event)
      start(event.buf)
    end,
  })
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) and vim.list_contains(options.values.lsp.filetypes, vim.bo[buffer].filetype) then
      start(buffer)
    end
  end
end

-- Returns the servers that run.
function M.clients()
  return vim.lsp.get_clients({ name = NAME })
end

-- Starts the servers anew: what was chosen for this Neovim is in the environment, which a program sees once.
function M.restart()
  for _, client in ipairs(M.clients()) do
    local config, buffers = vim.deepcopy(client.config), vim.tbl_keys(client.attached_buffers)
    client.stop(client)
    config.root_dir, config.env = client.config.root_dir, nil
    for index, buffer in ipairs(buffers) do
      vim.lsp.start(config, {
        bufnr = buffer,
        reuse_client = function(other)
          -- The first buffer starts it, the others join it.
          return index > 1 and other.name == NAME and other.id ~= client.id and other.config.root_dir == config.root_dir
        end,
      })
    end
  end
end

-- Returns the lines of a report, and for those that are about an event of the code where that is.
local function lines_of(report)
  local lines, places = {}, {}
  local summary, events, unused = report.summary or {}, report.events or {}, report.unused or {}
  local function add(line, place)
    lines[#lines + 1] = line
    places[#lines] = place
  end
  add(("%d files, %d calls; %d errors, %d warnings"):format(
    summary.files or 0, summary.calls or 0, summary.errors or 0, summary.warnings or 0
  ))
  add("")
  for _, event in ipairs(events) do
    local place = (event.places or {})[1]
    local more = #(event.places or {}) - 1
    add(("%s %s%s%s"):format(
      event.in_project and "known  " or "unknown",
      text.line(event.event),
      place and ("  %s:%d"):format(text.line(vim.fn.fnamemodify(place.file, ":.")), place.line) or "",
      more > 0 and (" and %d more"):format(more) or ""
    ), place)
  end
  for _, one in ipairs(report.unchecked or {}) do
    add(("not checked: %s: %s"):format(text.line(one.what), text.line(one.why)))
  end
  if #unused > 0 then
    add("")
    add("In the project, and not in the code:")
    for _, name in ipairs(unused) do
      add("        " .. text.line(name))
    end
  end
  return lines, places
end

local KINDS = { error = "E", warning = "W", information = "I", hint = "N" }

-- Puts what is wrong into the quickfix list, for `:cnext`.
local function quickfix(report)
  local items = vim.tbl_map(function(one)
    return {
      filename = one.file, lnum = one.line, col = one.column, end_lnum = one.end_line, end_col = one.end_column,
      text = text.line(one.message), type = KINDS[one.severity],
    }
  end, report.findings or {})
  vim.fn.setqflist({}, " ", { title = "Mixpanel", items = items })
end

-- Shows all events of the code, and whether the project knows them.
function M.report()
  -- After a choice the one before may still be ending.
  local clients = M.clients()
  local client = clients[#clients]
  if not client then
    return text.say("no language server runs: open a file of the code first, or run `mp lint`", vim.log.levels.WARN)
  end
  local function answered(failed, report)
    if failed or type(report) ~= "table" then
      return text.say(failed and text.line(failed.message) or "the language server has no report", vim.log.levels.ERROR)
    end
    local lines, places = lines_of(report)
    quickfix(report)
    scratch.show("report", lines, {
      ["<CR>"] = {
        about = "Go to this event in the code",
        run = function()
          local place = places[vim.api.nvim_win_get_cursor(0)[1]]
          if place then
            vim.cmd.split(vim.fn.fnameescape(place.file))
            vim.api.nvim_win_set_cursor(0, { place.line, 0 })
          end
        end,
      },
    })
  end
  local request = { command = "mixpanel.report", arguments = { vim.empty_dict() } }
  if vim.fn.has("nvim-0.11") == 1 then
    client:request("workspace/executeCommand", request, answered)
  else
    client.request("workspace/executeCommand", request, answered)
  end
end

return M
