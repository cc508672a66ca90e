"""Small runs of the engine: members as {id: sponsor}, orders as rows, one month."""

from decimal import Decimal

from upline.compensation import Inputs, Period, load_plan, run

HEAD = """\
language: 1
plan: small
version: 2026-01-01
currency: EUR
"""


def computed(plan, sponsors, orders=(), *, month="2026-10", members=None, **more):
    """Run a plan; an order is (id, member, fields), its date the fifth unless fields say so."""
    keep_lines = more.pop("keep_lines", True)
    names = sorted({name for _, _, fields in orders for name in fields} - {"date"})
    inputs = Inputs(
        members={
            "id": list(sponsors),
            "sponsor": list(sponsors.values()),
            **{name: list(values) for name, values in (members or {}).items()},
        },
        orders={
            "id": [one for one, _, _ in orders],
            "member": [member for _, member, _ in orders],
            "date": [fields.get("date", f"{month}-05") for _, _, fields in orders],
            **{name: [fields.get(name) for _, _, fields in orders] for name in names},
        },
        period=Period.parse(month),
        **more,
    )
    return run(load_plan(HEAD + plan), inputs, keep_lines=keep_lines)


def amounts(result, *names):
    """Give each line as (member, bonus, amount), or narrowed to some columns and the amount."""
    wanted = (*(names or ("member", "bonus")), "amount")
    return [tuple(row[name] for name in wanted) for row in result.lines.to_pylist()]


def totals(result):
    """Give {(member, bonus): amount}."""
    return {(row["member"], row["bonus"]): row["amount"] for row in result.totals.to_pylist()}


def euros(*texts):
    return [Decimal(text) for text in texts]
