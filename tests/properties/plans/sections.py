"""The head of a random plan, its trees, order values and measures."""

from __future__ import annotations

from typing import Any

from tests.properties.calendars import with_calendars
from tests.properties.plans.maker import Maker


def money_head(maker: Maker) -> None:
    file, chance = maker.file, maker.chance
    file["point_value"] = chance.pick(
        ("1 EUR", {"by": "country", "PL": "0.8 EUR", "BG": "0.51 EUR", "otherwise": "1 EUR"})
    )
    if chance.one_in(2):
        mode = chance.pick(("half_up", "half_even", "down"))
        file["rounding"] = {"places": chance.number(0, 3), "mode": mode}
    if chance.one_in(2):
        file["exchange"] = {"USD": "0.92", "PLN": "0.2345"}
    if chance.one_in(4):
        file["pay_currency"] = {"by": "country", "PL": "PLN", "KZ": "JPY", "otherwise": "EUR"}
        file["pay_exchange"] = {"PLN": "4.2644", "JPY": "163.5"}
    if chance.one_in(3):
        shares = chance.pick((("90 %", "10 %"), ("1/3", "60 %"), ("0.335", "0.665")))
        shop: Any = shares[1]
        if chance.one_in(3):
            shop = {"by": "country", "PL": shares[1], "otherwise": "20 %"}
        file["wallets"] = {"cash": shares[0].replace("1/3", "33 %"), "shop": shop}
    if chance.one_in(4):
        file["given_earnings"] = ["came_in", "all"]
        maker.earned.append("came_in")


def trees(maker: Maker) -> None:
    """Declare the trees that the parts of the plan speak of."""
    if not maker.parts:
        maker.file["trees"] = {"line": {"kind": "given"}}
        return
    fill = maker.chance.pick(("left_to_right", "left_to_right", "balanced"))
    grid: dict[str, Any] = {"kind": "matrix", "width": str(maker.chance.number(1, 3))}
    if maker.chance.one_in(2):
        grid["depth"] = str(maker.chance.number(2, 4))
    maker.file["trees"] = {"line": {"kind": "given"}}
    if {"legs", "binary"} & {*maker.parts}:
        maker.file["trees"]["places"] = {"kind": "binary"}
    if "grid" in maker.parts:
        maker.file["trees"]["grid"] = {**grid, "fill": fill}


def order_values(maker: Maker) -> None:
    vat: Any = {"by": "buyer.country", "PL": "23 %", "BG": "20 %", "otherwise": "vat0"}
    if maker.chance.one_in(3):
        vat = "vat0"
    maker.file["constants"] = {"vat0": maker.chance.pick(("10 %", "1/8", "0")), "goal0": "200"}
    if maker.file["constants"]["vat0"] == "1/8":
        maker.file["constants"]["vat0"] = "0.125"
    fee: Any = [
        {"from": "2026-01-01", "then": "price * 3 %"},
        {"from": "2026-01-10", "then": "price * 4 %", "clause": "§ 2"},
        {"from": "2026-02-15", "then": "2 EUR"},
    ]
    if maker.chance.one_in(2):
        fee = [
            {"when": maker.chance.pick(("promo", "kind = 'sale'")), "then": "1.50 EUR"},
            {"otherwise": "price * 2 %"},
        ]
    maker.file["order_values"] = {
        "vat": vat,
        "net": "price / (1 + vat)",
        "fee": fee,
        "net_pv": {"by": "promo", "yes": "pv / 2", "otherwise": "pv"},
        "fresh": maker.chance.pick(
            ("within(20, buyer.joined)", "days_since(buyer.joined) <= 33", "promo")
        ),
    }


def measures(maker: Maker) -> None:
    made: dict[str, Any] = {
        "own_pv": f"own({maker.order_points()})",
        "active": maker.chance.pick(
            (
                "own_pv >= 60",
                "own(pv) > 0",
                "flag or own_pv >= 100",
                "own(pv last 40 days) >= 100",
            )
        ),
    }
    maker.file["measures"] = made
    for place in range(maker.chance.number(0, 2)):
        made[f"points{place}"] = maker.member_points()
        maker.points.append(f"points{place}")
    for place in range(maker.chance.number(0, 2)):
        made[f"count{place}"] = maker.member_count()
    if maker.chance.one_in(3):
        made["busy"] = maker.member_rule(ranks=False)
        maker.conditions.append("busy")
    if maker.chance.one_in(3):
        made["money0"] = maker.chance.pick(
            (
                f"own({maker.order_money()})",
                f"group({maker.order_money()})",
                "over(2, own(price))",
            )
        )
    if maker.chance.one_in(3):
        made["dated"] = [
            {"from": "2026-01-01", "then": maker.member_points()},
            {"from": "2026-02-01", "then": "over(2, own(cv))"},
        ]
    if maker.chance.one_in(3):
        made["by_text"] = {"by": "country", "PL": "own(pv)", "BG": "20", "otherwise": "goal"}
    if maker.chance.one_in(4):
        made["label"] = {"by": "type", "basic": "'low'", "elite": "'high'"}


def legal(maker: Maker) -> None:
    if not maker.chance.one_in(4):
        return
    needs = maker.chance.pick(
        (
            "share(group(price where given(customer)), group(price)) > 30 %",
            "active",
            "not (flag and joined_in_period)",
        )
    )
    otherwise = maker.chance.pick(("pay_nothing", "report"))
    maker.file["legal"] = {"gate": {"needs": needs, "otherwise": otherwise}}


def calendars(maker: Maker) -> None:
    if maker.may("calendars", 8):
        with_calendars(maker.file, maker.chance)
