"""The reference engine computes the published cases that it covers."""

from __future__ import annotations

import pytest

from tests.reference import published
from tests.reference.engine import compute

NAMES = sorted(path.stem for path in published.CASES.glob("*.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_every_expected_figure_is_found(name):
    plan, world, case = published.read(name)

    found = compute(plan, world)

    assert published.differences(plan, world, case, found) == []
