# Completion of datacats for bash 4.4 and newer: datacats completion bash

_datacats() {
    local line kind word
    COMPREPLY=()
    while IFS= read -r line; do
        kind=${line%%,*} word=${line#*,}
        case $kind in
            plain)
                # Where = ends a word, bash completes only what follows it.
                [[ $COMP_WORDBREAKS != *=* ]] || word=${word#--*=}
                COMPREPLY+=("$word")
                ;;
            file) compopt -o default ;;
            dir) compopt -o dirnames ;;
        esac
    done < <(_DATACATS_COMPLETE=bash COMP_WORDS=${COMP_LINE:0:COMP_POINT} "${1/#\~\//$HOME/}" </dev/null 2>/dev/null)
}

complete -o nosort -F _datacats datacats 2>/dev/null || complete -F _datacats datacats
