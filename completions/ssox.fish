# Completion of ssox in fish, as `ssox completions` prints it.

# Completes. The typed words go to the program unchanged. The program's answer is data, and fish escapes what it
# inserts.
function _ssox_complete
    set -l fish_trace
    set -l IFS \n
    set -l current (commandline -ct)
    set -l words (commandline -opc)
    set -l reply (command ssox complete fish "$current" $words 2>/dev/null)
    switch "$reply[1]"
        case 'words *' 'parts *'
            string join \n -- $reply[2..]
        case files
            # For arguments of a command with an empty name, fish offers only files.
            set -l option (string match -r '^--[^=]*=' -- "$current")
            set -l path (string replace -r '^--[^=]*=' '' -- "$current")
            set -l found (complete -C "'' $path")
            string join \n -- "$option"$found
        case 'command *'
            set -l first (math (string replace 'command ' '' -- $reply[1]) + 1)
            set -l inner
            test $first -gt (builtin count $words); or set inner (string escape -- $words[$first..])
            complete -C (string join ' ' -- $inner "$current")
    end
end

complete -e -c ssox
complete -c ssox -f -a '(_ssox_complete)'