"""The tables of a run as files keep them: ids as they came, figures in 64 bits where they fit.

Names that repeat are dictionaries. Who computes with a table asks for its `usual` form, which is
the same whatever came in and however large the figures are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from upline.compensation import columns
from upline.compensation.carry_tables import carries_of, lost_carries_of
from upline.compensation.columns import Codes, Column, Members, Numbers, Quotients, filled_rows
from upline.compensation.decimals import decimal_texts, decimals, narrow_decimals
from upline.compensation.own_ids import known
from upline.compensation.wallets import Payable
from upline.money import currency_places

if TYPE_CHECKING:
    from upline.compensation.result import Result

Array = npt.NDArray[Any]
_NAMED = pa.dictionary(pa.int32(), pa.string())
# So many members at once: what all bonuses pay them stays in the processor's cache.
_MEMBERS_AT_ONCE = 1 << 14


def usual(table: pa.Table) -> pa.Table:
    """Give a table with ids and names as texts, and decimals of 38 digits.

    A bonus stays a dictionary, as it is in lines.
    """
    kinds = [(one.name, _usual_kind(one)) for one in table.schema]
    return table.cast(pa.schema(kinds)).combine_chunks()


def _usual_kind(field: pa.Field) -> pa.DataType:
    if field.name == "member" or (pa.types.is_dictionary(field.type) and field.name != "bonus"):
        return pa.string()
    if pa.types.is_decimal64(field.type):
        return pa.decimal128(38, field.type.scale)
    return field.type


def _totals(result: Result) -> pa.Table:
    """Give member, bonus, amount, posted; by member, bonus."""
    positions, bonus, amounts = _paid_by_member(result)
    file = result.world.plan.file
    places = currency_places(file.currency)
    exact = Numbers(amounts, Fraction(1, 10**result.places))
    amount = _figures(amounts, result.places)
    posted = amount
    if places != result.places:
        posted = _figures(columns.rounded(exact, places, file.rounding.mode).values, places)
    names = [part.bonus for part in result.paid]
    return pa.table(
        {
            "member": result.world.own_ids_at(positions),
            "bonus": _chosen(bonus, names),
            "amount": amount,
            "posted": posted,
        }
    )


def _paid_by_member(result: Result) -> tuple[Array, Array, Array]:
    """Give position, bonus and amount of what is not nothing; by id, then by bonus."""
    by_id, width = result.members_by_id(), len(result.paid)
    scales = [10 ** (result.places - part.places) for part in result.paid]
    found: list[tuple[Array, ...]] = []
    for first in range(0, len(by_id) if width else 0, _MEMBERS_AT_ONCE):
        positions = by_id[first : first + _MEMBERS_AT_ONCE]
        paid = [part.totals[positions] for part in result.paid]
        amounts = np.stack(
            [one * scale for one, scale in zip(paid, scales, strict=True)], axis=1
        ).reshape(-1)
        places = np.flatnonzero(amounts)
        found.append(
            (positions[places // width], (places % width).astype(np.int32), amounts[places])
        )
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int64)
    positions, bonus, amounts = (np.concatenate(one) for one in zip(*found, strict=True))
    return positions, bonus, amounts


def _pay(result: Result) -> pa.Table:
    """Give member, amount, currency, pay_amount, pay_currency; by member."""
    file = result.world.plan.file
    rows, pay = result.paid_members(), result.in_own_currency()
    exact = columns.rounded(pay.totals.taken(rows), result.places, file.rounding.mode)
    codes, labels = pay.currencies.taken(rows).values, pay.currencies.labels
    places = np.asarray([currency_places(label) for label in labels], np.int64)
    most = int(places[codes].max()) if len(rows) else currency_places(file.currency)
    units = pay.units[rows]
    if (places != most).any():
        # A currency that nobody here is paid in may have more places.
        units = units * 10 ** (most - places[codes])
    return pa.table(
        {
            "member": result.world.own_ids_at(rows),
            "amount": _figures(exact.values, result.places),
            "currency": _repeated(file.currency, len(rows)),
            "pay_amount": _figures(units, most),
            "pay_currency": _chosen(codes, labels),
        }
    )


def _ranks(result: Result) -> pa.Table:
    """Give member, ladder, rank, title; ladder by ladder, members as they came."""
    world = result.world
    order = np.asarray(world.forest.positions)
    names = ("member", "ladder", "rank", "title")
    empty = pa.schema([("member", world.own_ids().type), *((name, _NAMED) for name in names[1:])])
    tables = [empty.empty_table()]
    for name in result.ladders():
        rank = result.figures.member_scope.named(name)
        assert isinstance(rank, Codes)
        title = (result.titles() if name == "rank" else None) or rank
        codes = [_labelled(one.spread(len(world)).taken(order)) for one in (rank, title)]
        tables.append(pa.table([world.own_ids(), _repeated(name, len(world)), *codes], names))
    return pa.concat_tables(tables)


def _legal(result: Result) -> pa.Table:
    """Give member, gate, holds; gate by gate, members as they came."""
    world = result.world
    order = np.asarray(world.forest.positions)
    names = ("member", "gate", "holds")
    kinds = (world.own_ids().type, _NAMED, pa.bool_())
    tables = [pa.schema(list(zip(names, kinds, strict=True))).empty_table()]
    for name, flags in result.gates.items():
        holds = pa.array(flags.values[order])
        tables.append(pa.table([world.own_ids(), _repeated(name, len(world)), holds], names))
    return pa.concat_tables(tables)


def _wallets(result: Result) -> pa.Table:
    """Split each member's total; the last wallet takes what rounding leaves of a whole split."""
    payable = Payable(result.figures, result.paid, result.gates)
    every = payable.by_wallet(result.places)
    positions = {name: np.flatnonzero(units) for name, units in every.items()}
    amounts = _joined([units[positions[name]] for name, units in every.items()])
    return pa.table(
        {
            "member": result.world.own_ids_at(_joined(list(positions.values()))),
            "wallet": _named([(name, len(rows)) for name, rows in positions.items()]),
            "amount": _figures(amounts, result.places),
        }
    )


def _cuts(result: Result) -> pa.Table:
    """List what each step took of each bonus, step by step as they follow each other."""
    by_id = result.members_by_id()
    cuts = [(part, cut) for part in result.paid for cut in part.cuts]
    positions, amounts = [], []
    for part, cut in cuts:
        rows = by_id[np.flatnonzero(cut.totals[by_id])]
        positions.append(rows)
        amounts.append(cut.totals[rows] * 10 ** (result.places - part.places))
    counts = [len(rows) for rows in positions]
    said = [(part.bonus, cut.step, cut.name) for part, cut in cuts]
    words = [_named(list(zip(column, counts, strict=True))) for column in zip(*said, strict=True)]
    bonus, step, name = words or [_named([])] * 3
    return pa.table(
        {
            "member": result.world.own_ids_at(_joined(positions)),
            "bonus": bonus,
            "step": step,
            "name": name,
            "amount": _figures(_joined(amounts), result.places),
        }
    )


def _states(result: Result) -> pa.Table:
    """Give member, name, value of what is reported beside pay; by name, member."""
    names = ("member", "name", "value")
    kinds = (result.world.own_ids().type, _NAMED, pa.string())
    parts = [pa.schema(list(zip(names, kinds, strict=True))).empty_table()]
    parts += [pa.table(list(one), names) for one in _state_columns(result)]
    return pa.concat_tables(parts)


def _state_columns(result: Result) -> Iterator[tuple[pa.Array, pa.Array, pa.Array]]:
    by_id = result.members_by_id()
    for name, column in sorted(result.figures.states.items()):
        sorted_by_id = column.spread(len(result.world)).taken(by_id)
        rows = filled_rows(sorted_by_id)
        texts = _texts(result, sorted_by_id.taken(rows))
        yield result.world.own_ids_at(by_id[rows]), _repeated(name, len(rows)), texts


def _texts(result: Result, column: Column) -> pa.Array:
    """Write what is reported of some members, all of whom have something of it."""
    if isinstance(column, Numbers):
        return decimal_texts(column)
    if isinstance(column, Members):
        return result.world.ids_at(column.values)
    if isinstance(column, Codes):
        return _labelled(column).cast(pa.string())
    assert not isinstance(column, Quotients)
    written = [result.text_of(column, index, "") for index in range(len(column.values))]
    return pa.array(written, pa.string())


def _figures(values: Array, places: int) -> pa.Array:
    """Give whole units as decimals, of 64 bits where they fit."""
    whole = columns.as_int64(values, "amounts")
    write = narrow_decimals if columns.greatest(whole) < 10**18 else decimals
    return write(whole, places)


def _joined(parts: list[Array]) -> Array:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _repeated(text: str, count: int) -> pa.DictionaryArray:
    return _chosen(np.zeros(count, np.int32), [text])


def _named(counted: list[tuple[str, int]]) -> pa.DictionaryArray:
    """Repeat each name as often as it is said."""
    names = list(dict.fromkeys(name for name, _ in counted))
    codes = [names.index(name) for name, _ in counted]
    return _chosen(np.repeat(np.asarray(codes, np.int32), [count for _, count in counted]), names)


def _chosen(codes: Array, names: list[str] | tuple[str, ...]) -> pa.DictionaryArray:
    listed = known(np.asarray(codes, np.int32))
    return pa.DictionaryArray.from_arrays(listed, pa.array(names, pa.string()))


def _labelled(column: Codes) -> pa.DictionaryArray:
    return _chosen(column.values, column.labels)


TABLES: dict[str, Callable[[Result], pa.Table]] = {
    "totals": _totals,
    "pay": _pay,
    "ranks": _ranks,
    "carries": lambda result: carries_of(result.figures),
    "lost_carries": lambda result: lost_carries_of(result.figures),
    "legal": _legal,
    "wallets": _wallets,
    "states": _states,
    "cuts": _cuts,
}
