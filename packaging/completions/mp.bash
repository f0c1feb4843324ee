# Completion of mp for bash: source it, or put it into the folder of bash-completion under the name `mp`.

_mp() {
    local IFS=$'\n'
    # shellcheck disable=SC2207
    COMPREPLY=($(mp __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1))
}

complete -o default -F _mp mp
