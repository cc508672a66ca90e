"""What the table of the team shows of each member, and the sequences that can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from upline.web.cabinet.team_figures import TeamColumns
from upline.web.cabinet.team_rows import Row

# So many volumes have a column of their own; the others are shown when a row is opened, and where
# the table is in their sequence. All of them stand on the card of a member and in the files.
VOLUMES = 2
# Who asks for a sequence wants the largest and the newest first, but names and levels from the top.
_UPWARDS = ("name", "level")
USUAL = "level_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: `is_key` is shown on telephones too, `is_rest` only in a row that was opened."""

    name: str
    title: str
    sort: str = ""
    is_number: bool = False
    is_key: bool = False
    is_rest: bool = False


def shown_columns(columns: TeamColumns | None, order: str) -> list[Column]:
    """Give the columns behind the name; of the figures, the one of the sequence is the key."""
    by = order.rpartition("_")[0]
    volumes = list(columns.volumes) if columns else []
    key = by if by in (*volumes, "team") else (volumes or ["level"])[0]
    ones = {by, *[name for name in volumes if name != by][: VOLUMES - (by in volumes)]}
    found = (
        [Column(name="rank", title=gettext("Rank"), sort="rank", is_key=True)] if columns else []
    )
    found += [
        _figure("level", gettext("Level"), key),
        Column(name="state", title=gettext("State")),
    ]
    for name in volumes:
        assert columns is not None
        found.append(_figure(name, columns.titles[name], key, is_rest=name not in ones))
    return [
        *found,
        _figure("team", gettext("Team"), key),
        Column(name="joined", title=gettext("Joined"), sort="joined", is_key=by == "joined"),
    ]


def _figure(name: str, title: str, key: str, *, is_rest: bool = False) -> Column:
    return Column(
        name=name,
        title=title,
        sort=name,
        is_number=True,
        is_key=name == key,
        is_rest=is_rest,
    )


def cells_of(row: Row, shown: Sequence[Column], columns: TeamColumns | None) -> list[Any]:
    """Pair each column with what it says of a member; the page writes it."""
    names = columns.volumes if columns else ()
    volumes = dict(zip(names, (points for _, points in row.volumes), strict=True))
    values = {
        "rank": row.rank,
        "level": row.level,
        "state": None,
        "team": row.total,
        "joined": row.joined_on,
        **volumes,
    }
    return [(column, values[column.name]) for column in shown]


def order_choices(shown: Sequence[Column], order: str) -> list[tuple[str, str]]:
    """List the sequences to choose from, each the way round in which it is usually asked for.

    The present one stays as it is, so that to filter does not turn it round.
    """
    names = [("name", gettext("Name")), *((one.sort, one.title) for one in shown if one.sort)]
    by = order.rpartition("_")[0]
    usual = {name: f"{name}_{'up' if name in _UPWARDS else 'down'}" for name, _ in names}
    return [(order if name == by else usual[name], title) for name, title in names]
