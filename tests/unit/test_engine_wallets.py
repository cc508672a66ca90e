"""Withdrawal gates: what is in a wallet, whether it may leave, what is missing."""

from tests.engine_runs import computed

PAIR = {"Ada": None, "Boris": "Ada"}
PLAN = """
orders: {price: money, pv: points}
bonuses:
  sale: {kind: own, base: price, rate: 10 %}
wallets:
  cash: {share: 90 %, withdraw: [own(price) >= 100 EUR, own(pv) > 5]}
  shop: 10 %
"""


def states(result):
    return {(row["member"], row["name"]): row["value"] for row in result.states.to_pylist()}


def month(label, price, pv="10", carries=None):
    orders = [
        (f"{label} a", "Ada", {"price": "100", "pv": "6"}),
        (f"{label} b", "Boris", {"price": price, "pv": pv}),
    ]
    return computed(PLAN, PAIR, orders, month=label, carries=carries)


def test_what_the_gate_lets_through_may_leave_and_the_rest_says_what_is_missing():
    assert states(month("2026-10", "60.50", "5")) == {
        ("Ada", "cash.balance"): "9",
        ("Ada", "cash.withdrawable"): "9",
        ("Boris", "cash.balance"): "5.45",
        ("Boris", "cash.missing"): "own(price): 39.5; own(pv) > 5",
    }


def test_what_is_held_waits_until_the_gate_holds():
    first = month("2026-10", "60")
    second = month("2026-11", "20", carries=first.carries)
    third = month("2026-12", "100", carries=second.carries)
    fourth = month("2027-01", "10", carries=third.carries)

    boris = [states(one) for one in (first, second, third, fourth)]
    assert [one["Boris", "cash.balance"] for one in boris] == ["5.4", "7.2", "16.2", "0.9"]
    assert [one.get(("Boris", "cash.withdrawable")) for one in boris] == [None, None, "16.2", None]
    assert [row["value"] for row in second.carries.to_pylist()] == ["36/5"]
    assert not third.carries.num_rows


def test_a_wallet_without_a_gate_reports_and_holds_nothing():
    plan = PLAN.replace(", withdraw: [own(price) >= 100 EUR, own(pv) > 5]", "")

    result = computed(plan, PAIR, [("o1", "Ada", {"price": "1", "pv": "1"})])

    assert states(result) == {}
    assert not result.carries.num_rows
