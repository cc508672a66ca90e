"""Laws of refunds: nothing is lost, nothing is taken twice, all parts are the whole."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from upline.orders import domain
from upline.orders.domain import Figures, Part, Remaining

NAMES = ("cv", "pv")
minor = st.integers(0, 10**9) | st.integers(0, 5)


@st.composite
def lines(draw):
    figures = Figures(
        net_minor=draw(minor),
        tax_minor=draw(minor),
        retail_minor=draw(minor),
        volumes={name: draw(minor) for name in NAMES},
    )
    return Remaining(quantity=draw(st.integers(1, 12)), figures=figures)


def cells(figures: Figures) -> list[int]:
    return [figures.net_minor, figures.tax_minor, figures.retail_minor] + [
        figures.volumes[name] for name in NAMES
    ]


def without(left: Remaining, part: Part) -> Remaining:
    """Take a part off, by the plainest sums."""
    given_back, had = part.figures, left.figures
    return Remaining(
        quantity=left.quantity - part.quantity,
        figures=Figures(
            net_minor=had.net_minor - given_back.net_minor,
            tax_minor=had.tax_minor - given_back.tax_minor,
            retail_minor=had.retail_minor - given_back.retail_minor,
            volumes={name: had.volumes[name] - given_back.volumes[name] for name in NAMES},
        ),
    )


@given(st.data(), st.lists(lines(), min_size=1, max_size=5))
def test_refunds_of_any_kinds_in_any_order_add_up_to_the_order_and_never_pass_it(data, order):
    left, taken = list(order), [[0] * 5 for _ in order]
    while any(one.quantity for one in left) and data.draw(st.booleans(), label="another"):
        whole = sum(one.figures.gross_minor for one in left)
        if whole and data.draw(st.booleans(), label="by amount"):
            amount = data.draw(st.integers(1, whole))
            parts = domain.refund_of_amount(left, amount)
            assert sum(one.figures.gross_minor for one in parts) == amount
        else:
            chosen = data.draw(st.sampled_from([p for p, one in enumerate(left) if one.quantity]))
            count = data.draw(st.integers(1, left[chosen].quantity))
            parts = [
                domain.refund_of_pieces(one, count)
                if place == chosen
                else Part(quantity=0, figures=domain.part_of(one.figures, taken=0, whole=1))
                for place, one in enumerate(left)
            ]
        left = [without(one, part) for one, part in zip(left, parts, strict=True)]
        for sums, part in zip(taken, parts, strict=True):
            sums[:] = [sum(pair) for pair in zip(sums, cells(part.figures), strict=True)]
        assert all(cell >= 0 for one in left for cell in [one.quantity, *cells(one.figures)])
    last = [domain.refund_of_all(one) for one in left]

    for one, sums, part in zip(order, taken, last, strict=True):
        total = [sum(pair) for pair in zip(sums, cells(part.figures), strict=True)]
        assert total == cells(one.figures)


@given(lines(), st.data())
def test_a_part_is_within_one_unit_of_its_exact_share(line, data):
    count = data.draw(st.integers(1, line.quantity))
    part = domain.refund_of_pieces(line, count)

    steps = [1, 1, 1, *(finest(line.figures.volumes[name]) for name in NAMES)]
    for step, whole, taken in zip(steps, cells(line.figures), cells(part.figures), strict=True):
        assert taken % step == 0
        assert abs(taken * line.quantity - whole * count) < step * line.quantity


def finest(millionths: int) -> int:
    """Give the unit that parts of a volume are whole in: its own last decimal, or the second."""
    decimals = len(f"{millionths:07d}"[-6:].rstrip("0"))
    return int(10 ** (6 - max(decimals, 2)))


@given(
    st.integers(0, 10**12),
    st.decimals(0, 100, places=4),
    st.booleans(),
)
def test_net_and_tax_are_the_price_and_the_tax_its_share_within_half_a_unit(
    price, percent, includes_tax
):
    net, tax = domain.net_and_tax(price, percent, includes_tax=includes_tax)

    assert net + (tax if includes_tax else 0) == price
    base = 100 + percent if includes_tax else Decimal(100)
    assert abs(2 * (tax * base - price * percent)) <= base
