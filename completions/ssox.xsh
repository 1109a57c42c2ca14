# Completion of ssox in xonsh, as `ssox completions` prints it.

def _ssox_completion():
    import os
    import subprocess

    from xonsh.built_ins import XSH
    from xonsh.completers.completer import add_one_completer
    from xonsh.completers.tools import RichCompletion, contextual_command_completer_for
    from xonsh.parsers.completion_context import CompletionContext

    # Returns the candidates at the cursor. The typed words go to the program unchanged, and none is evaluated. The
    # program's answer is data, already quoted.
    @contextual_command_completer_for('ssox')
    def complete(command):
        words = [arg.value for arg in command.args[: command.arg_index]]
        path = XSH.commands_cache.locate_binary('ssox')
        # xonsh remembers paths, so the program may no longer be there.
        if path is None or not os.access(path, os.X_OK):
            return None
        done = subprocess.run(
            [path, 'complete', 'xonsh', command.prefix, *words], env=XSH.env.detype(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
        )
        kind, *lines = done.stdout.decode('utf-8', 'replace').split('\n')
        if kind.startswith('command '):
            skipped = int(kind.removeprefix('command '))
            inner = command._replace(args=command.args[skipped:], arg_index=command.arg_index - skipped)
            return XSH.shell.shell.completer.complete_from_context(CompletionContext(command=inner))
        if kind == 'files':
            return None
        found = set()
        for line in filter(None, lines):
            inserted, value, about = line.split('\t')
            found.add(
                RichCompletion(
                    inserted, display=value, description=about, append_space=kind.startswith('words'),
                    prefix_len=len(command.raw_prefix),
                )
            )
        # Without this exception, xonsh would offer files.
        if not found:
            raise StopIteration
        return found, len(command.raw_prefix)

    add_one_completer('ssox', complete, 'start')


_ssox_completion()
del _ssox_completion

