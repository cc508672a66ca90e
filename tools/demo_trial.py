#!/usr/bin/env python3
"""Start `make demo` twice, as a newcomer would, and see each time that it answers and ends.

python3 tools/demo_trial.py [ARGUMENT OF upline demo...]

Needs nothing but Python; prints how long each start took.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[1]
# The first start also installs packages and loads the company.
START_SECONDS = 1200
END_SECONDS = 15


def main() -> None:
    """Try it twice; a failure ends with code 1 and what was printed."""
    for attempt in ("first", "second"):
        began = time.monotonic()
        demo = subprocess.Popen(
            ["make", "demo", f"ARGS={shlex.join(sys.argv[1:])}"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # As a terminal does it, Ctrl-C reaches make and all that it started.
            start_new_session=True,
        )
        try:
            url = _address(demo)
            seconds = time.monotonic() - began
            _require_answers(url)
        finally:
            ended = _interrupted(demo)
        print(f"The {attempt} start took {seconds:.1f} s, its end {ended:.1f} s.")


def _address(demo: subprocess.Popen[str]) -> str:
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.alarm(START_SECONDS)
    assert demo.stdout is not None
    for line in demo.stdout:
        sys.stdout.write(line)
        if ready := re.match(r"Ready in [\d.]+ s: (\S+)", line):
            signal.alarm(0)
            return ready[1]
    raise SystemExit("make demo ended before it was ready.")


def _require_answers(url: str) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for path in ("health/ready", "accounts/login/", "design/"):
        with direct.open(url + path, timeout=30) as answer:
            print(f"{answer.status} {url}{path}")


def _interrupted(demo: subprocess.Popen[str]) -> float:
    began = time.monotonic()
    if demo.poll() is None:
        os.killpg(demo.pid, signal.SIGINT)
    rest, _ = demo.communicate(timeout=END_SECONDS)
    sys.stdout.write(rest)
    return time.monotonic() - began


if __name__ == "__main__":
    main()
