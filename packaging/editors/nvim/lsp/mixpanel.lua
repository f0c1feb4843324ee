-- For `vim.lsp.enable("mixpanel")`, Neovim 0.11 and newer.
return require("mixpanel.lsp").config()
