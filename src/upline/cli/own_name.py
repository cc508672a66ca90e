"""What to type for `upline` here: it need not be on the path."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path


def our_name() -> str:
    """Give the words that start this command again."""
    if shutil.which("upline"):
        return "upline"
    started = Path(sys.argv[0])
    script = started if started.name == "upline" else Path(sys.executable).with_name("upline")
    if not script.exists():
        return f"{sys.executable} -m upline"
    return min(os.path.relpath(script), str(script.absolute()), key=len)
