;;; mixpanel.el --- The Mixpanel login and session of this machine  -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "27.1"))
;; Keywords: tools, convenience
;; URL: https://mp.example/
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; The daemon mpd owns the Mixpanel login of a user, and all tools of the
;; machine ask it.  This package shows in the mode line what you are working
;; on, lets you choose something else, logs you in, asks questions, and tells
;; eglot and lsp-mode of the language server `mp lsp'.  It never sees a token.
;;
;;     (require 'mixpanel)
;;     (mixpanel-mode 1)
;;     (mixpanel-eglot-setup)
;;
;; The mode line follows the daemon's events; nothing is asked again and
;; again.  Nothing here starts the daemon but a command of yours.

;;; Code:

(require 'json)
(require 'seq)
(require 'subr-x)

(defvar eglot-server-programs)
(declare-function lsp-register-client "ext:lsp-mode")
(declare-function make-lsp-client "ext:lsp-mode")
(declare-function lsp-stdio-connection "ext:lsp-mode")

(defgroup mixpanel nil
  "The Mixpanel login and session of this machine."
  :group 'tools
  :prefix "mixpanel-")

(defcustom mixpanel-program nil
  "The program `mp'; nil to look for it.
It is looked for in the variable `exec-path', then in ~/.cargo/bin and
~/.local/bin, which an Emacs that a desktop starts may not have there."
  :type '(choice (const :tag "Look for it" nil) file))

(defcustom mixpanel-mode-line-format " %s"
  "How the session stands in the mode line."
  :type 'string)

(defcustom mixpanel-eglot-modes
  '(js-mode typescript-mode python-mode swift-mode kotlin-mode java-mode go-mode ruby-mode php-mode dart-mode csharp-mode)
  "Modes in which eglot starts `mp lsp' if no other server is registered."
  :type '(repeat symbol))

(defvar mixpanel-session nil
  "What is known of the session, as an alist; nil where no daemon runs.
Its keys are those of `mp prompt -f json'.")

(defvar mixpanel-changed-hook nil
  "Functions that are called when `mixpanel-session' has changed.")

(defvar mixpanel--line ""
  "What stands in the mode line.")

(defvar mixpanel--events nil
  "The process that tells of the daemon's events.")

(defvar mixpanel--asking nil
  "The process that asks for the session.")

(defvar mixpanel--is-asking-again nil
  "Whether something has happened since `mixpanel--asking' was started.")

;;;; The program

(defun mixpanel--program ()
  "Return the program `mp', or signal what to do."
  (or mixpanel-program
      (executable-find "mp")
      (seq-find #'file-executable-p
                (mapcar #'expand-file-name '("~/.cargo/bin/mp" "~/.local/bin/mp" "/usr/local/bin/mp" "/opt/homebrew/bin/mp")))
      (user-error "There is no mp in `exec-path'; install it, or set `mixpanel-program'")))

(defun mixpanel--clean (text)
  "Return TEXT on one line, without characters that nobody sees."
  (replace-regexp-in-string
   "[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]" "\ufffd" text))

(defun mixpanel--run (arguments then)
  "Run `mp' with ARGUMENTS; call THEN with its exit code, output and errors."
  (let* ((output (generate-new-buffer " *mixpanel-output*"))
         (errors (generate-new-buffer " *mixpanel-errors*"))
         (process-environment (append '("NO_COLOR=1" "COLUMNS=1000") process-environment)))
    (make-process
     :name "mixpanel" :buffer output :stderr errors :noquery t :connection-type 'pipe :coding 'utf-8
     :command (cons (mixpanel--program) arguments)
     :sentinel
     (lambda (process _event)
       (unless (process-live-p process)
         ;; What goes to stderr has a process of its own, which may still have something to say.
         (let ((pipe (get-buffer-process errors)))
           (when pipe
             (accept-process-output pipe 0.1)
             (set-process-sentinel pipe #'ignore)))
         (let ((printed (with-current-buffer output (buffer-string)))
               (said (string-trim (with-current-buffer errors (buffer-string)))))
           (kill-buffer output)
           (kill-buffer errors)
           (funcall then (process-exit-status process) printed said)))))))

(defun mixpanel--run-or-tell (arguments then)
  "Run `mp' with ARGUMENTS; call THEN with its output, or tell what is wrong."
  (mixpanel--run arguments
                 (lambda (code printed said)
                   (if (zerop code)
                       (funcall then printed)
                     (message "mixpanel: %s" (mixpanel--clean (if (string-empty-p said) (format "mp ended with %d" code) said)))))))

(defun mixpanel--read (arguments)
  "Return what `mp' prints as JSON for ARGUMENTS, while the user waits."
  (with-temp-buffer
    (let ((code (apply #'call-process (mixpanel--program) nil '(t nil) nil (append arguments '("-f" "json")))))
      (unless (eq code 0)
        (user-error "Mixpanel: `mp %s' ended with %s; see M-x mixpanel-doctor" (string-join arguments " ") code))
      (goto-char (point-min))
      (json-parse-buffer :object-type 'alist :array-type 'list :null-object nil))))

;;;; The session in the mode line

(defun mixpanel--show (session)
  "Show SESSION in the mode line."
  (setq mixpanel-session session)
  (let* ((field (lambda (name) (alist-get name session)))
         (parts (delq nil (list (funcall field 'account) (funcall field 'project))))
         (text (mixpanel--clean (string-join parts " · "))))
    (when (funcall field 'mark)
      (setq text (string-trim (concat text " " (funcall field 'mark)))))
    (setq mixpanel--line
          (if (string-empty-p text)
              ""
            ;; A mode line reads `%' in a string anew.
            (replace-regexp-in-string "%" "%%" (format mixpanel-mode-line-format (truncate-string-to-width text 60 nil nil t))))))
  (force-mode-line-update t)
  (run-hooks 'mixpanel-changed-hook))

(defun mixpanel-refresh ()
  "Ask the daemon for the session, and show it.
No daemon is started for that."
  (interactive)
  (mixpanel--focus)
  (if (process-live-p mixpanel--asking)
      (setq mixpanel--is-asking-again t)
    (setq mixpanel--is-asking-again nil
          mixpanel--asking
          (mixpanel--run
           '("prompt" "-f" "json" "--wait" "5000")
           (lambda (code printed _said)
             (setq mixpanel--asking nil)
             (let ((session (and (zerop code)
                                 (ignore-errors (json-parse-string printed :object-type 'alist :null-object nil)))))
               (mixpanel--show (unless (member (alist-get 'state session) '("off" "slow" nil)) session)))
             (when mixpanel--is-asking-again
               (mixpanel-refresh)))))))

(defun mixpanel--filter (process text)
  "Take TEXT from PROCESS: lines that tell of an event each, cut anywhere."
  (let* ((whole (concat (process-get process 'rest) text))
         (lines (split-string whole "\n")))
    (process-put process 'rest (car (last lines)))
    (when (cdr lines)
      ;; Whatever has happened, the session is asked for as it is now.
      (mixpanel-refresh))))

(defun mixpanel--connect ()
  "Follow the daemon's events, if that is not done yet."
  (unless (process-live-p mixpanel--events)
    (setq mixpanel--events
          (make-process
           :name "mixpanel-events" :buffer nil :noquery t :connection-type 'pipe :coding 'utf-8
           :command (list (mixpanel--program) "events" "-f" "jsonl" "-q" "--no-autostart")
           :stderr (get-buffer-create " *mixpanel-events-errors*")
           :filter #'mixpanel--filter
           :sentinel (lambda (process _event)
                       (unless (process-live-p process)
                         (mixpanel--show nil)))))
    (let ((errors (get-buffer-process " *mixpanel-events-errors*")))
      (when errors
        (set-process-query-on-exit-flag errors nil)
        ;; The usual one would write into the buffer that it has ended.
        (set-process-sentinel errors #'ignore)))))

(defun mixpanel--focus ()
  "Look for a daemon that was started meanwhile, perhaps in a terminal."
  (when (and (bound-and-true-p mixpanel-mode) (not (process-live-p mixpanel--events)))
    (ignore-errors (mixpanel--connect))))

;;;###autoload
(define-minor-mode mixpanel-mode
  "Show the Mixpanel session in the mode line, and follow it.
The text is in `global-mode-string'."
  :global t
  (cond
   (mixpanel-mode
    (unless (memq 'mixpanel--segment global-mode-string)
      (setq global-mode-string (append (or global-mode-string '("")) '(mixpanel--segment))))
    (add-function :after after-focus-change-function #'mixpanel--focus)
    (mixpanel--connect))
   (t
    (setq global-mode-string (delq 'mixpanel--segment global-mode-string))
    (remove-function after-focus-change-function #'mixpanel--focus)
    (when (process-live-p mixpanel--events)
      (delete-process mixpanel--events))
    (mixpanel--show nil))))

(defvar mixpanel--segment '(:eval mixpanel--line)
  "What `global-mode-string' has of it.")
(put 'mixpanel--segment 'risky-local-variable t)

;;;; Choosing

(defconst mixpanel--kinds
  '((account "MP_ACCOUNT" "MP_PROJECT_ID" "MP_WORKSPACE_ID" "MP_TARGET")
    (project "MP_PROJECT_ID" "MP_WORKSPACE_ID" "MP_TARGET")
    (workspace "MP_WORKSPACE_ID" "MP_TARGET")
    (target "MP_TARGET" "MP_ACCOUNT" "MP_PROJECT_ID" "MP_WORKSPACE_ID"))
  "For each kind its variable, and those that a choice of it makes void.")

(defun mixpanel--choices (kind)
  "Return what there is of KIND, as an alist from what is shown to its id."
  (mapcar (lambda (entry)
            (let ((name (format "%s" (alist-get 'name entry)))
                  (id (alist-get 'id entry)))
              (if id (cons (format "%s (%s)" (mixpanel--clean name) id) (format "%s" id)) (cons name name))))
          (let ((answer (mixpanel--read (list (symbol-name kind) "list"))))
            ;; Some lists are the value of a field.
            (if (and (consp (car answer)) (symbolp (caar answer)))
                (seq-find (lambda (value) (and (listp value) (consp (car-safe value)))) (mapcar #'cdr answer))
              answer))))

;;;###autoload
(defun mixpanel-use (kind id &optional for-all)
  "Choose the account, project, workspace or target KIND with the name or ID.
It is for this Emacs and all that it starts; with a prefix argument
FOR-ALL it is for all tools of the machine."
  (interactive
   (let* ((kind (intern (completing-read "Choose: " (mapcar #'car mixpanel--kinds) nil t)))
          (choices (mixpanel--choices kind))
          (chosen (completing-read (format "Mixpanel %s: " kind) choices nil t)))
     (list kind (cdr (assoc chosen choices)) current-prefix-arg)))
  (let ((row (or (alist-get kind mixpanel--kinds) (user-error "There is no kind %s" kind))))
    ;; What this Emacs has chosen would hide what all others see.
    (dolist (variable (cdr row))
      (setenv variable nil))
    (if for-all
        (progn
          (setenv (car row) nil)
          (mixpanel--run-or-tell (list (symbol-name kind) "use" id) (lambda (_) (mixpanel-refresh))))
      (setenv (car row) id)
      (mixpanel-refresh))))

;;;###autoload
(defun mixpanel-use-reset ()
  "End what was chosen for this Emacs."
  (interactive)
  (dolist (row mixpanel--kinds)
    (setenv (cadr row) nil))
  (mixpanel-refresh))

;;;; Logging in

(defvar mixpanel--login nil
  "The process of the login that goes on.")

;;;###autoload
(defun mixpanel-login (&optional account)
  "Log in, in the browser: ACCOUNT if it is given, else a new one."
  (interactive (list (let ((name (read-string "Account (empty for a new one): "))) (unless (string-empty-p name) name))))
  (when (process-live-p mixpanel--login)
    (user-error "A login goes on already; M-x mixpanel-login-cancel ends it"))
  (setq mixpanel--login
        (mixpanel--run-or-tell
         (if account (list "account" "login" account) (list "login"))
         (lambda (printed)
           (message "mixpanel: logged in. %s" (mixpanel--clean (string-trim printed)))
           (mixpanel-refresh))))
  (message "mixpanel: log in in the browser that opens; M-x mixpanel-login-cancel ends it"))

;;;###autoload
(defun mixpanel-login-cancel ()
  "End the login that was begun here."
  (interactive)
  (if (process-live-p mixpanel--login)
      (interrupt-process mixpanel--login)
    (user-error "No login goes on here")))

;;;; Asking

(define-derived-mode mixpanel-answer-mode special-mode "Mixpanel"
  "Shows what Mixpanel or the daemon has answered."
  (setq truncate-lines t))

(defun mixpanel--answer (name text)
  "Show TEXT in the buffer NAME."
  (with-current-buffer (get-buffer-create name)
    (mixpanel-answer-mode)
    (let ((inhibit-read-only t))
      (erase-buffer)
      (insert (mapconcat #'mixpanel--clean (split-string (string-trim-right text) "\n") "\n") "\n")
      (goto-char (point-min)))
    (display-buffer (current-buffer))))

;;;###autoload
(defun mixpanel-ask (words)
  "Ask a question as `mp ask WORDS' does, and show the table.
WORDS are quoted as in a shell."
  (interactive "sAsk: insights, funnel, retention, flow, users …: ")
  (mixpanel--run-or-tell (append '("ask") (split-string-and-unquote words) '("-f" "table"))
                         (lambda (printed) (mixpanel--answer "*mixpanel-ask*" printed))))

;;;###autoload
(defun mixpanel-events ()
  "List the events of the project."
  (interactive)
  (mixpanel--run-or-tell '("inspect" "events" "-f" "plain")
                         (lambda (printed) (mixpanel--answer "*mixpanel-events*" printed))))

;;;###autoload
(defun mixpanel-doctor ()
  "Look for what is wrong with daemon, files, socket and network."
  (interactive)
  (mixpanel--run '("daemon" "doctor")
                 (lambda (_code printed said) (mixpanel--answer "*mixpanel-doctor*" (concat printed "\n" said)))))

;;;; The language server

;;;###autoload
(defun mixpanel-eglot-setup ()
  "Tell eglot of `mp lsp', for modes that have no other server there.
Eglot runs one server for a mode.  Where another one is registered, call
`mixpanel-eglot-setup' with `mixpanel-eglot-modes' set to what ours shall
take, or use lsp-mode, which runs several."
  (with-eval-after-load 'eglot
    (let ((free (seq-remove (lambda (mode) (mixpanel--has-server-p mode)) mixpanel-eglot-modes)))
      (dolist (mode free)
        (add-to-list 'eglot-server-programs (cons mode (list (mixpanel--program) "lsp")) t)))))

(defun mixpanel--has-server-p (mode)
  "Return whether eglot would find a program for MODE."
  (seq-some (lambda (entry)
              (let ((modes (if (listp (car entry)) (car entry) (list (car entry)))))
                (and (seq-some (lambda (known) (eq mode (if (consp known) (car known) known))) modes)
                     (let ((contact (cdr entry)))
                       (or (functionp contact) (and (stringp (car-safe contact)) (executable-find (car contact))))))))
            eglot-server-programs))

;;;###autoload
(defun mixpanel-lsp-mode-setup ()
  "Tell lsp-mode of `mp lsp', beside the servers of the languages."
  (with-eval-after-load 'lsp-mode
    (lsp-register-client
     (make-lsp-client :new-connection (lsp-stdio-connection (lambda () (list (mixpanel--program) "lsp")))
                      :major-modes mixpanel-eglot-modes
                      :add-on? t
                      :server-id 'mixpanel))))

(provide 'mixpanel)

;;; mixpanel.el ends here
