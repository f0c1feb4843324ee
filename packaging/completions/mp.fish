# Completion of mp for fish: put it into ~/.config/fish/completions, or source it.

function __mp_complete
    mp __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null
    # Not a word: anything may stand here.
    or __fish_complete_path (commandline -ct)
end

complete -c mp -f -a '(__mp_complete)'
