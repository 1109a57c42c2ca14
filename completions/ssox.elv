var edit = $edit:
# Completion of ssox in elvish, as `ssox completions` prints it.

use path
use re
use str

# Returns the candidates for the last word; elvish selects and quotes them. The typed words go to the program unchanged,
# and none is evaluated. The program's answer is data.
fn complete {|@words|
  var lines = [(try { e:ssox complete elvish $words[-1] (all $words[..-1]) < $path:dev-null 2> $path:dev-null } catch _ { })]
  if (eq $lines []) { return }
  if (re:match '^(?:words|parts) ' $lines[0]) {
    var suffix = (if (str:has-prefix $lines[0] words) { put ' ' } else { put '' })
    for line $lines[1..] {
      var value about = (str:split &max=2 "\t" $line)
      $edit[complex-candidate~] $value &code-suffix=$suffix &display=(if (eq $about '') { put $value } else { put $value'  '$about })
    }
  } elif (eq $lines[0] files) {
    $edit[complete-filename~] $words[-1]
  } else {
    $edit[complete-sudo~] sudo (all $words[(str:trim-prefix $lines[0] 'command ')..])
  }
}

set edit:completion:arg-completer[ssox] = $complete~
