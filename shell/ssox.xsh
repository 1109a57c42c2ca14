# ssox for xonsh (0.22 and later): the command `ssox`, the hooks around each command, the segment in the prompt.
#
# This script makes no decisions: it applies the replies of the program ssox, compares two numbers and a tuple, and
# calls the program. It is plain Python. The only name that it leaves behind is the module `_ssox`, which has its state.
# Invariant: nothing from AWS, a file or the environment is evaluated.


def _ssox_load(has_prompt):
    import os
    import re
    import subprocess
    import sys
    import time
    import types

    from xonsh import __version__ as version
    from xonsh.built_ins import XSH
    from xonsh.events import events
    from xonsh.tools import uncapturable, unthreadable

    env = XSH.env
    # Whether an alias that returns a command can also set environment variables for this command.
    has_overlay = [int(number) for number in re.findall('[0-9]+', version)[:2]] >= [0, 23]
    # The state is kept as long as the shell runs, so that loading this script twice loses nothing.
    #
    # `was` has the previous value of each variable that ssox has changed in this shell: a tuple with the value, or an
    # empty tuple if the variable was not set. A shell that inherits a profile in use (a `child`) does not know the
    # previous values, and records none. `seen` has the compared values that the program checked last, `held` their
    # fingerprints, and `left` what the prompt segment showed after the last reply. What a `.ssox` file needs is
    # described below.
    state = sys.modules.get('_ssox')
    if state is None:
        state = sys.modules['_ssox'] = types.ModuleType('_ssox')
        state.__dict__.update(
            was={}, child=bool(env.get('SSOX_PROMPT') or env.get('SSOX_IDENTITY')), seen=None, left=None,
            held=env.get('SSOX_IDENTITY') or '', layer='', under={}, over={}, theirs=set(), outside={}, before=(),
            directory='', file=env.get('SSOX_DIRECTORY') or '', nearer='', again=False,
            text='', state='', painted='', current=None, fires={},
        )
    state.retry = 0
    state.is_placed = not has_prompt

    class Refused(Exception):
        pass

    # --- function

    def any_verb(args):
        found = ''
        for arg in args:
            if arg in ('-h', '--help', '-V', '--version') or arg.startswith('--emit'):
                return ''
            if arg == '--':
                break
            if not found and not arg.startswith('-'):
                found = arg
        return found

    # Returns the path of the program. xonsh remembers paths, so the program may no longer be there.
    def binary():
        path = XSH.commands_cache.locate_binary('ssox')
        return path if path and os.access(path, os.X_OK) else None

    def environment(**more):
        return {**env.detype(), **{name: value for name, value in more.items() if value}}

    # Runs the program with the terminal. Returns its exit status, and its output if the output is captured.
    def call(args, more, **channels):
        path = binary()
        if path is None:
            print('ssox: command not found', file=sys.stderr)
            return 127, b''
        with subprocess.Popen([path, *args], env=environment(**more), **channels) as process:
            while True:
                try:
                    output, _ = process.communicate()
                    break
                except KeyboardInterrupt:
                    # The program got the same signal from the terminal, and ends.
                    continue
        status = process.returncode
        return (status if status >= 0 else 128 - status), output

    # Runs a verb that changes the environment of this shell. A hook of the person may call it while the layer is off, or
    # before ssox's hooks have taken off the layer of the old directory. After `allow` or `deny` on the same line, the
    # layer must be made again.
    def change(_, stdin=None):
        layer = state.layer
        is_here = os.getcwd() == state.directory
        if layer == 'off' or (state.again if is_here else layer):
            arrive(is_early=not is_here)
        try:
            return change_here(*state.call, stdin)
        finally:
            if (layer, state.layer) == ('off', 'on'):
                take_off()

    def change_here(verb, args, stdin):
        status, reply = call(['--emit=xonsh1', *args], {'SSOX_HELD': state.held, 'SSOX_SAVED': ' '.join(state.was)}, stdin=stdin, stdout=subprocess.PIPE)
        if status:
            return status
        try:
            apply(verb, reply.decode('utf-8', 'surrogateescape'))
        except Refused as refused:
            print(f'ssox: {refused}, environment unchanged', file=sys.stderr)
            return 70
        return 0

    # Runs a verb that does not change the environment of this shell, if an argument has text that xonsh would expand:
    # xonsh would expand it even if it was quoted.
    @unthreadable
    @uncapturable
    def run(_, stdin=None, stdout=None, stderr=None):
        _, args = state.call
        return call(args, {'SSOX_FUNCTION': 'xonsh1'}, stdin=stdin, stdout=stdout, stderr=stderr)[0]

    @XSH.aliases.return_command
    def ssox(args):
        args = [str(arg) for arg in args]
        verb = any_verb(args)
        state.call = (verb, args)
        if verb in ('use', 'clear'):
            is_piped = '--saml-response=-' in args or ('--saml-response', '-') in zip(args, args[1:])
            return ['_ssox_piped' if is_piped else '_ssox_change']
        if verb in ('allow', 'deny'):
            state.again = True
        if any(XSH.expand_path(arg) != arg for arg in args):
            return ['_ssox_run']
        return {'cmd': ['ssox', *args], 'env': {'SSOX_FUNCTION': 'xonsh1'}} if has_overlay else ['ssox', *args]

    # The alias `_ssox_change` gets the terminal, so it cannot be a part of a pipeline. `_ssox_piped` can.
    XSH.aliases['_ssox_piped'] = lambda args, stdin=None: change(args, stdin=stdin)
    XSH.aliases['_ssox_change'] = unthreadable(uncapturable(lambda args, stdin=None: change(args, stdin=stdin)))
    XSH.aliases['_ssox_run'] = run
    XSH.aliases['ssox'] = ssox

    # --- reply

    names = r'(?:AWS|SSOX)_[A-Z0-9_]+|AWSUME_PROFILE|AWSUME_EXPIRATION|AWSU_PROFILE|CPL_AWS_CREDENTIALS_FILE|BOTO_CONFIG'
    accepted = re.compile(rf'=({names})=(.*)|-({names})|!({names})|~({names})')
    shaped = re.compile(r'=([^=]+)=.*|[-!~]([^=]+)')

    # Checks all lines of a reply: `=NAME=VALUE` sets a variable, `-NAME` unsets it, `!NAME` forgets its previous value,
    # and `~NAME` keeps it for a later reply.
    def read(reply):
        lines = reply.removesuffix('\n').split('\n')
        if len(lines) < 2 or lines[0] != '#ssox1' or lines[-1] != '#end':
            raise Refused('the program ssox sent an unexpected reply')
        changes, forgotten, later, wrong = {}, [], [], None
        for line in lines[1:-1]:
            found = accepted.fullmatch(line)
            name = shaped.fullmatch(line)
            if not name:
                raise Refused('the program ssox sent an unexpected reply')
            if not found:
                wrong = wrong or name[1] or name[2]
            elif found[4]:
                forgotten.append(found[4])
            elif found[5]:
                later.append(found[5])
            else:
                changes[found[1] or found[3]] = found[2]
        if wrong:
            raise Refused(f'`{wrong}` must not be changed by ssox')
        return changes, forgotten, later

    def get(name):
        return (env[name],) if name in env else ()

    def put(name, value):
        if value:
            env[name] = value[0]
        elif name in env:
            del env[name]

    def is_in_use():
        return bool(env.get('SSOX_PROMPT') or env.get('SSOX_IDENTITY'))

    # Applies the reply to a verb. After `clear`, and whenever no profile is in use, variables that are unset get their
    # previous values back. A value that a hook unsets while no profile is in use was set by ssox, so it is not recorded
    # as a previous value.
    def apply(verb, reply):
        changes, forgotten, later = read(reply)
        # A profile that another program or shell has put in use here is not a previous value.
        if is_in_use() and not state.was:
            state.child = True
        is_asked = verb in ('use', 'clear', 'directory') or is_in_use()
        for name, value in changes.items():
            if is_asked or value is not None:
                remember(name)
        for name in forgotten:
            state.was.pop(name, None)
        for name, value in changes.items():
            put(name, () if value is None else (value,))
        if verb == 'clear' or (verb != 'use' and not is_in_use()):
            restore(later)
        note()

    def remember(name):
        if state.layer == 'on':
            state.under.setdefault(name, get(name))
        if not state.child:
            state.was.setdefault(name, get(name))

    # Restores the previous values, except of variables that another program has set since, and forgets them. Those of
    # the names in `later` stay.
    def restore(later):
        for name in [name for name in state.was if name not in env and name not in later]:
            put(name, state.was.pop(name))
        state.child = False

    # Records the current values as those that ssox set.
    def note():
        state.held = env.get('SSOX_IDENTITY') or ''
        state.left = visible()
        state.seen = identity()

    # --- hook

    # Returns the compared values. The last ones, from AWS_CONFIG_FILE on, determine what AWS_PROFILE means.
    def identity():
        return tuple(
            env.get(name)
            for name in (
                'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_CREDENTIAL_EXPIRATION', 'AWS_REGION',
                'AWS_DEFAULT_REGION', 'AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AWS_SECURITY_TOKEN', 'AWS_ACCOUNT_ID',
                'AWS_SSO_PROFILE', 'SSOX_PROFILE', 'SSOX_IDENTITY', 'AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE',
                'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ROLE_ARN', 'AWS_CONTAINER_CREDENTIALS_FULL_URI',
                'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_AUTHORIZATION_TOKEN',
                'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
            )
        )

    # Returns the values that the prompt segment shows.
    def visible():
        return tuple(env.get(name) for name in ('SSOX_PROMPT', 'SSOX_STATE', 'SSOX_EXPIRES', 'SSOX_NEXT', 'SSOX_PROTECTED'))

    # Returns a number from the environment, or else 0.
    def number(name):
        text = str(env.get(name) or '')
        return int(text) if re.fullmatch('[1-9][0-9]{0,14}', text) else 0

    # Calls the program, and tells whether its reply was applied. Messages for people are hidden, except those about
    # directories.
    def ask(verb, *args):
        path = binary()
        if path is None:
            return False
        try:
            done = subprocess.run(
                [path, '--emit=xonsh1', verb, *args], env=environment(SSOX_HELD=state.held), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=None if verb == 'directory' else subprocess.DEVNULL, check=False,
            )
            if done.returncode:
                return False
            apply(verb, done.stdout.decode('utf-8', 'surrogateescape'))
        except (OSError, Refused):
            return False
        return True

    # Lets the program check a change of the compared values, such as other access keys, another region, or a profile
    # name beside access keys. The program is called once for each change, and at the first prompt of a shell that
    # inherits a profile. If the program fails, the new identity counts as foreign. The program also undoes an edit of
    # what the prompt segment shows.
    def look():
        if not is_in_use() and not env.get('SSOX_REPLACED') and state.seen is None or state.layer == 'off':
            return
        now = identity()
        if now == state.seen and (state.left == visible() or not is_in_use()):
            return
        state.seen = now
        if ask('identity') or not is_in_use():
            return
        env['SSOX_STATE'] = 'foreign'
        env['SSOX_PROMPT'] = (env.get('SSOX_PROMPT') or '').removesuffix('?') + '?'
        state.left = visible()

    # Tells whether the program should be called now. After a failure, it should be called again after a minute at the
    # earliest. If somebody sets the clock back, the wait does not become longer.
    def is_due(clock):
        is_ours = env.get('SSOX_STATE') != 'foreign'
        return is_ours and 0 < number('SSOX_NEXT') <= clock and (clock >= state.retry or state.retry > clock + 60)

    # Lets the program renew the credentials, or tell when it is to be called again.
    def tick(clock, *more):
        state.retry = clock + 60
        if ask('tick', *more):
            state.retry = 0
            state.retry = clock + 60 if is_due(clock) else 0

    # Renews the credentials when they are due, and computes the prompt segment.
    def refresh():
        if not (is_in_use() or env.get('SSOX_NEXT') or state.painted):
            return
        clock = int(time.time())
        if is_due(clock):
            tick(clock)
        show(clock)

    # The prompt may be hours old when a command is typed, and no command should start with expired credentials.
    def guard(cmd='', **_):
        expires = number('SSOX_EXPIRES')
        clock = int(time.time())
        if not expires or clock + 60 < expires or re.match(r'\s*ssox', cmd):
            return
        if env.get('SSOX_STATE') == 'renewing' or is_due(clock):
            tick(clock, '--wait=2s')

    # --- directories

    # The values of a `.ssox` file are a layer above the values of the shell. Before the hooks of other tools run, the
    # layer is taken off: the values below it are restored. After these hooks, the layer is put on again. So direnv and
    # mise never see the layer.
    #
    # `layer` is empty, `on` or `off`. For each variable that was changed while the layer was on, `under` has the value
    # below the layer, and `over`, while the layer is off, the value in the layer. `outside` and `before` have what
    # `was`, `held` and `child` contained before the layer. `directory` is the directory in which a `.ssox` file was
    # last searched for, and `file` the file that was found. `nearer` is set if direnv or mise has a file nearer to the
    # working directory than the `.ssox` file. Then the values that these tools set stay; `theirs` has the names.

    def take_off():
        if state.layer != 'on':
            return
        for name, under in state.under.items():
            if name not in state.theirs:
                state.over[name] = get(name)
                put(name, under)
        state.layer = 'off'

    def put_on():
        if state.layer != 'off':
            return
        state.theirs = set()
        for name, under in list(state.under.items()):
            now = get(name)
            if now != under:
                if state.nearer:
                    state.theirs.add(name)
                    continue
                if state.was.get(name) == under and name not in state.outside:
                    state.was[name] = now
                # After `clear`, the values in the layer are those below it, so they follow a change below it.
                if not any(state.over.get('SSOX_PROMPT', ())) and state.over.get(name) == under:
                    state.over[name] = now
                state.under[name] = now
            if name in state.over:
                put(name, state.over[name])
        state.layer = 'on'

    # Puts the layer on again, or the layer of another `.ssox` file if the directory has changed. If it is early, direnv
    # and mise have not acted yet. Then no new layer begins, because the values of the previous directory would be below
    # it.
    def arrive(is_early=False):
        place = os.getcwd()
        again = state.again
        if place == state.directory and not again:
            return put_on()
        state.directory = place
        state.again = False
        found = find(place)
        if not found and not state.file:
            return None
        nearer = found and find_nearer(place, found)
        # A layer that began while direnv or mise had a nearer file lacks the values that these tools set. If their file
        # is no longer nearer, the shell enters the directory again.
        if not again and found == state.file and (nearer or state.nearer != 'entered'):
            if state.nearer != 'entered':
                state.nearer = nearer
            return put_on()
        leave()
        if found and is_early:
            state.directory = None
        elif found:
            enter(found, nearer)
        return None

    # Returns the nearest `.ssox` file, without starting a process. The search ends at the home directory.
    def find(place):
        home = os.path.realpath(os.path.expanduser('~'))
        while True:
            file = os.path.join(place, '.ssox')
            if os.path.lexists(file):
                return file
            above = os.path.dirname(place)
            if place == home or above == place:
                return ''
            place = above

    # Returns `nearer` if direnv or mise has a file in a directory from the working directory up to, and without, that
    # of the `.ssox` file.
    def find_nearer(place, found):
        tools = ('.envrc', 'mise.toml', '.mise.toml', 'mise.local.toml', '.mise.local.toml', '.config/mise.toml')
        while place != os.path.dirname(found):
            if any(os.path.exists(os.path.join(place, name)) for name in tools):
                return 'nearer'
            place = os.path.dirname(place)
        return ''

    def enter(file, nearer):
        state.outside = dict(state.was)
        state.before = (state.held, state.child)
        state.under, state.over, state.theirs = {}, {}, set()
        state.nearer = 'entered' if nearer else ''
        state.layer = 'on'
        if not ask('directory', file):
            leave()
        elif nearer:
            state.seen = ('entered',)
        state.file = file

    # Leaves a directory: restores the values from before. A shell that inherited the values of the directory does not
    # know the values from before; in such a shell, the program removes the values of the directory.
    def leave():
        state.file = ''
        if state.layer:
            take_off()
            state.was = state.outside
            state.held, state.child = state.before
            state.left = visible()
            # The program checks the identity that the shell has now.
            if state.under:
                state.seen = None
            state.under, state.over, state.layer = {}, {}, ''
        elif env.get('SSOX_DIRECTORY'):
            ask('directory')

    # Makes `before` run before all handlers of an event, and `after` after them. xonsh itself does not define the order
    # of handlers.
    def surround(event, before, after):
        fire = state.fires.setdefault(event, getattr(events, event).fire)

        def surrounded(**arguments):
            quietly(before, **arguments)
            try:
                return fire(**arguments)
            finally:
                quietly(after)

        getattr(events, event).fire = surrounded

    # Calls a function and ignores its exceptions, so that a fault of this script does not break the prompt.
    def quietly(step, **arguments):
        try:
            step(**arguments)
        except Exception:
            if env.get('XONSH_DEBUG'):
                raise

    def depart(**_):
        take_off()

    def settle():
        arrive()
        look()

    def prompt():
        settle()
        refresh()
        if not state.is_placed:
            place_segment()

    surround('on_chdir', depart, settle)
    surround('on_postcommand', depart, settle)
    surround('on_pre_prompt_format', depart, prompt)
    surround('on_pre_prompt', depart, settle)
    surround('on_precommand', guard, settle)

    # --- segment

    # Computes the fields `{ssox}` (with colours), `{ssox_text}` (`dev:ReadOnly 43m`) and `{ssox_state}` (ok, soon,
    # renewing, expired, foreign), for prompts that people write themselves.
    def show(clock):
        label = re.sub('[\x00-\x1f\x7f-\x9f]', '', env.get('SSOX_PROMPT') or '')
        kind = env.get('SSOX_STATE')
        mark = {'sign-in': ' sign in', 'failed': ' failed'}.get(kind, '')
        expires = 0 if kind == 'foreign' else number('SSOX_EXPIRES')
        left = expires - clock
        time_left = ''
        if not expires and kind == 'renewing':
            mark, result = ' renewing', 'renewing'
        elif not expires:
            result = 'foreign' if kind == 'foreign' else 'soon' if mark else 'ok'
        elif left > 0:
            time_left = duration(left)
            result = 'soon' if left < 900 or mark else 'ok'
        elif mark:
            result = 'expired'
        elif kind == 'renewing' or (number('SSOX_NEXT') and not state.retry):
            mark, result = ' renewing', 'renewing'
        else:
            mark, result = ' expired', 'expired'
        rest = time_left + mark
        state.text, state.state, state.painted = (label + rest, result, paint(label, rest, result)) if label else ('', '', '')

    def duration(left):
        if left >= 172800:
            return f' {left // 86400}d'
        if left >= 3600:
            return f' {left // 3600}h {left % 3600 // 60}m'
        return f' {left // 60}m' if left >= 60 else f' {left}s'

    # Adds the colours. Braces are doubled, because a brace begins a colour or a field in a prompt of xonsh.
    def paint(label, rest, result):
        label = label.replace('{', '{{').replace('}', '}}')
        is_plain = bool(env.get('NO_COLOR'))
        colour = {'ok': 'GREEN', 'expired': 'RED', 'foreign': 'PURPLE'}.get(result, 'YELLOW')
        begin, end = ('', '') if is_plain else ('{%s}' % colour, '{RESET}')
        if not env.get('SSOX_PROTECTED'):
            return begin + label + rest + end
        block = '{BOLD_WHITE}' if is_plain else '{BACKGROUND_RED}{WHITE}'
        return f'{block} {label} {{RESET}}{begin}{rest}{end}'

    env['PROMPT_FIELDS']['ssox'] = lambda: state.painted or None
    env['PROMPT_FIELDS']['ssox_text'] = lambda: state.text.replace('{', '{{').replace('}', '}}') or None
    env['PROMPT_FIELDS']['ssox_state'] = lambda: state.state or None

    # Adds the prompt segment to a plain right prompt at the first prompt, after the whole configuration, unless a
    # framework owns the prompt. It is added once: if a person removes it, it stays removed.
    def place_segment():
        state.is_placed = True
        right = env.get('RIGHT_PROMPT') or ''
        if env.get('TERM') == 'dumb' or callable(env.get('PROMPT')) or callable(right):
            return
        if 'ssox' not in f'{env.get("PROMPT")}{right}':
            env['RIGHT_PROMPT'] = '{ssox:{} }' + right


_ssox_load(not globals().pop('_ssox_no_prompt', False))
del _ssox_load

# --- completion


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

# --- end
