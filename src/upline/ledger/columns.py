"""Many journals as columns: read, checked with every fault, and laid out for COPY."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from upline.ledger import accounts
from upline.ledger.domain import CONTROL, TEXT_LENGTHS, EntryDraft, JournalDraft
from upline.ledger.errors import JournalsRefused

Integers = npt.NDArray[np.int64]

SCHEMA = pa.schema(
    [
        ("key", pa.string()),
        ("kind", pa.string()),
        ("effective_on", pa.date32()),
        ("reference", pa.string()),
        ("memo", pa.string()),
        ("account", pa.string()),
        ("currency", pa.string()),
        ("amount_minor", pa.int64()),
    ]
)
OF_THE_JOURNAL = ("kind", "effective_on", "reference", "memo")
FAULTS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Columns:
    """Journals as rows of entries; `starts` are the rows where a journal begins, and the end."""

    table: pa.Table
    starts: Integers

    @property
    def journal_count(self) -> int:
        return len(self.starts) - 1

    def chunks(self, entries: int) -> Iterator[tuple[int, int]]:
        """Give ranges of journals of about so many entries; a longer journal stays whole."""
        first = 0
        while first < self.journal_count:
            wanted = self.starts[first] + entries
            last = int(np.searchsorted(self.starts, wanted, side="right")) - 1
            last = min(max(last, first + 1), self.journal_count)
            yield first, last
            first = last

    def part(self, first: int, last: int) -> Columns:
        """Give the journals of a range."""
        start, end = int(self.starts[first]), int(self.starts[last])
        rows = self.table.slice(start, end - start).combine_chunks()
        return Columns(rows, self.starts[first : last + 1] - start)

    def without(self, places: Sequence[int]) -> Columns:
        """Give the journals but for those at some places."""
        if not places:
            return self
        is_kept = np.ones(self.journal_count, bool)
        is_kept[np.asarray(places)] = False
        lengths = self._lengths()
        rows = self.table.filter(pa.array(np.repeat(is_kept, lengths))).combine_chunks()
        return Columns(rows, np.concatenate([[0], np.cumsum(lengths[is_kept])]))

    def accounts(self) -> tuple[list[tuple[str, str]], pa.Array]:
        """Give the different accounts, and for each row the place of its own among them."""
        pairs = pc.binary_join_element_wise(self._column("currency"), self._column("account"), ":")
        coded = pairs.dictionary_encode()
        words = (text.partition(":") for text in coded.dictionary.to_pylist())
        return [(code, currency) for currency, _, code in words], coded.indices

    def journals(self) -> pa.Table:
        """Give the rows of the journals, as they are copied."""
        heads = self.table.take(self.starts[:-1]).combine_chunks()
        digests = [rf"\x{hashlib.sha256(text).hexdigest()}" for text in self._texts(heads)]
        return pa.table(
            {
                "number": np.arange(self.journal_count),
                "key": heads["key"],
                "digest": digests,
                "kind": heads["kind"],
                "effective_on": heads["effective_on"],
                "reference": heads["reference"],
                "memo": heads["memo"],
                "entry_count": self._lengths(),
            }
        )

    def entries(self, journal_ids: Integers, account_ids: pa.Array) -> pa.Table:
        """Give the rows of the entries, as they are copied."""
        lengths = self._lengths()
        lines = np.arange(self.table.num_rows) - np.repeat(self.starts[:-1], lengths) + 1
        return pa.table(
            {
                "journal_id": np.repeat(journal_ids, lengths),
                "line": lines,
                "account_id": account_ids,
                "currency": self._column("currency"),
                "effective_on": self._column("effective_on"),
                "amount_minor": self._column("amount_minor"),
            }
        )

    def _texts(self, heads: pa.Table) -> list[bytes]:
        """Give what is hashed of each journal; the same text as that of `domain.digest_of`."""
        lines = _joined(
            self._column("account"),
            self._column("currency"),
            self._column("amount_minor").cast(pa.string()),
        )
        grouped = pa.ListArray.from_arrays(pa.array(self.starts, pa.int32()), lines)
        days = _flat(heads["effective_on"]).cast(pa.string())
        kind, reference, memo = (_flat(heads[name]) for name in ("kind", "reference", "memo"))
        # The empty line is that of the journal it reverses: none.
        texts = _joined(kind, days, reference, memo, "", pc.binary_join(grouped, "\n"))
        found: list[bytes] = texts.cast(pa.binary()).to_pylist()
        return found

    def _lengths(self) -> Integers:
        return np.diff(self.starts)

    def _column(self, name: str) -> pa.Array:
        return _flat(self.table[name])


def _flat(column: pa.ChunkedArray) -> pa.Array:
    flat = column.combine_chunks()
    # Some releases give one chunk as a chunked column again.
    return flat.chunk(0) if isinstance(flat, pa.ChunkedArray) else flat


def _joined(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "\n")


def table_of(journals: Sequence[JournalDraft]) -> pa.Table:
    """Lay drafts out as a table, a row for each entry."""
    rows = [_row(one, entry) for one in journals for entry in one.entries]
    faults = [f"- journal {one.key}: it has no entries" for one in journals if not one.entries]
    if faults:
        raise refusal(faults)
    columns = list(zip(*rows, strict=True)) or [()] * len(SCHEMA)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)],
        schema=SCHEMA,
    )


def _row(journal: JournalDraft, entry: EntryDraft) -> tuple[object, ...]:
    return (
        journal.key,
        journal.kind,
        journal.effective_on,
        journal.reference,
        journal.memo,
        entry.account,
        entry.amount.currency,
        entry.amount.minor,
    )


def read(table: pa.Table) -> Columns:
    """Check a table and find its journals. Raises JournalsRefused with every fault."""
    table = _typed(table)
    keys = _flat(table["key"]).dictionary_encode()
    codes = keys.indices.to_numpy(zero_copy_only=False)
    changes = np.flatnonzero(np.diff(codes)) + 1
    ends = [0, table.num_rows] if table.num_rows else [0]
    starts = np.unique(np.concatenate([ends, changes])).astype(np.int64)
    found = Columns(table, starts)
    faults = [*_journal_faults(found, len(keys.dictionary)), *_entry_faults(found)]
    if faults:
        raise refusal(faults)
    return found


def refusal(faults: list[str]) -> JournalsRefused:
    """List faults in a refusal; of very many the first ones."""
    shown = faults[:FAULTS_SHOWN]
    if len(faults) > FAULTS_SHOWN:
        shown.append(f"- and {len(faults) - FAULTS_SHOWN} more")
    return JournalsRefused(count=len(faults), faults="\n".join(shown))


def _typed(table: pa.Table) -> pa.Table:
    """Give the columns in our order and types; a float is refused, for it may have lost cents."""
    columns: list[Any] = []
    faults: list[str] = []
    for field in SCHEMA:
        if field.name in {"reference", "memo"} and field.name not in table.column_names:
            columns.append(pa.array([""] * table.num_rows, pa.string()))
            continue
        if field.name not in table.column_names:
            faults.append(f"- column {field.name}: it is missing")
            continue
        column = table[field.name]
        if column.null_count:
            row = pc.index(column.is_null(), value=True).as_py()
            faults.append(f"- column {field.name}: row {row + 1} is empty")
        try:
            columns.append(_cast(column, field))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as refused:
            faults.append(f"- column {field.name}: {refused}")
    if faults:
        raise refusal(faults)
    return pa.table(columns, schema=SCHEMA)


def _cast(column: pa.ChunkedArray, field: pa.Field) -> pa.ChunkedArray:
    if field.name == "amount_minor" and not pa.types.is_integer(column.type):
        raise pa.ArrowInvalid(f"whole numbers are wanted, not {column.type}")
    return column.cast(field.type)


def _journal_faults(found: Columns, different_keys: int) -> Iterator[str]:
    table, starts = found.table, found.starts
    lengths = np.diff(starts)
    heads = table.take(starts[:-1])
    keys = heads["key"]
    if different_keys != found.journal_count:
        for key, count in _counts(keys):
            if count > 1:
                yield f"- journal {key}: its rows stand in {count} places; put them together"
    for place in np.flatnonzero(lengths < 2):
        yield f"- journal {keys[int(place)]}: it has fewer than two entries"
    first_rows = np.repeat(starts[:-1], lengths)
    for name in OF_THE_JOURNAL:
        differs = pc.not_equal(table[name], table[name].take(first_rows))
        for key in _different(table["key"].filter(differs)):
            yield f"- journal {key}: its rows differ in {name}"
    for name, length in TEXT_LENGTHS.items():
        is_long = pc.greater(pc.utf8_length(heads[name]), length)
        for key in _different(keys.filter(is_long)):
            yield f"- journal {key}: its {name} is longer than {length} characters"
        is_broken = pc.match_substring_regex(heads[name], CONTROL.pattern)
        for key in _different(keys.filter(is_broken)):
            yield f"- journal {key!r}: its {name} holds a control character"
    for name in ("key", "kind"):
        if pc.any(pc.equal(heads[name], "")).as_py():
            yield f"- a journal: its {name} is empty"


def _entry_faults(found: Columns) -> Iterator[str]:
    table = found.table
    if not table.num_rows:
        return
    amounts = table["amount_minor"].to_numpy()
    for row in np.flatnonzero(amounts == 0):
        yield f"- journal {table['key'][int(row)]}: the amount of row {row + 1} is zero"
    for row in np.flatnonzero(amounts == np.iinfo(np.int64).min):
        yield f"- journal {table['key'][int(row)]}: the amount of row {row + 1} is too great"
    for code in _different(table["account"]):
        if not accounts.is_code(code):
            yield f"- account {code!r}: it is not written as an account is"
    for currency in _different(table["currency"]):
        if not accounts.CURRENCY.fullmatch(currency):
            yield f"- currency {currency!r}: it is not three capital letters"
    yield from _unbalanced(found, amounts)


def _unbalanced(found: Columns, amounts: Integers) -> Iterator[str]:
    """Name journals of which a currency does not sum to zero.

    High and low halves are summed apart, so that no sum leaves 64 bits.
    """
    numbers = np.repeat(np.arange(found.journal_count), np.diff(found.starts))
    currencies = _flat(found.table["currency"]).dictionary_encode()
    names = currencies.dictionary.to_pylist()
    groups = numbers * len(names) + currencies.indices.to_numpy(zero_copy_only=False)
    order = np.argsort(groups, kind="stable")
    groups, amounts = groups[order], amounts[order]
    first = np.flatnonzero(np.diff(groups, prepend=-1))
    high = np.add.reduceat(amounts >> 32, first)
    low = np.add.reduceat(amounts & 0xFFFFFFFF, first)
    is_off = ((low & 0xFFFFFFFF) != 0) | (high + (low >> 32) != 0)
    for place in np.flatnonzero(is_off):
        number, currency = divmod(int(groups[first[place]]), len(names))
        off_by = (int(high[place]) << 32) + int(low[place])
        key = found.table["key"][int(found.starts[number])]
        yield f"- journal {key}: {names[currency]} is off by {off_by}"


def _counts(column: pa.ChunkedArray) -> Iterator[tuple[str, int]]:
    for one in pc.value_counts(column.combine_chunks()).to_pylist():
        yield one["values"], one["counts"]


def _different(column: pa.ChunkedArray) -> list[str]:
    found: list[str] = pc.unique(column).to_pylist()
    return found
