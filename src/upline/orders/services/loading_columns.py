"""The columns of loaded orders: read, checked with every fault, laid out as the tables have them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from upline.catalog.amounts import read_volumes
from upline.catalog.models import Market
from upline.catalog.tables import Integers, Reading, volumes_as_json
from upline.foundation.copying import copy_out
from upline.orders.models import Order

REQUIRED = ("number", "moment", "currency", "kind", "net", "tax")
OPTIONAL = ("member", "customer", "market", "retail", "sku", "name", "quantity")
# What all rows of one number have in common.
OF_THE_ORDER = ("moment", "currency", "kind", "member", "customer", "market")
LENGTHS = {"number": 40, "customer": 40, "sku": 64, "name": 300}

_KINDS = pa.array(Order.Kind.values)

Taken = Callable[[pa.Array], pa.Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Rows of the two tables; a line has the place of its order instead of an id."""

    orders: pa.Table
    lines: pa.Table


def read(table: pa.Table, *, volumes: Sequence[str], taken: Taken) -> Loaded:
    """Check a table and lay it out. Raises TableRefused with every fault, VolumeUnreadable."""
    reading = Reading(table, what="orders")
    reading.expect([*REQUIRED, *volumes], OPTIONAL)
    for name in volumes:
        read_volumes({name: "0"})
    columns = _columns(reading)
    figures = {name: reading.minor(name, columns["currency"]) for name in ("net", "tax")}
    figures["retail"] = (
        reading.minor("retail", columns["currency"])
        if "retail" in table.column_names
        else figures["net"]
    )
    volume_texts = volumes_as_json(reading, volumes)
    quantity = reading.whole("quantity", default=1)
    firsts, places = _orders(reading, columns, taken)
    reading.refuse()
    return Loaded(
        orders=_order_rows(columns, figures, firsts, places),
        lines=_line_rows(columns, figures, places, volume_texts, quantity),
    )


def _columns(reading: Reading) -> dict[str, pa.Array]:
    columns = {
        "number": reading.texts("number"),
        "currency": reading.texts("currency"),
        "kind": reading.one_of("kind", Order.Kind.values),
        **{
            name: reading.texts(name, is_required=False)
            for name in ("member", "customer", "market", "sku", "name")
        },
    }
    for name, length in LENGTHS.items():
        reading.no_longer(columns[name], name, length)
    columns |= _markets(reading, columns)
    columns |= _members(reading, columns)
    columns["product_id"] = _products(reading, columns["sku"])
    columns["moment"] = reading.moments("moment", columns["time_zone"])
    return columns


def _markets(reading: Reading, columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """Find the market of each row by its code, or by the currency if one market has it."""
    found = list(Market.objects.filter(is_active=True).order_by("code"))
    by_code = {one.code: one for one in found}
    by_currency: dict[str, list[Market]] = {}
    for one in found:
        by_currency.setdefault(one.currency, []).append(one)
    asked = pc.binary_join_element_wise(columns["market"], columns["currency"], "\t")
    coded = pc.dictionary_encode(asked)
    markets, faults = [], {}
    for place, text in enumerate(coded.dictionary.to_pylist()):
        code, currency = text.split("\t", 1)
        candidates = [by_code[code]] if code in by_code else []
        candidates = by_currency.get(currency, []) if not code else candidates
        markets.append(candidates[0] if len(candidates) == 1 else None)
        if len(candidates) != 1:
            named = f"There is no active market '{code}'." if code else None
            faults[place] = (
                named or f"{len(candidates)} active markets have the currency '{currency}'."
            )
    codes = coded.indices.to_numpy(zero_copy_only=False)
    reading.faults_where(
        np.isin(codes, list(faults)),
        "market" if "market" in reading.table.column_names else "currency",
        "market",
        lambda row: faults[int(codes[row])],
        f"Write the market's code in a column 'market': {', '.join(by_code) or 'define one first'}.",
    )

    def each(name: str, kind: pa.DataType) -> pa.Array:
        return pa.array([getattr(one, name) if one else None for one in markets], kind).take(
            coded.indices
        )

    return {
        "market_id": each("pk", pa.int64()),
        "country": each("country", pa.string()),
        "time_zone": pc.fill_null(each("time_zone", pa.string()), "UTC"),
        "prices_include_tax": each("prices_include_tax", pa.bool_()),
    }


def _members(reading: Reading, columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
    known = copy_out(
        "SELECT id, upper(code) FROM network_member", {"id": pa.int64(), "code": pa.string()}
    )
    places = pc.index_in(pc.utf8_upper(columns["member"]), known["code"].combine_chunks())
    is_named = pc.not_equal(columns["member"], "")
    is_own = pc.equal(columns["kind"], "own")
    reading.faults_where(
        pc.and_(is_named, pc.is_null(places)),
        "member",
        "unknown_member",
        lambda row: f"There is no member '{columns['member'][row]}'.",
        "Write the code of a member, and load the members before their orders.",
    )
    reading.faults_where(
        pc.and_(is_own, pc.invert(is_named)),
        "member",
        "buyer",
        lambda _: "An own order names no member.",
        "Write the code of the member who bought.",
    )
    has_customer = pc.not_equal(columns["customer"], "")
    reading.faults_where(
        pc.and_(pc.is_in(columns["kind"], _KINDS), pc.equal(is_own, has_customer)),
        "customer",
        "buyer",
        lambda row: (
            f"An order of kind '{columns['kind'][row]}' has customer '{columns['customer'][row]}'."
        ),
        "Name the customer of a customer's order, and none of an own order.",
    )
    return {"member_id": pc.take(known["id"].combine_chunks(), places)}


def _products(reading: Reading, skus: pa.Array) -> pa.Array:
    known = copy_out(
        "SELECT id, upper(sku) FROM catalog_product", {"id": pa.int64(), "sku": pa.string()}
    )
    places = pc.index_in(pc.utf8_upper(skus), known["sku"].combine_chunks())
    reading.faults_where(
        pc.and_(pc.not_equal(skus, ""), pc.is_null(places)),
        "sku",
        "unknown_product",
        lambda row: f"There is no product '{skus[row]}'.",
        "Load the products first, or leave the cell empty and fill 'name'.",
    )
    return pc.take(known["id"].combine_chunks(), places)


def _orders(
    reading: Reading, columns: dict[str, pa.Array], taken: Taken
) -> tuple[Integers, Integers]:
    """Give the first row of each order, and each row's place among the orders."""
    coded = pc.dictionary_encode(columns["number"])
    places = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    _, firsts = np.unique(places, return_index=True)
    of_first = pa.array(firsts[places] if len(places) else places)

    def says(row: int) -> str:
        return f"It differs from that of row {of_first[row].as_py() + 1}, of one order."

    for name in OF_THE_ORDER:
        column = columns[name] if name in columns else columns["moment"]
        same = pc.fill_null(pc.equal(column, pc.take(column, of_first)), fill_value=True)
        reading.faults_where(
            pc.invert(same),
            name,
            "order_differs",
            says,
            "Give rows of one order the same head, or orders different numbers.",
        )
    reading.faults_where(
        pc.is_in(columns["number"], taken(coded.dictionary)),
        "number",
        "number_taken",
        lambda row: f"The order {columns['number'][row]} is there already.",
        "Leave out what has been loaded before.",
    )
    return firsts, places


def _order_rows(
    columns: dict[str, pa.Array],
    figures: dict[str, Integers],
    firsts: Integers,
    places: Integers,
) -> pa.Table:
    count = len(firsts)
    net, tax = (_summed(figures[name], places, count) for name in ("net", "tax"))
    heads = {name: pc.take(column, pa.array(firsts)) for name, column in columns.items()}
    same = {
        "status": "delivered",
        "channel": "loaded",
        "audience": "",
        "paid_reference": "",
        "paid_into": "cash:bank",
    }
    return pa.table(
        {
            **{name: heads[name] for name in ("number", "kind", "member_id", "customer")},
            **{name: heads[name] for name in ("market_id", "country", "time_zone", "currency")},
            "prices_include_tax": heads["prices_include_tax"],
            "net_minor": net,
            "tax_minor": tax,
            "gross_minor": net + tax,
            "refunded_minor": np.zeros(count, np.int64),
            "placed_at": heads["moment"],
            "paid_at": heads["moment"],
            **{name: pa.array([text] * count, pa.string()) for name, text in same.items()},
        }
    )


def _line_rows(
    columns: dict[str, pa.Array],
    figures: dict[str, Integers],
    places: Integers,
    volumes: pa.Array,
    quantity: Integers,
) -> pa.Table:
    nothing = np.zeros(len(places), np.int64)
    return pa.table(
        {
            "order_place": places,
            "position": _positions(places),
            **{name: columns[name] for name in ("product_id", "sku", "name")},
            "quantity": quantity,
            "tax_category": pa.array([""] * len(places), pa.string()),
            "net_minor": figures["net"],
            "tax_minor": figures["tax"],
            "gross_minor": figures["net"] + figures["tax"],
            "retail_minor": figures["retail"],
            "volumes": volumes,
            "shipped_quantity": quantity,
            "delivered_quantity": quantity,
            **dict.fromkeys(
                (
                    "refunded_quantity",
                    "withdrawn_quantity",
                    "refunded_net_minor",
                    "refunded_tax_minor",
                    "refunded_retail_minor",
                ),
                nothing,
            ),
            "refunded_volumes": pa.array(["{}"] * len(places), pa.string()),
        }
    )


def _summed(values: Integers, places: Integers, count: int) -> Integers:
    sums = np.zeros(count, np.int64)
    np.add.at(sums, places, values)
    return sums


def _positions(places: Integers) -> Integers:
    """Count the rows of each order from 1, in the order in which they stand."""
    by_order = np.argsort(places, kind="stable")
    sorted_places = places[by_order]
    starts = np.flatnonzero(np.diff(sorted_places, prepend=-1))
    counted = np.arange(len(places)) - np.repeat(starts, np.diff([*starts, len(places)]))
    positions = np.empty(len(places), np.int64)
    positions[by_order] = counted + 1
    return positions
