#!/usr/bin/env python3
"""Write docs/reference/command-line.md from the commands themselves.

python tools/command_line_page.py
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from upline.cli.main import main as upline

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "command-line.md"
HEAD = """\
# The command line

<!-- Written by tools/command_line_page.py; run it after a change. -->

`make` puts the command into the environment of the clone: `.venv/bin/upline`, or `upline` after
`source .venv/bin/activate`. Every command has `--help`.

Exit codes: 0 is done; 1 is refused, failed or different, with every fault listed on the error stream and nothing written; 2 is a
command line that cannot be read.
"""
TAIL = """\
## Environment

| variable | meaning |
|---|---|
| `UPLINE_NEW_PASSWORD` | the password of a login that `init` or `logins add` makes |
| `UPLINE_CACHE_DIR` | where compiled loops are kept; else `XDG_CACHE_HOME`, else `~/.cache`; each in its folder `upline` |
| `UPLINE_BOUNDSCHECK` | `1`: compile loops that check every index, for tests; slower and not kept |
| `NO_COLOR` | no colours in tables |
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"Wrote {PAGE.relative_to(ROOT)}")


def page() -> str:
    """Give the page for the commands as they are."""
    context = click.Context(upline, info_name="upline")
    return "\n".join([HEAD, *_commands(upline, context), TAIL])


def _commands(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        inside = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            if command.invoke_without_command:
                yield from _section(command, inside)
            yield from _commands(command, inside)
        else:
            yield from _section(command, inside)


def _section(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"## {context.command_path}\n"
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"```text\n{usage}\n```\n"
    yield f"{inspect.cleandoc(command.help or '')}\n"
    options = [one for one in command.params if isinstance(one, click.Option)]
    if options:
        yield "| option | meaning |"
        yield "|---|---|"
        for option in options:
            yield f"| `{_name(option, context)}` | {_meaning(option, context)} |"
        yield ""


def _name(option: click.Option, context: click.Context) -> str:
    kind = "" if option.is_flag else f" {option.make_metavar(context)}".removesuffix(" RANGE")
    return f"{', '.join(option.opts)}{kind}".replace("|", "\\|")


def _meaning(option: click.Option, context: click.Context) -> str:
    notes = ["required"] if option.required else []
    default = option.get_default(context)
    if option.show_default and default is not None:
        notes.append(f"default `{default}`")
    if isinstance(option.type, click.IntRange):
        low, high = option.type.min, option.type.max
        notes.append(f"{low} to {high}" if high is not None else f"at least {low}")
    words = (option.help or "").rstrip(".")
    return "; ".join([*([words] if words else []), *notes]).replace("|", "\\|")


if __name__ == "__main__":
    main()
