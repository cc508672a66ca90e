#!/usr/bin/env python3
"""Run the commands that pages of the documentation show, and write down what they print.

python tools/page_outputs.py            brings the outputs up to date
python tools/page_outputs.py --check    lists those that are not

A command stands in a block ```console after `$ `; its output follows, up to the next one. All commands of a page
run one after the other in the same new folder, in which `examples` are those of the repository. A line `...` stands for
any lines, and seconds count alike; commands other than those of NAMES are shown to the reader only.
"""

from __future__ import annotations

import contextlib
import doctest
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from upline.cli.main import main as main_command

ROOT = Path(__file__).parents[1]
PAGES = tuple(
    ROOT / "docs" / name
    for name in ("tutorials/first-month.md", "how-to/write-a-plan.md", "how-to/close-a-month.md")
)
NAMES = ("upline ", "cat ", "head ", "ls ", "sed ")
# Printed once on a machine, and not part of what a page shows.
_ONCE = re.compile(r"Compiling the engine's loops.*\n")
_SECONDS = re.compile(r"\d+\.\d s\b")
_BLOCK = re.compile(r"(?<=```console\n)(.*?)(?=```)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shown:
    """A command with the output that its page shows."""

    command: str
    output: str

    @property
    def runs(self) -> bool:
        return self.command.startswith(NAMES)

    def agrees(self, printed: str) -> bool:
        """Say whether the page shows what was printed."""
        shown, printed = (_SECONDS.sub("0.0 s", text) for text in (self.output, printed))
        return doctest.OutputChecker().check_output(shown, printed, doctest.ELLIPSIS)


def commands_of(block: str) -> list[Shown]:
    """Take a block apart into commands and outputs."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    pairs = (part.partition("\n") for part in parts)
    return [Shown(command, output) for command, _, output in pairs]


def printed_by(command: str) -> str:
    """Run a command in the current folder as a reader would, and give all that it prints."""
    if command.startswith("upline "):
        arguments = shlex.split(command, comments=True)
        printed = _ONCE.sub("", CliRunner().invoke(main_command, arguments[1:]).output)
        # A reader of the page cannot see which blanks do not break, nor those at the ends of lines.
        return re.sub(r" +$", "", re.sub(r"[^\S\n]", " ", printed), flags=re.MULTILINE)
    done = subprocess.run(
        ["bash", "-c", command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


def compared(page: Path) -> tuple[str, list[str]]:
    """Give the page with outputs as they are today, and what differed."""
    differences = []
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path("examples").symlink_to(ROOT / "examples")
        Path("build").mkdir()

        def fresh(match: re.Match[str]) -> str:
            texts = []
            for shown in commands_of(match[1]):
                output = shown.output
                printed = printed_by(shown.command) if shown.runs else output
                if not shown.agrees(printed):
                    differences.append(f"$ {shown.command}\n{printed}")
                    output = output if "\n...\n" in f"\n{output}" else printed
                texts.append(f"$ {shown.command}\n{output}")
            return "".join(texts)

        text = _BLOCK.sub(fresh, page.read_text(encoding="utf-8"))
    return text, differences


def main() -> None:
    """Check or rewrite every page."""
    all_differences = []
    for page in PAGES:
        text, differences = compared(page)
        all_differences += differences
        for difference in differences:
            print(f"{page.relative_to(ROOT)}: {difference}")
        if "--check" not in sys.argv:
            page.write_text(text, encoding="utf-8")
    if "--check" in sys.argv and all_differences:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
