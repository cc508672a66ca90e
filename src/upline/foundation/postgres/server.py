"""Start, adopt, look at and stop the PostgreSQL server of a folder."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from upline.foundation.postgres import archive, locks, processes, watchdog
from upline.foundation.postgres.access import ensure_database
from upline.foundation.postgres.binaries import Binaries
from upline.foundation.postgres.cluster import ensure_cluster
from upline.foundation.postgres.errors import (
    Busy,
    DidNotStart,
    NotRunning,
    PasswordMissing,
    StillRunning,
)
from upline.foundation.postgres.folders import (
    binaries_for,
    prepare_folder,
    prepare_home,
    refuse_other_owner,
    refusing,
    socket_folder,
    write_whole,
)
from upline.foundation.postgres.halting import end_leftovers, halt
from upline.foundation.postgres.identity import Identity, identity_for
from upline.foundation.postgres.layout import PORT, USER, Layout, existing_versions
from upline.foundation.postgres.logs import opened, refusal_from, tail, turn_over

# How long another start or stop of the same folder is waited for.
LOCK_SECONDS = 120
# Recovery after a crash may have gigabytes to go through.
START_SECONDS = 600
# PostgreSQL's own mark of data that are being restored; it goes when they are.
RESTORING = "recovery.signal"
# How long the processes of a dead server may take to disappear.
LEFTOVER_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server, and our use of it."""

    url: str = field(repr=False)
    folder: Path
    pid: int
    version: int
    is_ours: bool
    lease: locks.Lease | None = field(default=None, repr=False, compare=False)

    def stop(self) -> None:
        """Stop the server, also under others who use it. Repeating it changes nothing."""
        if self.lease:
            self.lease.give_back()
        stop(self.folder)

    def leave(self) -> None:
        """End our use: what this call started stops, unless others use it by now."""
        if self.lease:
            self.lease.give_back()
        if self.is_ours:
            _stop_unused(Layout(folder=self.folder, version=self.version))

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What there is in a folder."""

    folder: Path
    state: Literal["running", "stopped", "absent"]
    version: int | None = None
    pid: int | None = None
    is_kept: bool = False
    log: Path | None = None


def start(
    folder: Path,
    *,
    binaries: Binaries | None = None,
    database: str = "upline",
    ends_with_parent: bool = True,
    settings: Mapping[str, str] | None = None,
) -> Server:
    """Start the server of a folder, or adopt the one that runs, and give its address.

    Repeatable, also at once by many processes: all get the same server. With `ends_with_parent`
    the server ends when the last process that asked for it so has died, however it died; without
    it the server runs until it is stopped. `settings` are settings of PostgreSQL for this start
    alone; a server that runs already keeps its own. Raises PostgresRefused.
    """
    folder = Path(folder).expanduser().resolve()
    watchdog.collect()
    with refusing(folder):
        prepare_folder(folder)
        with start_lock(folder):
            chosen = binaries_for(folder, binaries)
            layout = Layout(folder=folder, version=chosen.version)
            identity = identity_for(layout, chosen)
            prepare_home(layout, identity)
            lease = _use(layout) if ends_with_parent else None
            try:
                is_new = _bring_up(layout, chosen, identity, dict(settings or {}))
                return _opened(layout, database, lease, is_new=is_new)
            except BaseException:
                if lease:
                    lease.give_back()
                raise


def stop(folder: Path) -> None:
    """Stop the server of a folder, whoever started it. Repeating it changes nothing."""
    folder = Path(folder).expanduser().resolve()
    with refusing(folder):
        versions = existing_versions(folder)
        if not versions:
            return
        refuse_other_owner(folder)
        with start_lock(folder):
            for version in versions:
                halt(Layout(folder=folder, version=version))
    watchdog.collect()


def status(folder: Path) -> Status:
    """Say what there is in a folder; nothing is written."""
    folder = Path(folder).expanduser().resolve()
    watchdog.collect()
    with refusing(folder):
        versions = existing_versions(folder)
    found = Status(folder=folder, state="absent")
    for version in reversed(versions):
        layout = Layout(folder=folder, version=version)
        pid = processes.postmaster_of(layout.data)
        found = Status(
            folder=folder,
            state="running" if pid else "stopped",
            version=version,
            pid=pid,
            is_kept=bool(pid) and layout.kept.exists(),
            log=layout.log,
        )
        if pid:
            return found
    return found


def start_lock(folder: Path) -> locks.Lease:
    """Hold what every start, stop and replacement of a folder holds. Raises Busy."""
    path = folder / ".lock"
    descriptor = locks.taken_within(path, LOCK_SECONDS)
    if descriptor is None:
        raise Busy(path=folder, seconds=LOCK_SECONDS, log=folder)
    return locks.Lease(descriptor)


def _use(layout: Layout) -> locks.Lease:
    """Note that this process uses the server, and have somebody watch for its end."""
    descriptor = locks.taken_within(layout.use_lock, LOCK_SECONDS, shared=True)
    if descriptor is None:
        raise Busy(path=layout.folder, seconds=LOCK_SECONDS, log=layout.log)
    watchdog.ensure(layout)
    return locks.Lease(descriptor)


def _bring_up(
    layout: Layout, binaries: Binaries, identity: Identity, settings: dict[str, str]
) -> bool:
    """Leave a running server behind, and say whether it is a new one."""
    pid = processes.postmaster_of(layout.data)
    if pid and _is_ready(layout, pid):
        return False
    life = _life(layout)
    try:
        turn_over(layout.log)
        ensure_cluster(layout, binaries, identity, life)
        (layout.data / "postmaster.pid").unlink(missing_ok=True)
        _launch(layout, binaries, identity, (life, settings))
    finally:
        # The server holds its own copy by now, and the lock lives as long as any of its processes.
        os.close(life)
    return True


def _is_ready(layout: Layout, pid: int) -> bool:
    """Wait for a server that somebody else began to start or to stop."""
    deadline = time.monotonic() + START_SECONDS
    while processes.is_postgres_of(pid, layout.data):
        if _state(layout) == "ready":
            return True
        if time.monotonic() >= deadline:
            raise Busy(path=layout.folder, seconds=START_SECONDS, log=layout.log)
        time.sleep(0.02)
    return False


def _state(layout: Layout) -> str:
    lines = processes.lock_file(layout.data)
    return lines[7].strip() if len(lines) > 7 else ""


def _life(layout: Layout) -> int:
    """Take the lock that the new server will hold, when the last process of an old one is gone."""
    end_leftovers(layout)
    life = locks.taken_within(layout.life_lock, LEFTOVER_SECONDS)
    if life is None:
        raise StillRunning(path=layout.data, processes="not visible from here")
    return life


def _launch(
    layout: Layout, binaries: Binaries, identity: Identity, given: tuple[int, dict[str, str]]
) -> None:
    life, settings = given
    place = socket_folder(layout, identity)
    quoted = '"' + str(place).replace('"', '""') + '"'
    wanted = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": quoted,
        "unix_socket_permissions": "0700",
        **archive.settings_of(layout),
        **settings,
    }
    command = [binaries.program("postgres"), "-D", str(layout.data)]
    for name, value in wanted.items():
        command += ["-c", f"{name}={value}"]
    with opened(layout.log) as log:
        before = log.tell()
        child = identity.popen(command, cwd=layout.data, output=log.fileno(), keep=(life,))
    watchdog.remember(child)
    deadline = time.monotonic() + START_SECONDS
    while _state(layout) != "ready":
        if child.poll() is not None:
            said = tail(layout.log, before)
            raise refusal_from(said, layout, f"it ended with code {child.returncode}")
        # A restoration goes through all the log since its backup, and says so in the server's log.
        is_restoring = (layout.data / RESTORING).exists()
        if time.monotonic() >= deadline and not is_restoring:
            raise DidNotStart(
                path=layout.folder, said=f"not ready in {START_SECONDS} s", log=layout.log
            )
        time.sleep(0.005)


def _opened(layout: Layout, database: str, lease: locks.Lease | None, *, is_new: bool) -> Server:
    """Give the way into a running server, its database made where it is missing."""
    try:
        pid, place = _where(layout)
        password = _password(layout)
        ensure_database(layout, place=place, password=password, database=database)
        _mark(layout, is_kept=lease is None, is_new=is_new)
    except BaseException:
        if is_new:
            halt(layout)
        raise
    return Server(
        url=_url(place, password, database),
        folder=layout.folder,
        pid=pid,
        version=layout.version,
        is_ours=is_new,
        lease=lease,
    )


def address(folder: Path, *, database: str = "upline") -> str:
    """Give the address of the running server of a folder, without starting one.

    Raises NotRunning.
    """
    found = status(folder)
    if found.state != "running" or found.version is None:
        raise NotRunning(path=found.folder)
    layout = Layout(folder=found.folder, version=found.version)
    with refusing(found.folder):
        return _url(_where(layout)[1], _password(layout), database)


def _url(place: str, password: str, database: str) -> str:
    host = quote(os.fsencode(place), safe="")
    return f"postgresql://{USER}:{password}@/{quote(database, safe='')}?host={host}&port={PORT}"


def place_of(layout: Layout) -> str:
    """Give the folder of a running server's socket."""
    return _where(layout)[1]


def _where(layout: Layout) -> tuple[int, str]:
    lines = processes.lock_file(layout.data)
    return int(lines[0]), lines[4]


def _password(layout: Layout) -> str:
    try:
        return layout.password.read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        raise PasswordMissing(path=layout.password) from error


def _mark(layout: Layout, *, is_kept: bool, is_new: bool) -> None:
    """Keep a server that somebody asked to keep; adopting a kept one leaves it so."""
    if is_kept:
        write_whole(layout.kept, b"")
    elif is_new:
        layout.kept.unlink(missing_ok=True)


def _stop_unused(layout: Layout) -> None:
    with refusing(layout.folder), start_lock(layout.folder):
        unused = locks.taken(layout.use_lock)
        if unused is None:
            return
        with locks.Lease(unused):
            halt(layout)
    watchdog.collect()
