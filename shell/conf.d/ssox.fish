# ssox for fisher (`fisher install PATH/TO/ssox/shell`): does the same as `ssox init fish | source` in config.fish.
#
# Without the program ssox, this file does nothing and prints nothing.

if status is-interactive; and command -q ssox
    command ssox init fish | source
end

function _ssox_on_uninstall --on-event ssox_uninstall
    set -l prompt (functions fish_right_prompt 2>/dev/null | string match -v '*_ssox_*')
    if string match -qrv '^#|^function fish_right_prompt|^end$' -- $prompt
        string join \n -- $prompt | source
    else
        functions -e fish_right_prompt
    end
    complete -e -c ssox
    functions -e ssox (functions -a | string match '_ssox_*')
end
