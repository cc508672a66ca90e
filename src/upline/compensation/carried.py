"""What runs left for this one, and for those of other calendars of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import overload

from upline.compensation.plan.calendars import calendars_of
from upline.compensation.plan.schema import PlanFile

# The value of each position, as text; -1 is the company.
Entries = dict[int, str]


class Carried(dict[str, Entries]):
    """Carries by name, which remember what was asked for: nothing asked is left on the way."""

    __slots__ = ("asked",)

    def __init__(self, entries: Mapping[str, Entries]) -> None:
        super().__init__(entries)
        self.asked: set[str] = set()

    @overload  # type: ignore[override]
    def get(self, name: str, default: None = None) -> Entries | None: ...

    @overload
    def get(self, name: str, default: Entries) -> Entries: ...

    def get(self, name: str, default: Entries | None = None) -> Entries | None:
        """Give the carries of a name, and remember that it was asked for."""
        self.asked.add(name)
        return super().get(name, default)


def marked(name: str, calendar: str, file: PlanFile) -> str:
    """Give a carry's name with the calendar that it belongs to; the plan's own has no mark."""
    is_shared = name in shared_names(file)
    return name if is_shared or calendar == file.calendar.every else f"{calendar}: {name}"


def shared_names(file: PlanFile) -> set[str]:
    """Give the carries that the runs of all calendars go on with: what is held in wallets."""
    return {f"{name} held" for name, wallet in file.wallets.items() if wallet.withdraw}


def divided(
    carried: Mapping[str, Entries], calendar: str, file: PlanFile
) -> tuple[Carried, dict[str, Entries]]:
    """Divide carries into those of one calendar, without its mark, and those of the others."""
    own: dict[str, Entries] = {}
    elsewhere: dict[str, Entries] = {}
    others = [one for one in calendars_of(file) if one not in (calendar, file.calendar.every)]
    shared = shared_names(file)
    for name, entries in carried.items():
        mark, _, rest = name.partition(": ")
        if name in shared:
            own[name] = entries
        elif calendar == file.calendar.every:
            (elsewhere if mark in others else own)[name] = entries
        elif mark == calendar:
            own[rest] = entries
        else:
            elsewhere[name] = entries
    return Carried(own), elsewhere
