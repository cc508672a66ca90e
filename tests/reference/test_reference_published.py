"""The reference engine computes the published cases that it covers."""

from __future__ import annotations

import pytest

from tests.reference import published
from tests.reference.engine import compute
from tests.reference.world import NotCovered

NAMES = sorted(path.stem for path in published.CASES.glob("*.yaml"))
NOT_COVERED = {
    "beachbody-two-one-cycle": "binary",
    "beinfinity-binary-nine-cycles": "binary",
    "dewsoft-step-binary-two-weeks": "binary",
    "genelet-pairing-with-cap": "binary",
}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in NOT_COVERED])
def test_every_expected_figure_is_found(name):
    plan, world, case = published.read(name)

    found = compute(plan, world)

    assert published.differences(plan, world, case, found) == []


@pytest.mark.parametrize("name", NOT_COVERED)
def test_a_kind_that_is_left_out_is_named(name):
    plan, world, _ = published.read(name)

    with pytest.raises(NotCovered, match=NOT_COVERED[name]):
        compute(plan, world)
