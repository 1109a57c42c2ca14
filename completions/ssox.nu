# Completion of ssox in nushell, as `ssox completions` prints it.

# Returns the candidates for the last word. The typed words go to the program unchanged, and none is evaluated. The
# program's answer is data, already quoted.
def _ssox_complete [spans: list<string>] {
    if (which --all ssox | where type == external | is-empty) { return [] }
    let reply = (^ssox complete nushell ($spans | last) ...($spans | drop) | complete | get stdout | lines)
    let kind = ($reply | get --optional 0 | default '')
    if ($kind starts-with 'words ') or ($kind starts-with 'parts ') {
        $reply | skip | split column "\t" value description
    } else if ($kind starts-with 'command ') {
        let words = ($spans | skip ($kind | str substring 8.. | into int))
        $words | str join ' ' | commandline complete --detailed
    } else if $kind == files {
        null
    } else {
        []
    }
}

@complete '_ssox_complete'
def --wrapped ssox [...args] { ^ssox ...$args }
