#compdef datacats
# Completion of datacats for zsh: datacats completion zsh

_datacats() {
    local line kind word meaning files directories
    local -a found
    for line in ${(f)"$(_DATACATS_COMPLETE=zsh COMP_WORDS="${(j: :)words[1,CURRENT-1]} $PREFIX" \
            ${~words[1]} </dev/null 2>/dev/null)"}; do
        kind=${line%%,*} line=${line#*,}
        case $kind in
            plain)
                word=${line%%$'\t'*} meaning=
                [[ $line != *$'\t'* ]] || meaning=":${line#*$'\t'}"
                found+=("${word//:/\\:}$meaning")
                ;;
            file) files=1 ;;
            dir) directories=1 ;;
        esac
    done
    (( ! $#found )) || _describe -V datacats found
    [[ -z $files$directories ]] || compset -P '--*=' || true
    [[ -z $files ]] || _files
    [[ -z $directories ]] || _files -/
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _datacats "$@" # the file lies on $fpath
else
    compdef _datacats datacats
fi
