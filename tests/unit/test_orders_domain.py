"""The sums of an order, worked by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from upline.orders.domain import (
    Figures,
    Part,
    Remaining,
    net_and_tax,
    refund_of_amount,
    refund_of_pieces,
)


@pytest.mark.parametrize(
    ("price", "percent", "includes_tax", "expected"),
    [
        (12_300, "23", True, (10_000, 2_300)),
        # 1 x 23 : 123 = 0.187 of a cent
        (1, "23", True, (1, 0)),
        # 3 x 20 : 120 = 0.5: half up, to the tax
        (3, "20", True, (2, 1)),
        (10, "5", False, (10, 1)),
        (9, "5", False, (9, 0)),
        (1_000, "0", True, (1_000, 0)),
        (10_000, "7.7", False, (10_000, 770)),
        (0, "23", True, (0, 0)),
    ],
)
def test_tax_is_rounded_half_up_once(price, percent, includes_tax, expected):
    assert net_and_tax(price, Decimal(percent), includes_tax=includes_tax) == expected


def line(net, tax, *, quantity=1, retail=0, **volumes):
    figures = Figures(net_minor=net, tax_minor=tax, retail_minor=retail, volumes=volumes)
    return Remaining(quantity=quantity, figures=figures)


def test_three_pieces_of_one_hundred_cents_go_back_one_by_one():
    left = line(100, 10, quantity=3, pv=100_000_000)
    taken = []
    for _ in range(3):
        part = refund_of_pieces(left, 1)
        taken.append((part.figures.net_minor, part.figures.tax_minor, part.figures.volumes["pv"]))
        left = line(
            left.figures.net_minor - part.figures.net_minor,
            left.figures.tax_minor - part.figures.tax_minor,
            quantity=left.quantity - 1,
            pv=left.figures.volumes["pv"] - part.figures.volumes["pv"],
        )

    assert taken == [(33, 3, 33_330_000), (34, 4, 33_340_000), (33, 3, 33_330_000)]


def test_an_amount_is_shared_by_largest_remainders_over_net_and_tax_of_all_lines():
    # 48 of 96 that are left: half of each.
    parts = refund_of_amount([line(50, 10), line(30, 6)], 48)

    assert [(one.figures.net_minor, one.figures.tax_minor) for one in parts] == [(25, 5), (15, 3)]


def test_the_whole_amount_takes_pieces_and_what_has_no_price_too():
    gift = line(0, 0, quantity=2, pv=7)
    tea = line(50, 10, quantity=3, pv=9)

    assert refund_of_amount([gift, tea], 60) == [
        Part(quantity=2, figures=gift.figures),
        Part(quantity=3, figures=tea.figures),
    ]


def test_a_part_of_the_amount_takes_nothing_of_what_has_no_price():
    gift, _ = refund_of_amount([line(0, 0, quantity=2, pv=7), line(50, 10)], 30)

    assert gift == Part(quantity=0, figures=line(0, 0, pv=0).figures)
