"""Random bonuses on own orders, groups and shares: own, stairstep, differential, pool."""

from __future__ import annotations

from typing import Any

from tests.properties.plans.maker import Maker


def own(maker: Maker, name: str) -> dict[str, Any]:
    made = own_lines(maker, name)
    if made.get("lines") == "per_period" and "base" in made and maker.chance.one_in(2):
        made["negative"] = maker.negative()
    if maker.may("grants", 4):
        made["grants"] = {f"gifts_{name}": maker.by_rank(lambda: maker.chance.pick("0123"))}
    return made


def own_lines(maker: Maker, name: str) -> dict[str, Any]:
    how = maker.chance.number(0, 7)
    made: dict[str, Any] = {"kind": "own", **maker.common()}
    to = maker.chance.pick(("member", "member", "order.affiliate", "buyer.mentor", "buyer.sponsor"))
    if how == 0:
        made |= {"amount": maker.by_rank(maker.money), "to": to}
        if maker.chance.one_in(2):
            made["orders"] = maker.order_rule()
        return made
    if how == 1:
        of = maker.chance.pick(("own(price)", "group(price)"))
        steps = {"0 EUR": "5 %", "100 EUR": maker.rate(), "400 EUR": "9 %"}
        made |= {
            "amount": {"scale": of, "mode": "marginal", "steps": steps},
            "lines": "per_period",
        }
        return made
    if how == 2:
        made |= {
            "lines": "event",
            "base": maker.order_money(),
            "to": "order.host",
            "rate": maker.chance.pick(
                (
                    "10 %",
                    {"scale": "event_sum(price)", "steps": {"0 EUR": "3 %", "200 EUR": "6 %"}},
                    [{"when": "event_sum(order_count) >= 2", "then": "4 %"}],
                )
            ),
        }
        return made
    made |= maker.sourced(members=True)
    if maker.is_counted(made):
        made["rate"] = maker.by_rank(maker.money)
    elif maker.chance.one_in(3):
        made["rate"] = maker.rate_by()
    elif maker.chance.one_in(6) and not maker.is_of_members(made):
        made["rate"] = {"by": "order.kind", "sale": maker.rate(), "otherwise": maker.rate()}
        made["to"] = to
        return made
    else:
        made["rate"] = maker.by_rank(maker.rate)
    if maker.is_of_members(made):
        if how == 3:
            made["negative"] = maker.negative()
        elif to != "order.affiliate":
            made["to"] = to
        return made
    made["to"] = to
    if how == 4:
        made["lines"] = "per_period"
        made["rate"] = maker.by_rank(maker.rate)
    if how == 5:
        made |= {"lines": "per_period", "negative": maker.negative()}
        made["rate"] = maker.by_rank(maker.rate)
    if how == 6:
        made["lines"] = "per_buyer"
    if made.get("lines", "per_order") == "per_order":
        maker.per_order.append(name)
    return made


def balance(maker: Maker, _: str) -> dict[str, Any]:
    """Give a line for all orders of the period, whose sum often falls below 0."""
    bases = ("price - 60 EUR", "(pv - cv) * 1 EUR", "price - 2 * net")
    made: dict[str, Any] = {"kind": "own", "base": maker.chance.pick(bases), **maker.common()}
    made |= {"lines": "per_period", "rate": maker.by_rank(maker.rate)}
    return made | {"negative": maker.negative()}


def stairstep(maker: Maker, _: str) -> dict[str, Any]:
    made: dict[str, Any] = {"kind": "stairstep", **maker.common(), **maker.sourced()}
    if maker.chance.one_in(6):
        made["base"] = maker.chance.pick(("own_pv", "own(price)"))
        made.pop("orders", None)
    steps = maker.chance.pick(
        ({"100": "5 %", "400": "9 %"}, {"0": "3 %", "50": "6 %", "500": "9 %"})
    )
    of = maker.chance.pick(("group(pv)", "group(cv)", "own_pv"))
    made["rate"] = {"scale": of, "steps": steps}
    if maker.chance.one_in(4) and maker.has_ranks:
        made["rate"] = {"by": "rank", "R1": "5 %", "R2": "8 %"}
    if maker.chance.one_in(3):
        below: dict[str, Any] = {"rate": maker.chance.pick(("5 %", "2.5 %"))}
        if maker.chance.one_in(2) and not maker.is_of_members(made):
            below["orders"] = maker.order_rule()
        made["below_first_step"] = below
    if maker.chance.one_in(3):
        made["own_part"] = "own_steps"
    if maker.chance.one_in(2):
        made["unpaid"] = maker.chance.pick(("kept", "passed_up"))
    if maker.chance.one_in(5):
        made["tree"] = "line"
    return made


def differential(maker: Maker, name: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "kind": "differential",
        **maker.common(),
        **maker.sourced(members=True),
    }
    if maker.is_counted(made):
        made["base"] = "pv"
    made["buyer"] = maker.chance.pick(("ignored", "paid", "discounted"))
    if maker.chance.one_in(3):
        made["from_level"] = maker.chance.number(1, 3)
    if maker.chance.one_in(3):
        made["blocks"] = maker.rule()
    if maker.chance.one_in(4):
        made["own_part"] = maker.chance.pick(
            ("own_share", {"as": "own_share", "recruits": maker.member_rule()})
        )
    if maker.chance.one_in(5):
        made["tree"] = "line"
    how = maker.chance.number(0, 3)
    if how == 0 and maker.has_ranks:
        slots = {"by": "rank", "R1": "1 EUR", "R2": "0.335 EUR", "R3": "2 EUR"}
        if maker.chance.one_in(3):
            slots.pop("R2")
        made["slots"] = slots
        made["base"] = maker.chance.pick(("pv", "units", "order_count"))
        made.pop("orders", None)
    elif how == 1:
        made |= {"base": "units", "takes": "remaining"}
        made["total"] = maker.chance.pick(
            ("8", "3", {"by": "country", "PL": "5", "otherwise": "2"})
        )
        made["share"] = maker.by_rank(lambda: maker.chance.pick(("1", "3", "6", "0")))
        made["rate"] = maker.by_rank(maker.money)
    else:
        made["share"] = maker.by_rank(
            lambda: maker.chance.pick(("3 %", "5 %", "9 %", "12 %", "0 %"))
        )
    if maker.is_of_members(made):
        made.pop("orders", None)
    elif maker.chance.one_in(3):
        made["lines"] = "per_buyer"
    else:
        maker.per_order.append(name)
    return made


def pool(maker: Maker, _: str) -> dict[str, Any]:
    made: dict[str, Any] = {"kind": "pool", **maker.common()}
    made["shares"] = maker.by_rank(lambda: maker.chance.pick(("1", "3", "0", "max(0, own_pv)")))
    made["residue"] = maker.chance.pick(("shared", "kept", "rounded"))
    made["nobody"] = maker.chance.pick(("kept", "carried"))
    if maker.chance.one_in(2):
        made["among"] = "recruits"
        made["fund"] = maker.by_rank(lambda: maker.chance.pick(("10 % * own(price)", "10 EUR")))
        if maker.chance.one_in(4):
            made["tree"] = "line"
    else:
        made["fund"] = maker.chance.pick(
            ("2 % * company(price)", "0.333 % * company(net)", "10 EUR")
        )
    return made
