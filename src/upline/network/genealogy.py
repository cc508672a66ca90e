"""The members of today as arrays in preorder of the sponsor tree: a group is an interval.

Whether one stands below another, a page of a downline and the names of a list cost no query.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from upline.compensation.genealogy.forest import lay_out
from upline.compensation.kernels import trees
from upline.network.errors import MemberUnknown
from upline.network.models import Status

Ints = npt.NDArray[np.int32]
EPOCH = date(1970, 1, 1).toordinal()
STATUSES = tuple(Status.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMember:
    """A member as others see him: never how to reach him."""

    id: int
    code: str
    given_name: str
    family_name: str
    status: str
    country: str
    joined_on: date
    first_level: int
    total: int

    @property
    def name(self) -> str:
        """The first holder's name."""
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True, kw_only=True)
class Genealogy:
    """Everybody of today by place: the group of `p` is `p` up to `p + size[p]`.

    Columns by place: `ids`, `parent` (a place or -1), `size` (the whole group, oneself included),
    `depth` (how many stand above), `joined` (days since 1970), `status` and `country` (places in
    `statuses` and `countries`), `persons` (the first holder), and the texts `codes`, `given_names`,
    `family_names`. `version` is a digest of all that: equal in every process that holds the same.
    """

    version: str
    ids: npt.NDArray[np.int64]
    parent: Ints
    size: Ints
    depth: Ints
    joined: Ints
    status: npt.NDArray[np.uint8]
    country: Ints
    countries: tuple[str, ...]
    persons: npt.NDArray[np.int64]
    codes: pa.Array
    given_names: pa.Array
    family_names: pa.Array
    # Both names in plain Latin letters, a blank before each word.
    search: pa.Array
    # Names in the order of Cyrillic and of Latin readers: who is the how-manieth.
    by_name: dict[str, Ints]

    statuses = STATUSES

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def _sorted_ids(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        order = np.argsort(self.ids, kind="stable")
        return self.ids[order], order

    @cached_property
    def _place_by_code(self) -> dict[str, int]:
        return {code: place for place, code in enumerate(self.code_keys.to_pylist())}

    @cached_property
    def code_keys(self) -> pa.Array:
        """Codes in capital letters, in which they are compared."""
        return pc.utf8_upper(self.codes)

    @cached_property
    def by_code(self) -> Ints:
        """Say for each place the how-manieth its code is."""
        return _ranked(self.code_keys)

    @cached_property
    def _first_levels(self) -> tuple[Ints, Ints]:
        """Give all places grouped by who stands above, and where the group of each begins."""
        rows = np.argsort(self.parent, kind="stable").astype(np.int32)
        starts = np.searchsorted(self.parent[rows], np.arange(len(self) + 1))
        return rows, starts.astype(np.int32)

    def warm(self) -> Genealogy:
        """Make what is otherwise made when it is first asked for."""
        _ = self._sorted_ids, self._place_by_code, self._first_levels, self.by_code
        return self

    def places_of(self, member_ids: Any) -> npt.NDArray[np.int64]:
        """Give the place of each member, -1 for who is not there."""
        wanted = np.asarray(member_ids, np.int64)
        if not len(self):
            return np.full(len(wanted), -1)
        found, order = self._sorted_ids
        slots = np.minimum(np.searchsorted(found, wanted), len(found) - 1)
        return np.where(found[slots] == wanted, order[slots], -1)

    def place_of(self, member_id: int) -> int:
        """Give the place of a member. Raises MemberUnknown."""
        place = int(self.places_of([member_id])[0])
        if place < 0:
            raise MemberUnknown(member=member_id)
        return place

    def place_of_code(self, code: str) -> int:
        """Give the place of a code in any case. Raises MemberUnknown."""
        place = self._place_by_code.get(code.strip().upper())
        if place is None:
            raise MemberUnknown(member=code)
        return place

    def at(self, place: int) -> TeamMember:
        """Give who stands at a place."""
        starts = self._first_levels[1]
        return TeamMember(
            id=int(self.ids[place]),
            code=self.codes[place].as_py(),
            given_name=self.given_names[place].as_py(),
            family_name=self.family_names[place].as_py(),
            status=STATUSES[self.status[place]],
            country=self.countries[self.country[place]],
            joined_on=date.fromordinal(EPOCH + int(self.joined[place])),
            first_level=int(starts[place + 1] - starts[place]),
            total=int(self.size[place]) - 1,
        )

    def names_of(self, member_ids: Iterable[int]) -> dict[int, TeamMember]:
        """Give members by id; who is not there is left out."""
        ids = list(dict.fromkeys(member_ids))
        places = self.places_of(ids)
        return {
            one: self.at(int(place)) for one, place in zip(ids, places, strict=True) if place >= 0
        }

    def is_below(self, place: int, top: int) -> bool:
        """Say whether one stands below another, or is the same."""
        return bool(top <= place < top + self.size[top])

    def path(self, place: int, top: int) -> Sequence[int]:
        """Give the places from the top down to one below it, both included."""
        way = [place]
        while way[-1] != top:
            way.append(int(self.parent[way[-1]]))
            assert way[-1] >= 0, "who is not below has no path"
        return way[::-1]

    def children(self, place: int) -> Ints:
        """Give the places of the first level, in order of joining."""
        rows, starts = self._first_levels
        return rows[starts[place] : starts[place + 1]]

    def first_level_of(self, places: npt.NDArray[Any]) -> Ints:
        """Count the first level of many."""
        starts = self._first_levels[1]
        counted: Ints = starts[places + 1] - starts[places]
        return counted

    def in_order(self, values: npt.NDArray[Any], member_ids: Any, missing: Any = 0) -> Any:
        """Bring a column by member into the order of places; `missing` for who is not in it."""
        column = np.full(len(self), missing, values.dtype)
        places = self.places_of(member_ids)
        column[places[places >= 0]] = values[places >= 0]
        return column


def laid_out(rows: pa.Table) -> Genealogy:
    """Lay members out in preorder; `rows` come in the order of joining, as `resident` reads them."""
    ids = rows["id"].to_numpy()
    parent = _rows_above(ids, rows["sponsor"])
    age = np.arange(len(ids), dtype=np.int32)
    forest, circles = lay_out(parent, age, age)
    assert forest is not None, f"members stand in a circle: {ids[circles]}"
    size = np.ones(len(ids), np.int32)
    trees.add_up(forest.parent, size)
    depth = np.zeros(len(ids), np.int32)
    trees.count_above(forest.parent, depth)
    rows = rows.take(pa.array(forest.rows))
    columns = {name: rows[name].combine_chunks() for name in rows.column_names}
    countries = pc.dictionary_encode(columns["country"])
    return Genealogy(
        version=_digest(columns, forest.parent),
        ids=columns["id"].to_numpy(),
        parent=forest.parent,
        size=size,
        depth=depth,
        joined=columns["joined"].cast(pa.int32()).to_numpy(),
        status=pc.index_in(columns["status"], pa.array(STATUSES)).to_numpy().astype(np.uint8),
        country=countries.indices.to_numpy(),
        countries=tuple(countries.dictionary.to_pylist()),
        persons=columns["person"].fill_null(0).to_numpy(),
        codes=columns["code"],
        given_names=columns["given_name"].fill_null(""),
        family_names=columns["family_name"].fill_null(""),
        search=pc.binary_join_element_wise("", columns["search"].fill_null(""), " "),
        by_name={
            order: _ranked(columns[order].fill_null(""))
            for order in ("cyrillic_first", "latin_first")
        },
    )


def _digest(columns: dict[str, pa.Array], parent: Ints) -> str:
    """Tell two genealogies apart by what they hold, the same in every process."""
    # What lies under a null is anything, so that nulls are written first.
    written = {
        name: column.fill_null("" if pa.types.is_string(column.type) else 0)
        for name, column in sorted(columns.items())
        if name not in ("sponsor", "joined")
    }
    batch = pa.record_batch({**written, "joined": columns["joined"], "parent": pa.array(parent)})
    return hashlib.blake2b(memoryview(batch.serialize()), digest_size=16).hexdigest()


def _rows_above(ids: npt.NDArray[np.int64], sponsor: pa.ChunkedArray) -> Ints:
    """Give the row of each sponsor, -1 where there is none."""
    if not len(ids):
        return np.empty(0, np.int32)
    wanted = sponsor.fill_null(-1).to_numpy()
    order = np.argsort(ids, kind="stable")
    slots = np.minimum(np.searchsorted(ids[order], wanted), len(ids) - 1)
    return np.where(ids[order][slots] == wanted, order[slots], -1).astype(np.int32)


def _ranked(texts: pa.Array) -> Ints:
    """Say of each text the how-manieth it is by its bytes; equal ones are equal."""
    encoded = pc.dictionary_encode(texts)
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    ranked: Ints = ranks[encoded.indices.to_numpy()]
    return ranked
