"""Fixed runs come to the digests that are kept, in any interpreter, time zone and hash order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KEPT = json.loads((ROOT / "tests" / "golden" / "digests.json").read_text(encoding="utf-8"))


def digests_with(**changed: str) -> dict[str, list[str]]:
    done = subprocess.run(
        [sys.executable, "tools/golden_digests.py"],
        cwd=ROOT,
        env={**os.environ, **changed},
        capture_output=True,
        text=True,
        check=True,
        timeout=900,
    )
    return json.loads(done.stdout)


def test_ten_runs_are_kept():
    assert len(KEPT) == 10


@pytest.mark.parametrize(
    "changed",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati"},
        {"PYTHONHASHSEED": "4242", "TZ": "America/Adak", "LC_ALL": "C"},
    ],
    ids=["east", "west"],
)
def test_another_hash_seed_and_time_zone_give_the_kept_digests(changed):
    assert digests_with(**changed) == KEPT


def test_columns_cut_for_several_threads_give_the_kept_digests():
    assert digests_with(UPLINE_PARTS_FROM="1", UPLINE_BOUNDSCHECK="1") == KEPT


def test_kernels_that_check_every_index_give_the_kept_digests():
    assert digests_with(UPLINE_BOUNDSCHECK="1") == KEPT


def test_every_case_holds_where_all_is_cut_and_done_at_once():
    done = subprocess.run(
        [sys.executable, "-m", "upline", "plan", "test", "tests/published/cases", "examples/plans"],
        cwd=ROOT,
        env={**os.environ, "UPLINE_PARTS_FROM": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )

    assert done.returncode == 0, done.stdout[-3000:]
