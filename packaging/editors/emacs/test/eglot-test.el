;;; eglot-test.el --- mp lsp in eglot  -*- lexical-binding: t; -*-
;;; Code:
(require 'ert)
(provide 'eglot-test)
;;; eglot-test.el ends here
