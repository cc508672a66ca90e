"""A company that is computed again and again while its orders come in."""

from __future__ import annotations

import pyarrow as pa

from upline.compensation.errors import InputRefused
from upline.compensation.inputs import Inputs
from upline.compensation.plan.load import Plan
from upline.compensation.preparation import Preparation
from upline.compensation.result import Result
from upline.compensation.run import compute, refuse_uncomputed, within_range
from upline.compensation.tables import TableLike, arrow_table


class Session:
    """Members laid out once, to which orders are appended; gives results as a fresh run would.

    Raises what `run` raises. A session belongs to one thread; a result that it gave stays as it is.

    >>> from upline.compensation import Period, load_plan
    >>> plan = load_plan('''
    ... language: 1
    ... plan: own
    ... version: 2026-10-01
    ... currency: EUR
    ... orders: {price: money}
    ... bonuses: {sale: {kind: own, base: price, rate: 10 %}}
    ... ''')
    >>> first = {"id": ["1"], "member": ["Ana"], "date": ["2026-10-05"], "price": ["200.00"]}
    >>> members = {"id": ["Ana"], "sponsor": [None]}
    >>> session = Session(plan, Inputs(members=members, orders=first, period=Period.parse("2026-10")))
    >>> session.append({**first, "id": ["2"], "price": ["50.00"]})
    >>> session.result().company_total()
    Fraction(25, 1)
    """

    def __init__(self, plan: Plan, inputs: Inputs) -> None:
        refuse_uncomputed(plan)
        self._orders = arrow_table(inputs.orders, "orders")
        with within_range():
            self._preparation = Preparation(plan, inputs)
            self._world = self._preparation.world()

    def append(self, orders: TableLike) -> None:
        """Add orders; their rows are counted on from those there are.

        Raises InputRefused with every fault, an id that there is already among them; then none of
        them is added.
        """
        added = _as_before(arrow_table(orders, "orders"), self._orders.schema)
        every = pa.concat_tables([self._orders, added], promote_options="default")
        with within_range():
            self._world = self._preparation.world_with(every, self._world)
        self._orders = every

    def result(self, *, keep_lines: bool = True, threads: int | None = None) -> Result:
        """Compute the period from all orders so far."""
        with within_range():
            return compute(self._world, keep_lines=keep_lines, threads=threads)


def _as_before(added: pa.Table, schema: pa.Schema) -> pa.Table:
    """Give appended columns the types of those that are there."""
    for index, name in enumerate(added.column_names):
        if name not in schema.names or added.schema.field(name).type == schema.field(name).type:
            continue
        kind = schema.field(name).type
        try:
            added = added.set_column(index, name, added[name].cast(kind))
        except pa.ArrowInvalid as error:
            problem = f"'{name}' of the appended orders is not {kind}, as before: {error}."
            remedy = "Append orders in columns of the same types as the first."
            raise InputRefused.because("table.types", problem, remedy) from error
    return added
