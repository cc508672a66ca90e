"""Whole product and price lists at once: all of a table, or all its faults and nothing of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from django.db import connection, transaction

from upline.catalog.amounts import read_volumes
from upline.catalog.models import Market, Price, Product
from upline.catalog.tables import Reading, volumes_as_json
from upline.foundation.copying import copy_in, copy_out

_STAGE_PRODUCTS = """
CREATE TEMP TABLE catalog_new_product (
    place bigint, sku text, status text, tax_category_id bigint, picture text
) ON COMMIT DROP;
CREATE TEMP TABLE catalog_new_text (
    sku text, language text, name text, description text
) ON COMMIT DROP
"""
_WRITE_PRODUCTS = """
INSERT INTO catalog_product (sku, status, tax_category_id, picture, created_at)
SELECT sku, status, tax_category_id, picture, now() FROM catalog_new_product ORDER BY place
ON CONFLICT (upper(sku)) DO UPDATE
SET status = excluded.status, tax_category_id = excluded.tax_category_id,
    picture = coalesce(nullif(excluded.picture, ''), catalog_product.picture)
WHERE (catalog_product.status, catalog_product.tax_category_id) IS DISTINCT FROM
        (excluded.status, excluded.tax_category_id)
    OR excluded.picture NOT IN ('', catalog_product.picture)
"""
_WRITE_TEXTS = """
INSERT INTO catalog_producttext (product_id, language, name, description)
SELECT product.id, new.language, new.name, new.description
FROM catalog_new_text AS new JOIN catalog_product AS product ON upper(product.sku) = upper(new.sku)
ON CONFLICT (product_id, language) DO UPDATE
SET name = excluded.name, description = excluded.description
WHERE (catalog_producttext.name, catalog_producttext.description)
    IS DISTINCT FROM (excluded.name, excluded.description)
"""
_STAGE_PRICES = """
CREATE TEMP TABLE catalog_new_price (
    place bigint, product_id bigint, audience text, market_id bigint, currency text,
    amount_minor bigint, volumes jsonb, starts_at timestamptz, ends_at timestamptz
) ON COMMIT DROP
"""
# What is there already is left alone, so that a list may be loaded again, also with rows added: a
# price that the table leaves open may have been ended since, and one that is open may end with it.
_FORGET_REPEATED = """
DELETE FROM catalog_new_price WHERE place IN (
    SELECT new.place FROM catalog_new_price AS new JOIN catalog_price AS old
        USING (product_id, audience, market_id, currency, starts_at)
    WHERE new.amount_minor = old.amount_minor AND new.volumes = old.volumes AND (
        new.ends_at IS NULL OR new.ends_at = old.ends_at
        OR (old.ends_at IS NULL AND EXISTS (
            SELECT FROM catalog_new_price AS next
            WHERE next.product_id = new.product_id AND next.audience = new.audience
                AND next.market_id = new.market_id AND next.currency = new.currency
                AND next.starts_at = new.ends_at))))
"""
_CLASHES = """
SELECT DISTINCT new.place FROM catalog_new_price AS new JOIN catalog_price AS old
    USING (product_id, audience, market_id, currency)
WHERE tstzrange(new.starts_at, new.ends_at) && tstzrange(old.starts_at, old.ends_at)
    AND (old.ends_at IS NOT NULL OR old.starts_at >= new.starts_at)
ORDER BY 1
"""
_END_FORMER = """
UPDATE catalog_price AS former SET ends_at = ending.at
FROM (
    SELECT old.id, min(new.starts_at) AS at FROM catalog_new_price AS new JOIN catalog_price AS old
        USING (product_id, audience, market_id, currency)
    WHERE old.ends_at IS NULL AND old.starts_at < new.starts_at GROUP BY old.id
) AS ending
WHERE ending.id = former.id
"""
_WRITE_PRICES = """
INSERT INTO catalog_price
    (product_id, audience, market_id, currency, amount_minor, volumes, starts_at, ends_at)
SELECT product_id, audience, market_id, currency, amount_minor, volumes, starts_at, ends_at
FROM catalog_new_price ORDER BY place
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedRows:
    """How many rows a table had, all of which are in force now."""

    rows: int


@transaction.atomic
def load_products(*, table: pa.Table) -> LoadedRows:
    """Add products, or change those of the same number.

    Columns: sku, tax_category; where wanted status (active if left out), picture (its path among the
    static files), and for each language `name_<language>`, `description_<language>`. A text or a
    picture that is left empty stays as it was. Loaded again it changes nothing. Raises TableRefused
    with every fault.
    """
    reading = Reading(table, what="products")
    languages = [code for code, _ in settings.LANGUAGES]
    texts = [f"{kind}_{code}" for code in languages for kind in ("name", "description")]
    reading.expect(["sku", "tax_category"], ["status", "picture", *texts])
    skus = reading.texts("sku")
    reading.no_longer(skus, "sku", 64)
    _no_blanks(reading, skus)
    _each_once(reading, skus)
    categories = _known(reading, "tax_category", "SELECT id, code FROM catalog_taxcategory")
    status = reading.one_of("status", Product.Status.values, is_required=False)
    pictures = reading.texts("picture", is_required=False)
    reading.no_longer(pictures, "picture", 200)
    rows = [_texts(reading, skus, code) for code in languages]
    reading.refuse()
    products = pa.table(
        {
            "place": np.arange(reading.rows),
            "sku": skus,
            "status": pc.if_else(pc.equal(status, ""), "active", status),
            "tax_category_id": categories,
            "picture": pictures,
        }
    )
    _run(_STAGE_PRODUCTS)
    copy_in("catalog_new_product", products)
    copy_in("catalog_new_text", pa.concat_tables(rows))
    _run(_WRITE_PRODUCTS, _WRITE_TEXTS, "DROP TABLE catalog_new_product, catalog_new_text")
    return LoadedRows(rows=reading.rows)


@transaction.atomic
def load_prices(*, table: pa.Table, volumes: Sequence[str] = ()) -> LoadedRows:
    """Put prices in force; each ends the open one before it, as `services.set_price` does.

    Columns: sku, audience, market, amount, starts_at; where wanted currency (the market's if left
    out), ends_at, and those that `volumes` names. A moment without a zone is told by the market's
    clocks. Loaded again it changes nothing. Raises TableRefused with every fault.
    """
    reading = Reading(table, what="prices")
    reading.expect(["sku", "audience", "market", "amount", "starts_at", *volumes], _OPTIONAL)
    for name in volumes:
        read_volumes({name: "0"})
    prices = _prices(reading, volumes)
    reading.refuse()
    _run(_STAGE_PRICES)
    copy_in("catalog_new_price", prices)
    _run(_FORGET_REPEATED)
    _refuse_overlaps(reading)
    _run(_END_FORMER, _WRITE_PRICES, "DROP TABLE catalog_new_price")
    return LoadedRows(rows=reading.rows)


_OPTIONAL = ("currency", "ends_at")


def _prices(reading: Reading, volumes: Sequence[str]) -> pa.Table:
    products = _known(reading, "sku", "SELECT id, upper(sku) FROM catalog_product")
    markets = _known(
        reading, "market", "SELECT id, upper(code) FROM catalog_market WHERE is_active"
    )
    terms = {one.pk: one for one in Market.objects.all()}
    places = [terms.get(key) for key in markets.to_pylist()]
    own = pa.array([one.currency if one else "XXX" for one in places], pa.string())
    zones = pa.array([one.time_zone if one else "UTC" for one in places], pa.string())
    named = reading.texts("currency", is_required=False)
    currency = pc.if_else(pc.equal(named, ""), own, named)
    malformed = pc.invert(pc.match_substring_regex(currency, "^[A-Z]{3}$"))
    remedy = "Write its three capital letters."
    reading.faults_where(
        malformed, "currency", "currency", lambda row: f"'{named[row]}' is no currency.", remedy
    )
    starts = reading.moments("starts_at", zones)
    ends = reading.moments("ends_at", zones, is_required=False)
    reading.faults_where(
        pc.fill_null(pc.less_equal(ends, starts), fill_value=False),
        "ends_at",
        "ends_before_it_starts",
        lambda row: f"It ends at {ends[row]}, not after {starts[row]}.",
        "Let the price end after it starts, or leave the cell empty.",
    )
    found = {
        "place": pa.array(np.arange(reading.rows)),
        "product_id": products,
        "audience": reading.one_of("audience", Price.Audience.values),
        "market_id": markets,
        "currency": currency,
        "amount_minor": reading.minor("amount", currency),
        "volumes": volumes_as_json(reading, volumes),
        "starts_at": starts,
        "ends_at": ends,
    }
    return _with_ends(reading, pa.table(found))


def _with_ends(reading: Reading, prices: pa.Table) -> pa.Table:
    """Let a price of the table end where the next of its kind begins; refuse two at once."""
    keys = ["product_id", "audience", "market_id", "currency", "starts_at"]
    ordered = prices.sort_by([(name, "ascending") for name in keys])
    rows = ordered.select([*keys, "ends_at", "place"]).to_pylist()
    ends = [row["ends_at"] for row in rows]
    clashes = set()
    for place, (row, following) in enumerate(pairwise(rows)):
        if any(row[name] != following[name] for name in keys[:4]) or following["starts_at"] is None:
            continue
        if row["starts_at"] == following["starts_at"] or (
            row["ends_at"] is not None and row["ends_at"] > following["starts_at"]
        ):
            clashes.add(following["place"])
        elif row["ends_at"] is None:
            ends[place] = following["starts_at"]
    _overlaps(reading, sorted(clashes), "another row of this table")
    column = ordered.column_names.index("ends_at")
    kind = pa.timestamp("us", "UTC")
    return ordered.set_column(column, "ends_at", pa.array(ends, kind)).sort_by("place")


def _refuse_overlaps(reading: Reading) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_CLASHES)
        places = [row[0] for row in cursor.fetchall()]
    _overlaps(reading, places, "a price that is there and begins then or later, or has an end")
    reading.refuse()


def _overlaps(reading: Reading, places: Sequence[int], what: str) -> None:
    wrong = np.zeros(reading.rows, bool)
    wrong[list(places)] = True
    remedy = "Choose another time: a new price ends the one before it, if that has no end itself."
    reading.faults_where(
        wrong, "starts_at", "price_overlaps", lambda _: f"The price overlaps {what}.", remedy
    )


def _texts(reading: Reading, skus: pa.Array, language: str) -> pa.Table:
    names = reading.texts(f"name_{language}", is_required=False)
    descriptions = reading.texts(f"description_{language}", is_required=False)
    reading.no_longer(names, f"name_{language}", 300)
    reading.faults_where(
        pc.and_(pc.equal(names, ""), pc.not_equal(descriptions, "")),
        f"name_{language}",
        "name_missing",
        lambda row: f"{skus[row]} has a description and no name.",
        "Write the name in the same language.",
    )
    languages = pa.array([language] * reading.rows, pa.string())
    rows = {"sku": skus, "language": languages, "name": names, "description": descriptions}
    return pa.table(rows).filter(pc.not_equal(names, ""))


def _known(reading: Reading, name: str, query: str) -> pa.Array:
    """Find the ids of what a column names, in any case. The query gives ids and codes."""
    texts = reading.texts(name)
    known = copy_out(query, {"id": pa.int64(), "code": pa.string()})
    codes = pc.utf8_upper(known["code"].combine_chunks())
    places = pc.index_in(pc.utf8_upper(texts), codes)
    reading.faults_where(
        pc.and_(pc.not_equal(texts, ""), pc.is_null(places)),
        name,
        "unknown",
        lambda row: f"There is no {name.replace('_', ' ')} '{texts[row]}'.",
        "Define it first, or correct the cell.",
    )
    return pc.take(known["id"].combine_chunks(), places)


def _no_blanks(reading: Reading, skus: pa.Array) -> None:
    wrong = pc.match_substring_regex(skus, r"\s")
    reading.faults_where(
        wrong, "sku", "blanks", lambda row: f"'{skus[row]}' has blanks.", "Write it without."
    )


def _each_once(reading: Reading, skus: pa.Array) -> None:
    coded = pc.dictionary_encode(pc.utf8_upper(skus))
    places = coded.indices.to_numpy(zero_copy_only=False)
    _, firsts = np.unique(places, return_index=True)
    again = np.ones(reading.rows, bool)
    again[firsts] = False
    reading.faults_where(
        again & np.asarray(pc.not_equal(skus, "")),
        "sku",
        "twice",
        lambda row: f"The product {skus[row]} stands in the table twice.",
        "Leave one row of each product.",
    )


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
