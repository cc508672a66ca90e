"""What random plans cut at the end: budgets of orders, limits, and gates of wallets."""

from __future__ import annotations

from typing import Any

from tests.properties.plans.maker import Maker


def ceilings(maker: Maker) -> None:
    """Add a budget, limits and gates, each now and then."""
    names = list(maker.file["bonuses"])
    if maker.may("budget", 3):
        budget: dict[str, Any] = {
            "most": maker.chance.pick(("10 % * price", "price", "20 EUR", "pv * 0.1 EUR"))
        }
        if maker.chance.one_in(2):
            budget["spent"] = maker.chance.pick(("fee", "1 EUR", "price - net"))
        if maker.chance.one_in(2):
            budget["cut"] = maker.chance.pick(("in_proportion", "last_first"))
        maker.file["budget"] = budget
    for place in range(maker.chance.pick((0, 0, 1, 2)) if "limits" in maker.parts else 0):
        per = maker.chance.pick(("company", "member", "person", "person"))
        most: Any = maker.chance.pick(("15 EUR", "2 % * company(price)", "7.77 EUR"))
        if per == "member":
            most = maker.by_rank(
                lambda: maker.chance.pick(("12 EUR", "3.335 EUR", "20 % * own(price)"))
            )
        bonuses: Any = "all"
        if maker.chance.one_in(2):
            bonuses = maker.chance.some(names, 3) or names[:1]
        cut = maker.chance.pick(("in_proportion", "last_first"))
        limit = {"most": most, "per": per, "bonuses": bonuses, "cut": cut}
        maker.file.setdefault("limits", {})[f"limit{place}"] = limit
    for wallet, share in maker.file.get("wallets", {}).items():
        if maker.may("withdraw", 3):
            gate = {"share": share, "withdraw": maker.rule()}
            maker.file["wallets"][wallet] = gate
