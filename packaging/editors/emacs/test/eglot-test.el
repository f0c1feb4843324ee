;;; eglot-test.el --- mp lsp in eglot  -*- lexical-binding: t; -*-

;;; Commentary:

;; Run by the script `run' beside this file, where this mp has a language server.

;;; Code:

(require 'ert)
(require 'mixpanel)
(require 'project)

(defun eglot-test--until (what condition)
  "Wait until CONDITION, a function, is true of WHAT; return its value."
  (let ((end (+ (float-time) 60)) found)
    (while (not (setq found (funcall condition)))
      (when (> (float-time) end)
        (ert-fail (format "it never came: %s" what)))
      (accept-process-output nil 0.1))
    found))

(defun eglot-test--ask (method)
  "Ask the server METHOD about point."
  (jsonrpc-request (eglot--current-server-or-lose) method (eglot--TextDocumentPositionParams) :timeout 30))

(defun eglot-test--labels ()
  "Return what may stand at point."
  (let ((answer (eglot-test--ask :textDocument/completion)))
    (mapcar (lambda (item) (plist-get item :label))
            (if (vectorp answer) answer (plist-get answer :items)))))

(ert-deftest eglot-test-completion-hover-and-diagnostics ()
  (skip-unless (require 'eglot nil t))
  ;; js-mode has another server in eglot's list, which is not installed here.
  (mixpanel-eglot-setup)
  (let ((eglot-server-programs `((js-mode . (,(mixpanel--program) "lsp"))))
        (folder (expand-file-name "eglot-app/" "~"))
        (name (car (mixpanel--read '("inspect" "events")))))
    (make-directory (expand-file-name ".git" folder) t)
    (with-temp-file (expand-file-name "app.js" folder)
      (insert (format "mixpanel.track(\"%s\");\nmixpanel.track(\"\");\nmixpanel.track(\"Sign Upp\");\n" name)))
    (find-file (expand-file-name "app.js" folder))
    (js-mode)
    (apply #'eglot (eglot--guess-contact))
    (eglot-test--until "the server" (lambda () (eglot-current-server)))
    (unless eglot--managed-mode
      (eglot--maybe-activate-editing-mode))
    (goto-char (point-min))
    (forward-line 1)
    (search-forward "track(\"")
    (should (member name (eglot-test--until "completion" #'eglot-test--labels)))
    (goto-char (point-min))
    (search-forward "track(\"")
    (forward-char 1)
    (should (string-match-p (regexp-quote name) (format "%S" (eglot-test--until "hover" (lambda () (eglot-test--ask :textDocument/hover))))))
    (flymake-mode 1)
    (flymake-start)
    (let ((found (eglot-test--until "a diagnostic" (lambda () (flymake-diagnostics)))))
      (should (seq-some (lambda (one) (string-match-p "Sign Upp" (flymake-diagnostic-text one))) found)))
    (eglot-shutdown (eglot-current-server))))

(provide 'eglot-test)

;;; eglot-test.el ends here
