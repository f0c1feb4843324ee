;;; mixpanel-test.el --- Tests of mixpanel.el against the real programs  -*- lexical-binding: t; -*-

;;; Commentary:

;; Run by the script `run' beside this file, in a home that is logged in at a fake Mixpanel.

;;; Code:

(require 'ert)
(require 'mixpanel)

(defun mixpanel-test--until (what condition)
  "Wait until CONDITION, a function, is true of WHAT."
  (let ((end (+ (float-time) 60)))
    (while (not (funcall condition))
      (when (> (float-time) end)
        (ert-fail (format "it never came: %s, but the mode line is %S" what mixpanel--line)))
      (accept-process-output nil 0.1))))

(defun mixpanel-test--line (expected)
  "Wait until the mode line has EXPECTED."
  (mixpanel-test--until expected (lambda () (equal (string-trim mixpanel--line) expected))))

(defun mixpanel-test--mp (&rest arguments)
  "Run `mp' with ARGUMENTS as another tool does; return what it prints."
  (with-temp-buffer
    (let* ((process-environment (append '("MP_ACCOUNT=" "MP_PROJECT_ID=") process-environment))
           (code (apply #'call-process "mp" nil '(t nil) nil arguments)))
      (unless (eq code 0)
        (ert-fail (format "mp %S ended with %s" arguments code)))
      (buffer-string))))

(defvar mixpanel-test--first nil
  "The line of the account that is logged in.")

(ert-deftest mixpanel-test-1-the-mode-line-shows-and-follows ()
  (mixpanel-mode 1)
  (mixpanel-test--until "the session" (lambda () mixpanel-session))
  (setq mixpanel-test--first (format "%s · %s" (alist-get 'account mixpanel-session) (alist-get 'project mixpanel-session)))
  (mixpanel-test--line mixpanel-test--first)
  (mixpanel-test--mp "account" "add" "other" "--type" "oauth_browser" "--region" "eu" "--project" "7")
  (mixpanel-test--mp "account" "use" "other")
  (mixpanel-test--line "other · 7 !")
  (mixpanel-test--mp "account" "use" (car (split-string mixpanel-test--first " · ")))
  (mixpanel-test--line mixpanel-test--first))

(ert-deftest mixpanel-test-2-a-choice-is-for-this-emacs-unless-it-is-for-all ()
  (mixpanel-use 'account "other")
  (mixpanel-test--line "other · 7 !")
  (should-not (string-match-p "\"other\"" (mixpanel-test--mp "session" "-f" "json")))
  (mixpanel-use-reset)
  (mixpanel-test--line mixpanel-test--first)
  (mixpanel-use 'account "other" t)
  (mixpanel-test--line "other · 7 !")
  (should (string-match-p "\"other\"" (mixpanel-test--mp "session" "-f" "json")))
  (mixpanel-use 'account (car (split-string mixpanel-test--first " · ")) t)
  (mixpanel-test--line mixpanel-test--first)
  (should (assoc "other" (mixpanel--choices 'account)))
  (should (rassoc "3187654" (mixpanel--choices 'project))))

(ert-deftest mixpanel-test-3-a-daemon-that-is-killed-is-followed-by-the-next-one ()
  (let ((pid (alist-get 'pid (alist-get 'daemon (mixpanel--read '("daemon" "status"))))))
    (signal-process pid 9)
    (mixpanel-test--mp "account" "use" "other")
    (mixpanel-test--line "other · 7 !")
    (mixpanel-test--mp "account" "use" (car (split-string mixpanel-test--first " · ")))
    (mixpanel-test--line mixpanel-test--first)))

(ert-deftest mixpanel-test-4-questions-are-answered-in-a-buffer ()
  (mixpanel-ask "insights -e \"Sign Up\" --last 7d")
  (mixpanel-test--until "an answer" (lambda () (get-buffer "*mixpanel-ask*")))
  (with-current-buffer "*mixpanel-ask*"
    (should (> (count-lines (point-min) (point-max)) 1))
    (should buffer-read-only))
  (mixpanel-events)
  (mixpanel-test--until "the events" (lambda () (get-buffer "*mixpanel-events*")))
  (mixpanel-doctor)
  (mixpanel-test--until "the doctor" (lambda () (get-buffer "*mixpanel-doctor*"))))

(ert-deftest mixpanel-test-5-a-name-is-no-mode-line-construct ()
  (mixpanel--show '((account . "a") (project . "%b 100% %[\e]0;t\u0007a\u202e")))
  ;; Emacs shows `%%' as one.
  (should (equal mixpanel--line " a · %%b 100%% %%[�]0;t�a�"))
  (mixpanel-refresh)
  (mixpanel-test--line mixpanel-test--first))

(ert-deftest mixpanel-test-6-an-end-leaves-nothing-behind ()
  (mixpanel-mode -1)
  (should-not (process-live-p mixpanel--events))
  (should (equal mixpanel--line ""))
  (should-not (memq 'mixpanel--segment global-mode-string)))

(provide 'mixpanel-test)

;;; mixpanel-test.el ends here
