# Completion of mp for bash: source it, or put it into the folder of bash-completion under the name `mp`.

_mp() {
    local line word help width=0 words=() helps=()
    while IFS=$'\t' read -r word help; do
        words+=("$word") helps+=("$help")
        ((${#word} > width)) && width=${#word}
    done < <(mp __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null || printf '\v\n')
    COMPREPLY=()
    # Anything may stand here: bash offers files.
    if [[ ${words[0]-} == $'\v' ]]; then
        compopt -o default 2>/dev/null
        return
    fi
    for line in "${!words[@]}"; do
        # A list is for people, who want to know what an id stands for.
        if [[ ($COMP_TYPE == 63 || $COMP_TYPE == 33) && ${#words[@]} -gt 1 && -n ${helps[line]} ]]; then
            printf -v word "%-${width}s  (%s)" "${words[line]}" "${helps[line]}"
            COMPREPLY+=("$word")
        else
            printf -v word '%q' "${words[line]}"
            # bash has cut the word at its equals sign.
            [[ ${COMP_WORDS[COMP_CWORD]} == *=* ]] || word=${word#--*=}
            COMPREPLY+=("$word")
        fi
    done
}

complete -F _mp mp
