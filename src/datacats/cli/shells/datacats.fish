# Completion of datacats for fish: datacats completion fish

function __datacats_complete
    set -l line (commandline -cp | string collect)
    for answer in (env _DATACATS_COMPLETE=fish COMP_WORDS="$line" datacats </dev/null 2>/dev/null)
        set -l found (string split -m 1 , -- $answer)
        switch $found[1]
            case plain
                echo $found[2]
            case file
                __fish_complete_path (commandline -ct)
            case dir
                __fish_complete_directories (commandline -ct)
        end
    end
end

complete --no-files --keep-order --command datacats --arguments '(__datacats_complete)'
