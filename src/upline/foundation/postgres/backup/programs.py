"""PostgreSQL's own programs as a backup calls them."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from upline.foundation.postgres.backup.errors import ProgramFailed
from upline.foundation.postgres.binaries import Binaries
from upline.foundation.postgres.identity import environment

_SAID = 500


def run(
    binaries: Binaries,
    program: str,
    arguments: Sequence[str],
    *,
    given: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> str:
    """Run a program to its end and give what it said. Raises ProgramFailed."""
    ran = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
        [binaries.program(program), *arguments],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        cwd=cwd,
        env={**environment(), **(given or {})},
        umask=0o077,
    )
    if ran.returncode:
        said = (ran.stderr.strip() or ran.stdout.strip())[-_SAID:]
        raise ProgramFailed(program=program, exit_code=ran.returncode, said=said)
    return ran.stdout


def identifier_of(binaries: Binaries, data: Path) -> str:
    """Give the identifier that data were born with, whether their server runs or not."""
    said = run(binaries, "pg_controldata", [str(data)])
    found = re.search(r"^Database system identifier:\s+(\d+)$", said, re.MULTILINE)
    if found is None:
        raise ProgramFailed(program="pg_controldata", exit_code=0, said="no identifier")
    return found[1]


def connection_of(place: str, password: str) -> dict[str, str]:
    """Give the way to a server for its programs: in the environment, which others cannot read."""
    return {"PGHOST": os.fspath(place), "PGPASSWORD": password}
