"""The folder of a server: whose it is, which version it holds, where its socket goes."""

from __future__ import annotations

import contextlib
import errno
import os
import pwd
import shutil
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from upline.foundation.postgres.binaries import Binaries, find_binaries, installed
from upline.foundation.postgres.errors import (
    DiskFull,
    FolderNotACluster,
    FolderNotWritable,
    FolderOfAnotherUser,
    OtherMajorVersion,
    SocketTaken,
)
from upline.foundation.postgres.identity import Identity
from upline.foundation.postgres.layout import SOCKET_NAME, Layout, existing_versions

# What the kernel takes as the path of a Unix socket, its closing zero not counted.
LONGEST_SOCKET_PATH = 107
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
_NOT_WRITABLE = {
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOTDIR,
    errno.EEXIST,
    errno.EISDIR,
    errno.ENAMETOOLONG,
    errno.ELOOP,
}


@contextlib.contextmanager
def refusing(folder: Path) -> Iterator[None]:
    """Turn what the file system refuses into a refusal that names the remedy."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise DiskFull(path=folder, free_megabytes=free_megabytes(folder)) from error
        if error.errno in _NOT_WRITABLE:
            raise FolderNotWritable(path=error.filename or folder, said=error.strerror) from error
        raise


def free_megabytes(folder: Path) -> int:
    """Give the free space of the file system that a folder is on, or would be on."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(there).free // 1_000_000


def prepare_folder(folder: Path) -> None:
    """Make the folder where it is missing; one that exists keeps its mode."""
    if "\n" in str(folder):
        raise FolderNotWritable(path=folder, said="its name holds a line break")
    folder.parent.mkdir(parents=True, exist_ok=True)
    if not folder.exists():
        folder.mkdir(mode=0o700, exist_ok=True)
    # First, for data that the server made as another user are no place of ours; access() because
    # a folder of somebody else may be closed to us.
    if os.access(folder / "PG_VERSION", os.F_OK):
        raise FolderNotACluster(path=folder, why="it is itself a data folder; name the one above")
    refuse_other_owner(folder)


def refuse_other_owner(*paths: Path) -> None:
    """Refuse places of other users: data opened as somebody else would be lost to their owner."""
    for path in paths:
        try:
            owner = path.stat().st_uid
        except FileNotFoundError:
            continue
        if owner != os.geteuid():
            raise FolderOfAnotherUser(path=path, owner=_name(owner), user=_name(os.geteuid()))


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def binaries_for(folder: Path, asked: Binaries | None = None) -> Binaries:
    """Choose the programs that can open what the folder holds. Raises OtherMajorVersion.

    Data are never passed over: an empty database in place of a full one is worse than none.
    """
    held = existing_versions(folder)
    if not held:
        return asked or find_binaries()
    candidates = [asked] if asked else installed()
    for version in held:
        for one in candidates:
            if one.version == version:
                return one
    chosen = asked or find_binaries()
    raise OtherMajorVersion(
        path=folder / str(held[0]) / "data", found=held[0], version=chosen.version
    )


def prepare_home(layout: Layout, identity: Identity) -> None:
    """Make the folder of the version, closed to others; its lock files come with it."""
    refuse_other_owner(layout.home)
    # Another user only passes through to the data and the socket, which are theirs.
    mode = 0o711 if identity.is_other else 0o700
    layout.home.mkdir(mode=mode, exist_ok=True)
    if stat.S_IMODE(layout.home.stat().st_mode) != mode:
        layout.home.chmod(mode)


def own_folder(path: Path, identity: Identity) -> None:
    """Make a folder of mode 700 that belongs to the server."""
    path.mkdir(mode=0o700, exist_ok=True)
    path.chmod(0o700)
    if identity.is_other:
        os.chown(path, identity.uid, identity.gid)


def socket_folder(layout: Layout, identity: Identity) -> Path:
    """Give the folder of the socket, free of what dead servers left. Raises SocketTaken."""
    if fits(layout.socket):
        own_folder(layout.socket, identity)
        clear_socket(layout.socket)
        return layout.socket
    known = socket_folder_elsewhere(layout)
    if known and known.is_dir() and known.stat().st_uid == identity.uid:
        clear_socket(known)
        return known
    made = Path(tempfile.mkdtemp(prefix="upline-", dir=runtime_folder(identity)))
    # Noted before it is used, so that a stop after any accident finds and removes it.
    write_whole(layout.socket_elsewhere, os.fsencode(made))
    own_folder(made, identity)
    return made


def fits(folder: Path) -> bool:
    """Say whether a socket in this folder has a path that the kernel and libpq take.

    libpq reads a comma as the end of one host and the start of the next.
    """
    path = os.fsencode(folder / SOCKET_NAME)
    return len(path) <= LONGEST_SOCKET_PATH and b"," not in path


def runtime_folder(identity: Identity) -> Path:
    """Give a short place for sockets: the user's runtime folder, or /tmp."""
    named = Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp")  # noqa: S108 - a 700 folder of chance name in it
    usable = (
        not identity.is_other
        and named.is_dir()
        and os.access(named, os.W_OK | os.X_OK)
        and fits(named / "upline-12345678")
    )
    return named if usable else Path("/tmp")  # noqa: S108 - as above


def socket_folder_elsewhere(layout: Layout) -> Path | None:
    """Give the noted socket folder outside, if there is one."""
    try:
        noted = layout.socket_elsewhere.read_bytes()
    except FileNotFoundError:
        return None
    return Path(os.fsdecode(noted)) if noted else None


def clear_socket(folder: Path) -> None:
    """Remove a dead server's socket; refuse what is alive or no socket at all."""
    path = folder / SOCKET_NAME
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        mode = None
    if mode is not None:
        if not stat.S_ISSOCK(mode):
            raise SocketTaken(path=path, taken_by="a file that is no socket")
        if _answers(path):
            raise SocketTaken(path=path, taken_by="another program that listens there")
        path.unlink()
    # Names a process that is dead, or whose number another program has by now.
    path.with_name(SOCKET_NAME + ".lock").unlink(missing_ok=True)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as trial:
        trial.settimeout(2)
        try:
            trial.connect(os.fsencode(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:
            return True
    return True


def tidy(layout: Layout) -> None:
    """Remove what only a running server needs: socket, mark and the folder made elsewhere."""
    layout.kept.unlink(missing_ok=True)
    elsewhere = socket_folder_elsewhere(layout)
    if elsewhere and elsewhere.name.startswith("upline-") and elsewhere.is_dir():
        for name in (SOCKET_NAME, SOCKET_NAME + ".lock"):
            (elsewhere / name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            elsewhere.rmdir()
    layout.socket_elsewhere.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file of mode 600 in one step: the old one stands until the new one is safe."""
    new = path.with_name(path.name + ".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make names in a folder survive a power failure."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
