# ssox for zsh plugin managers: what `eval "$(ssox init zsh)"` in ~/.zshrc does.
#
# Without the binary it does nothing and says nothing: a word at start-up would spoil an instant prompt.

if builtin whence -p ssox >/dev/null; then
  eval "$(command ssox init zsh)"
fi
