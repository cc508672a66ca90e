#!/usr/bin/env python3
"""Ask the network whether a package of requirements.lock has a known fault.

python tools/audit.py

Ends with code 1 when there is one, and with code 2 when not every package could be asked for: no
answer is not a good answer.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"


def main() -> None:
    """Print what was found, and end accordingly."""
    command = [
        *(sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--format", "json"),
        *("--require-hashes", "--disable-pip", "--progress-spinner", "off", "--timeout", "20"),
    ]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    code, says = verdict(ran.stdout, ran.stderr)
    print(says)
    raise SystemExit(code)


def verdict(answer: str, complaint: str) -> tuple[int, str]:
    """Give the code to end with, and what was learnt in words."""
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError):
        last = (complaint.strip().splitlines() or ["It said nothing."])[-1]
        return 2, f"pip-audit gave no answer, so nothing is known about the packages.\n{last}"
    unknown = sorted(one["name"] for one in packages if "skip_reason" in one)
    faults = [
        f"{one['name']} {one['version']}: {fault['id']}, mended in"
        f" {', '.join(fault['fix_versions']) or 'no version yet'}"
        for one in packages
        for fault in one.get("vulns", [])
    ]
    says = [*faults, f"{len(packages) - len(unknown)} of {len(packages)} packages were asked for."]
    if unknown:
        says.append(
            "Nothing is known about the others: the list of known faults, https://pypi.org, did not"
            f" answer for {', '.join(unknown[:5])}{' ...' if len(unknown) > 5 else ''}\n"
            "Run this again where that address can be reached."
        )
    if faults:
        return 1, "\n".join(says)
    return (2 if unknown else 0), "\n".join([*says, *([] if unknown else ["No known fault."])])


if __name__ == "__main__":
    main()
