#!/usr/bin/env python3
"""Run bandit over the source; a finding that ruff knows by the same number is explained once.

python tools/bandit_findings.py

Ruff has taken most of bandit's checks over (S608 is B608), so a place with `noqa: S608` and its
reason counts for both. What ruff does not see carries `nosec B608` and a reason of its own. Prints
each finding that is left, and ends with code 1 if there are any.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
EXPLAINED = re.compile(r"#\s*noqa:\s*([A-Z]+\d+(?:,\s*[A-Z]+\d+)*)")


def main() -> None:
    """Print what is left and say how it ended."""
    left = [one for one in findings() if not is_explained(one)]
    for one in left:
        print(f"{one['filename']}:{one['line_number']}: {one['test_id']} {one['issue_text']}")
    if left:
        print(
            f"{len(left)} findings of bandit. Mend them, or say why not: nosec {left[0]['test_id']}"
        )
        raise SystemExit(1)


def findings() -> list[dict[str, Any]]:
    """Give what bandit found, as it tells it."""
    command = [
        *(sys.executable, "-m", "bandit", "--quiet", "--recursive", "--format", "json"),
        *("--configfile", "pyproject.toml", "src/upline"),
    ]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        answer: dict[str, Any] = json.loads(ran.stdout)
    except ValueError:
        raise SystemExit(f"bandit did not run:\n{ran.stderr}") from None
    if answer["errors"]:
        raise SystemExit(f"bandit could not read everything: {answer['errors']}")
    found: list[dict[str, Any]] = answer["results"]
    return found


def is_explained(finding: dict[str, Any]) -> bool:
    """Tell whether the place says to ruff why it is right."""
    lines = (ROOT / finding["filename"]).read_text(encoding="utf-8").splitlines()
    span = finding["line_range"]
    number = f"S{finding['test_id'].removeprefix('B')}"
    for line in lines[span[0] - 1 : span[-1]]:
        said = EXPLAINED.search(line)
        if said and number in re.split(r",\s*", said[1]):
            return True
    return False


if __name__ == "__main__":
    main()
