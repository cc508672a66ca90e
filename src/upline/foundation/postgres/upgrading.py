"""Data of an older major version brought into the newest one, compared, and the old ones kept.

The old server is dumped by the new programs while it lets nobody write, the dump is loaded into data made
beside, and every table and sequence of the two is compared. Only then the new data get their place; at any
moment before, the old ones are those that a start opens.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from upline.foundation.postgres import server
from upline.foundation.postgres.backup import programs
from upline.foundation.postgres.backup.errors import NoSpace, ServerRuns
from upline.foundation.postgres.backup.making import size_of
from upline.foundation.postgres.binaries import Binaries, find_binaries, installed
from upline.foundation.postgres.errors import NothingToUpgrade, OtherMajorVersion, UpgradeDiffers
from upline.foundation.postgres.folders import free_megabytes, refusing, sync_folder, write_whole
from upline.foundation.postgres.layout import USER, Layout, existing_versions

KEPT = ".upgraded"
_MEGABYTE = 1_000_000
_JOBS = "2"
_DATABASES = "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1"
_TABLES = """
SELECT format('%I.%I', nspname, relname) FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' ORDER BY 1
"""
# The same for any sequence of rows; the text of a row does not differ between versions.
_DIGEST = """
SELECT count(*)::text || ' ' || coalesce(
    sum(('x' || substr(md5(one::text), 1, 15))::bit(60)::bigint::numeric), 0)::text
FROM ONLY {} AS one
"""
_SEQUENCES = """
SELECT format('%I.%I', schemaname, sequencename), coalesce(last_value::text, 'none')
FROM pg_sequences ORDER BY 1
"""
# The user that made the new data is there already, with the same password.
_OWN_ROLE = re.compile(rf"^(CREATE|ALTER) ROLE {USER}\b.*$", re.MULTILINE)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgraded:
    """From which version to which, how many tables were compared, and where the old data are."""

    before: int
    now: int
    tables: int
    kept: Path


def upgrade(folder: Path, *, say: Say) -> Upgraded:
    """Bring the data of a folder to the newest version whose programs are here.

    Interrupted at any moment it is begun anew. Raises NothingToUpgrade, OtherMajorVersion,
    ServerRuns, NoSpace, UpgradeDiffers, ProgramFailed.
    """
    folder = Path(folder).expanduser().resolve()
    old, new = _versions(folder)
    _require_room(folder, old)
    with refusing(folder):
        for left in folder.glob("upgrading-*"):
            server.stop(left)
            shutil.rmtree(left)
        beside = Path(tempfile.mkdtemp(prefix="upgrading-", dir=folder))
        tables = _copied(folder, beside, (old, new), say)
        say("Putting the new data in their place")
        with server.start_lock(folder):
            # First the new ones: of two versions a start opens the newer.
            Layout(folder=beside, version=new.version).home.rename(
                Layout(folder=folder, version=new.version).home
            )
            kept = _set_aside(folder, old.version)
        shutil.rmtree(beside)
    return Upgraded(before=old.version, now=new.version, tables=tables, kept=kept)


def kept_of(folder: Path) -> list[Path]:
    """List what upgrades of a folder set aside."""
    return sorted(Path(folder).expanduser().resolve().glob(f"*{KEPT}"))


def confirm(folder: Path) -> list[Path]:
    """Remove the old data that upgrades set aside, and give where they were."""
    there = kept_of(folder)
    for one in there:
        shutil.rmtree(one)
    return there


def _versions(folder: Path) -> tuple[Binaries, Binaries]:
    held = existing_versions(folder)
    new = find_binaries()
    if not held or held[0] >= new.version:
        if len(held) > 1:
            # A kill came between the two steps at the end.
            for version in held[1:]:
                _set_aside(folder, version)
        raise NothingToUpgrade(path=folder, version=held[0] if held else new.version)
    for one in installed():
        if one.version == held[0]:
            return one, new
    raise OtherMajorVersion(path=folder / str(held[0]) / "data", found=held[0], version=new.version)


def _set_aside(folder: Path, version: int) -> Path:
    kept = (folder / str(version)).rename(folder / f"{version}{KEPT}")
    sync_folder(folder)
    return kept


def _require_room(folder: Path, old: Binaries) -> None:
    layout = Layout(folder=folder, version=old.version)
    found = server.status(folder)
    if found.state == "running":
        raise ServerRuns(path=folder, pid=found.pid)
    # The dump and the new data stand beside the old ones.
    needed, free = 2 * size_of(layout.data) // _MEGABYTE + 200, free_megabytes(folder)
    if free < needed:
        raise NoSpace(path=folder, free_megabytes=free, needed_megabytes=needed)


def _copied(folder: Path, beside: Path, versions: tuple[Binaries, Binaries], say: Say) -> int:
    """Make the new data, and give how many tables were found equal."""
    old, new = versions
    fresh = Layout(folder=beside, version=new.version)
    fresh.home.mkdir(mode=0o700)
    password = Layout(folder=folder, version=old.version).password.read_bytes()
    write_whole(fresh.password, password)
    read_only = {"default_transaction_read_only": "on"}
    source = server.start(folder, binaries=old, settings=read_only)
    try:
        target = server.start(beside, binaries=new)
        try:
            return _moved(source, target, beside / "dump", (new, password), say)
        finally:
            target.stop()
    finally:
        source.stop()


def _moved(
    source: server.Server,
    target: server.Server,
    dump: Path,
    tools: tuple[Binaries, bytes],
    say: Say,
) -> int:
    new, password = tools
    ways = [
        programs.connection_of(
            server.place_of(Layout(folder=one.folder, version=one.version)),
            password.decode("ascii").strip(),
        )
        | {"PGUSER": USER}
        for one in (source, target)
    ]
    dump.mkdir(mode=0o700)
    roles = programs.run(new, "pg_dumpall", ["--globals-only"], given=ways[0])
    script = dump / "roles.sql"
    write_whole(script, _OWN_ROLE.sub("", roles).encode())
    words = ["--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", "postgres", "--file", str(script)]
    programs.run(new, "psql", words, given=ways[1])
    tables = 0
    for name in (row[0] for row in _asked(source, "postgres", _DATABASES)):
        say(f"Dumping {name}")
        place = str(dump / name)
        words = ["--format", "directory", "--jobs", _JOBS, "--file", place, "--dbname", name]
        programs.run(new, "pg_dump", words, given=ways[0])
        say(f"Loading {name}")
        where = ["--dbname", name] if name == "postgres" else [
            *("--create", "--clean", "--if-exists", "--dbname", "postgres"),
        ]  # fmt: skip
        words = ["--exit-on-error", "--jobs", _JOBS, *where, place]
        programs.run(new, "pg_restore", words, given=ways[1])
        say(f"Comparing {name}")
        tables += _compare(source, target, name)
    programs.run(new, "vacuumdb", ["--all", "--analyze-only", "--quiet"], given=ways[1])
    return tables


def _compare(source: server.Server, target: server.Server, name: str) -> int:
    """Compare every table and sequence of a database, and give how many tables. Raises UpgradeDiffers."""
    names = [row[0] for row in _asked(source, name, _TABLES)]
    for table in names:
        digests = [_asked(one, name, _DIGEST.format(table))[0][0] for one in (source, target)]
        if digests[0] != digests[1]:
            raise UpgradeDiffers(what=f"table {table} of {name}", old=digests[0], new=digests[1])
    sequences = [_asked(one, name, _SEQUENCES) for one in (source, target)]
    if sequences[0] != sequences[1]:
        off = sorted(set(sequences[0]) ^ set(sequences[1]))
        raise UpgradeDiffers(what=f"a sequence of {name}", old=off[0], new=off[-1])
    return len(names)


def _asked(of: server.Server, database: str, query: str) -> list[tuple[str, ...]]:
    import psycopg  # noqa: PLC0415 - slow to import, and absent where only the engine is

    url = server.address(of.folder, database=database)
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()
