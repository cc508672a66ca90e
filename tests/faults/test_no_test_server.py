"""A test run whose database cannot be started says so, and ends in order."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUN = """
import sys, pytest
from upline.foundation.postgres import binaries
from pathlib import Path
binaries.WHEEL, binaries.DEBIAN = "no_such_wheel", Path("/nowhere")
sys.exit(pytest.main([
    "-q", "-p", "no:cacheprovider", "-n", sys.argv[1], "tests/flows/test_access.py"
]))
"""


def test_a_database_that_cannot_be_started_is_named_by_a_run_with_and_without_workers():
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "UPLINE_TEST"))}
    for workers in ("0", "1"):
        ran = subprocess.run(
            [sys.executable, "-c", RUN, workers],
            cwd=ROOT,
            env=kept,
            capture_output=True,
            text=True,
            check=False,
        )

        assert ran.returncode == 2, ran.stdout
        assert "Interrupted: No test server: BinariesMissing: No PostgreSQL was found" in ran.stdout
        assert "INTERNALERROR" not in ran.stdout + ran.stderr
