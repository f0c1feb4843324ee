# Completion of mp for fish: put it into ~/.config/fish/completions.

complete -c mp -a '(mp __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
