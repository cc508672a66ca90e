"""The audit of packages says what it knows, and never calls silence good news."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

TOOL = Path(__file__).parents[2] / "tools" / "audit.py"
spec = importlib.util.spec_from_file_location("audit_tool", TOOL)
audit = importlib.util.module_from_spec(spec)
spec.loader.exec_module(audit)

GOOD = {"name": "babel", "version": "2.18.0", "vulns": []}
BAD = {
    "name": "django",
    "version": "5.2.0",
    "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["5.2.19"]}],
}
UNASKED = {"name": "axes", "skip_reason": "Dependency not found on PyPI"}


def verdict(*packages):
    return audit.verdict(json.dumps({"dependencies": packages}), "")


def test_packages_without_a_fault_are_good():
    assert verdict(GOOD) == (0, "1 of 1 packages were asked for.\nNo known fault.")


def test_a_fault_is_named_with_the_version_that_mends_it():
    code, says = verdict(GOOD, BAD)

    assert code == 1
    assert says.splitlines()[0] == "django 5.2.0: PYSEC-2026-1, mended in 5.2.19"


def test_a_package_that_could_not_be_asked_for_is_no_good_news():
    code, says = verdict(GOOD, UNASKED)

    assert code == 2
    assert "Nothing is known about the others" in says
    assert "No known fault" not in says


def test_no_answer_is_no_good_news():
    code, says = audit.verdict("", "ConnectionError: nobody there")

    assert code == 2
    assert "nobody there" in says
