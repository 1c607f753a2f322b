"""``qtwin completion bash|zsh|fish``: a script that completes commands, options and choices."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from qtwin.client.commands import out
from qtwin.client.commands.words import Command, Option, commands

ABOUT = {
    "bash": 'eval "$(qtwin completion bash)" in ~/.bashrc',
    "zsh": 'eval "$(qtwin completion zsh)" in ~/.zshrc, after compinit',
    "fish": "qtwin completion fish > ~/.config/fish/completions/qtwin.fish",
}

BASH = """\
_qtwin() {{
  local path="" word last count
  local line="${{COMP_WORDS[COMP_CWORD]}}"
  last="${{COMP_WORDS[COMP_CWORD-1]}}"
  for (( count=1; count < COMP_CWORD; count++ )); do
    word="${{COMP_WORDS[count]}}"
    case "$path $word" in
{paths}
    esac
  done
  case "$path:$last" in
{values}
  esac
  case "$path" in
{words}
  esac
}}
_qtwin_is() {{
  COMPREPLY=( $(compgen -W "$1" -- "$line") )
}}
complete -o default -F _qtwin qtwin"""
"""Where nothing is known, as after an option that takes a file, the shell offers files."""


def add(group: Any, parser: Callable[[], argparse.ArgumentParser]) -> None:
    """Add the command; ``parser`` makes the parser of all commands."""
    about = "print a script that completes this command in your shell"
    hints = "; ".join(f"{shell}: {how}" for shell, how in ABOUT.items())
    command = group.add_parser("completion", help=about, description=about, epilog=hints)
    command.add_argument("shell", choices=sorted(ABOUT))
    command.set_defaults(run=partial(run, parser), as_json=False)


def run(parser: Callable[[], argparse.ArgumentParser], given: argparse.Namespace) -> None:
    """Print the script."""
    found = list(commands(parser()))
    scripts = {"bash": bash, "zsh": zsh, "fish": fish}
    out.line(scripts[given.shell](found))


def bash(found: list[Command]) -> str:
    """First the path of the command before the cursor, then the words that may follow it."""
    return BASH.format(
        paths=_cases((_joined(one), f"path={_quoted(_joined(one))}") for one in found if one.path),
        values=_cases(
            (f"{_joined(one)}:{name}", f"_qtwin_is {_list(option.choices)}; return")
            for one in found
            for option in one.options
            if option.takes_value
            for name in option.names
        ),
        words=_cases((_joined(one), f"_qtwin_is {_list(_words(one))}") for one in found),
    )


def _cases(pairs: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"    {_quoted(pattern)}) {action} ;;" for pattern, action in pairs)


def zsh(found: list[Command]) -> str:
    """That of bash: zsh runs it by a layer of its own."""
    return "\n".join(["autoload -U +X bashcompinit && bashcompinit", bash(found)])


def fish(found: list[Command]) -> str:
    """A line for each word, with what it is for."""
    return "\n".join(["complete -c qtwin -e", *(line for one in found for line in _fish(one))])


def _fish(command: Command) -> Iterator[str]:
    seen = [f"__fish_seen_subcommand_from {word}" for word in command.path]
    names = " ".join(name for name, _ in command.verbs)
    more = [f"not __fish_seen_subcommand_from {names}"] if names else []
    when = f" -n {_quoted('; and '.join([*seen, *more]))}" if seen or more else ""
    files = "" if command.takes_files else " -f"
    for name, about in command.verbs:
        yield f"complete -c qtwin -f{when} -a {name} -d {_quoted(about)}"
    if command.choices:
        yield f"complete -c qtwin -f{when} -a {_list(command.choices)}"
    for option in command.options:
        yield f"complete -c qtwin{files}{when}{_flags(option)} -d {_quoted(option.about)}"


def _flags(option: Option) -> str:
    long = "".join(f" -l {name[2:]}" for name in option.names if name.startswith("--"))
    short = "".join(f" -s {name[1:]}" for name in option.names if not name.startswith("--"))
    value = f" -r{' -F' if option.takes_file else ''}" if option.takes_value else ""
    return f"{long}{short}{value}{f' -a {_list(option.choices)}' if option.choices else ''}"


def _words(command: Command) -> list[str]:
    names = [name for option in command.options for name in option.names]
    return [*(name for name, _ in command.verbs), *command.choices, *names]


def _joined(command: Command) -> str:
    return "".join(f" {word}" for word in command.path)


def _list(words: Any) -> str:
    return _quoted(" ".join(words))


def _quoted(text: str) -> str:
    return shlex.quote(text)
