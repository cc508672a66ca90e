"""The folder of a demo: who runs it, what it holds, what a killed run left behind."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from upline.foundation.errors import DomainError
from upline.foundation.postgres import locks

# Every process of a demo carries its folder under this name, so that those of a killed run are found.
MARK = "UPLINE_DEMO_FOLDER"
_ENDING_SECONDS = 5.0


class DemoRuns(DomainError):
    """A demo of this folder runs already."""

    code = "demo.runs"
    text = "The demo of %(home)s runs already: process %(pid)s, %(address)s."
    remedy = (
        "Look at it there, end it by Ctrl-C where it was started or by `kill %(pid)s`, or start "
        "another one in a folder of its own: UPLINE_HOME=build/other upline demo."
    )


class AnotherCompany(DomainError):
    """The demo holds a company of another size or seed than the one asked for."""

    code = "demo.another_company"
    text = (
        "The demo of %(home)s holds a company of %(members)s members made from seed %(seed)s, "
        "not the one that was asked for."
    )
    remedy = "Make it anew with --reset, or choose another folder by UPLINE_HOME."


class NotADemo(DomainError):
    """The folder holds data that no demo made."""

    code = "demo.not_a_demo"
    text = "%(home)s holds a database that no demo made, so it is not removed."
    remedy = "Choose another folder by UPLINE_HOME, or remove this one yourself."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which demo company: how many members, and the seed that makes them."""

    members: int
    seed: int


@dataclass(frozen=True, slots=True)
class DemoHome:
    """The places of a demo."""

    path: Path

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def note(self) -> Path:
        """Give the file that says which company the demo holds, or is about to."""
        return self.path / "demo.json"

    @property
    def run_note(self) -> Path:
        """Give the file that says who runs the demo; its lock says whether anybody does."""
        return self.path / "demo.run"

    def log(self, name: str) -> Path:
        return self.path / "logs" / f"{name}.log"

    def company(self) -> Wanted | None:
        """Give which company the demo holds, None where it holds none yet."""
        try:
            return Wanted(**json.loads(self.note.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    def choose(self, members: int | None, seed: int | None, usual: Wanted) -> Wanted:
        """Decide which company to show: what was asked for, what there is, or else the usual one.

        Raises AnotherCompany, NotADemo.
        """
        self.refuse_strangers()
        found = self.company()
        if found is None:
            return Wanted(
                members=members if members is not None else usual.members,
                seed=seed if seed is not None else usual.seed,
            )
        if members not in {None, found.members} or seed not in {None, found.seed}:
            raise AnotherCompany(home=self.path, members=found.members, seed=found.seed)
        return found

    def keep_note(self, wanted: Wanted) -> None:
        """Note which company the demo is about to hold."""
        _write(self.note, json.dumps(asdict(wanted)))

    def remove_company(self) -> None:
        """Remove the company with its database; the server has to be stopped."""
        if self.postgres.exists():
            shutil.rmtree(self.postgres)
        # Last: until then the folder is known as that of a demo.
        self.note.unlink(missing_ok=True)

    def refuse_strangers(self) -> None:
        """Refuse a folder with a database of somebody else. Raises NotADemo."""
        if self.postgres.exists() and not self.note.exists():
            raise NotADemo(home=self.path)

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        """Have the folder to oneself, whatever a killed run left there ended. Raises DemoRuns."""
        self.path.mkdir(parents=True, exist_ok=True)
        held = locks.taken(self.run_note)
        if held is None:
            raise self._runs()
        with locks.Lease(held):
            self.tell_others("starting")
            end_marked(self.path)
            yield

    def tell_others(self, address: str) -> None:
        """Note for others who runs the demo, and where it answers."""
        # Written in place: the lock belongs to this very file.
        self.run_note.write_text(
            json.dumps({"pid": os.getpid(), "address": address}), encoding="utf-8"
        )

    def _runs(self) -> DemoRuns:
        try:
            noted = json.loads(self.run_note.read_text(encoding="utf-8"))
        except ValueError:
            # Caught between two words; who it is will be known at the next try.
            noted = {"pid": "?", "address": "starting"}
        return DemoRuns(home=self.path, pid=noted["pid"], address=noted["address"])


def _write(path: Path, text: str) -> None:
    """Write a file that is either absent or whole."""
    new = path.with_name(path.name + ".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def end_marked(home: Path) -> None:
    """End the processes of an earlier run of a folder, hard where asking does not help."""
    deadline = time.monotonic() + _ENDING_SECONDS
    number = signal.SIGTERM
    while left := marked(home):
        if time.monotonic() >= deadline:
            number = signal.SIGKILL
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        time.sleep(0.05)


def marked(home: Path) -> list[int]:
    """List the living processes, but for this one, that were started for a demo of a folder."""
    mark = os.fsencode(f"{MARK}={home}")
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit() and int(place.name) != os.getpid():
            # Gone meanwhile, of another user, or a zombie, which has no environment.
            with contextlib.suppress(OSError):
                if mark in (place / "environ").read_bytes().split(b"\0"):
                    found.append(int(place.name))
    return found
