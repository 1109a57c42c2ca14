# ssox for zsh plugin managers: does the same as `eval "$(ssox init zsh)"` in ~/.zshrc.
#
# Without the program ssox, this plugin does nothing and prints nothing: output at start-up would spoil the instant
# prompt of powerlevel10k.

if builtin whence -p ssox >/dev/null; then
  eval "$(command ssox init zsh)"
fi
