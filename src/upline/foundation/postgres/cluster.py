"""The data of a server: made whole or not at all, and never removed."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from pathlib import Path

from upline.foundation.postgres.binaries import Binaries
from upline.foundation.postgres.errors import DidNotStart, FolderNotACluster, OtherMajorVersion
from upline.foundation.postgres.folders import own_folder, sync_folder, write_whole
from upline.foundation.postgres.identity import Identity, environment
from upline.foundation.postgres.layout import USER, Layout
from upline.foundation.postgres.logs import opened, refusal_from, tail

MEGABYTE = 1024 * 1024


def ensure_cluster(layout: Layout, binaries: Binaries, identity: Identity, life: int) -> None:
    """Make the data where there are none, and check those that there are.

    New data are prepared beside their place and moved there when complete, so an interrupted
    preparation is no data and is begun anew. Raises FolderNotACluster, OtherMajorVersion.
    """
    if layout.making.exists():
        shutil.rmtree(layout.making)
    if layout.data.is_dir() and not any(layout.data.iterdir()):
        layout.data.rmdir()
    if not layout.data.exists():
        _make(layout, binaries, identity, life)
        return
    _check(layout)
    # A copy or a restore may have opened it, and PostgreSQL refuses to start then.
    layout.data.chmod(0o700)
    if not layout.password.exists():
        _renew_password(layout, binaries, identity, life)


def _check(layout: Layout) -> None:
    try:
        version = (layout.data / "PG_VERSION").read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FolderNotACluster(path=layout.data, why="it has no file PG_VERSION") from error
    if version != str(layout.version):
        raise OtherMajorVersion(path=layout.data, found=version, version=layout.version)
    if not (layout.data / "global" / "pg_control").exists():
        raise FolderNotACluster(path=layout.data, why="it has no file global/pg_control")


def _make(layout: Layout, binaries: Binaries, identity: Identity, life: int) -> None:
    if not layout.password.exists():
        write_whole(layout.password, secrets.token_hex(24).encode())
    own_folder(layout.making, identity)
    handed = layout.home / "password.handed"
    write_whole(handed, layout.password.read_bytes())
    if identity.is_other:
        os.chown(handed, identity.uid, identity.gid)
    try:
        _initdb(layout, binaries, identity, (handed, life))
    finally:
        handed.unlink(missing_ok=True)
    with (layout.making / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(settings_text())
        file.flush()
        os.fsync(file.fileno())
    layout.making.rename(layout.data)
    sync_folder(layout.home)


def _initdb(
    layout: Layout, binaries: Binaries, identity: Identity, given: tuple[Path, int]
) -> None:
    handed, life = given
    command = [
        binaries.program("initdb"),
        *("-D", str(layout.making)),
        *("--username", USER),
        f"--pwfile={handed}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--data-checksums",
    ]
    if binaries.version >= 17:
        # One call for the whole file system in place of a thousand.
        command.append("--sync-method=syncfs")
    with opened(layout.log) as log:
        before = log.tell()
        ran = identity.popen(command, cwd=layout.making, output=log.fileno(), keep=(life,))
        code = ran.wait()
    if code:
        said = tail(layout.log, before)
        shutil.rmtree(layout.making, ignore_errors=True)
        raise refusal_from(said, layout, f"initdb ended with code {code}")


def settings_text() -> str:
    """Give the settings that new data start with; whoever runs the server may change them."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // MEGABYTE
    settings = {
        "shared_buffers": f"{min(max(memory // 8, 128), 1024)}MB",
        "effective_cache_size": f"{max(memory // 2, 256)}MB",
        "maintenance_work_mem": f"{min(max(memory // 16, 64), 512)}MB",
        "work_mem": "32MB",
        "max_wal_size": "4GB",
        # After a crash: one call for the whole file system in place of one for each file.
        "recovery_init_sync_method": "syncfs",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "max_locks_per_transaction": "256",
        "jit": "off",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "log_line_prefix": "'%m [%p] '",
        "dynamic_shared_memory_type": dynamic_memory(),
    }
    lines = [f"{name} = {value}" for name, value in settings.items()]
    return "\n".join(["", "# Upline: from here on what differs from PostgreSQL's own.", *lines, ""])


def dynamic_memory() -> str:
    """Give the kind of shared memory for parallel queries: containers often have 64 MB of one."""
    shared = Path("/dev/shm")  # noqa: S108 - looked at, not written
    roomy = shared.is_dir() and shutil.disk_usage(shared).total >= 512 * MEGABYTE
    return "posix" if roomy else "sysv"


def _renew_password(layout: Layout, binaries: Binaries, identity: Identity, life: int) -> None:
    # Whoever may write the data folder may do this; nobody else can come here.
    new = secrets.token_hex(24)
    ran = subprocess.run(  # noqa: S603 - PostgreSQL's own program
        [
            *(*identity.prefix, binaries.program("postgres"), "--single"),
            *("-D", str(layout.data), "postgres"),
        ],
        input=f"ALTER ROLE {USER} PASSWORD '{new}'\n".encode(),
        capture_output=True,
        cwd=layout.data,
        env=environment(),
        pass_fds=(life,),
        umask=0o077,
        user=identity.user,
        group=identity.group,
        extra_groups=None if identity.user is None else [],
        check=False,
    )
    said = (ran.stdout + ran.stderr).decode(errors="replace")
    if ran.returncode or "ERROR" in said:
        raise DidNotStart(path=layout.folder, said=said.strip()[-500:], log=layout.log)
    write_whole(layout.password, new.encode())
