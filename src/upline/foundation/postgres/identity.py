"""As whom the server runs: PostgreSQL refuses root, so root becomes somebody else for it."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from upline.foundation.postgres.binaries import Binaries
from upline.foundation.postgres.errors import RootCannotStart
from upline.foundation.postgres.layout import Layout

# Users that exist on most systems and own nothing of value; none is ever added.
EXISTING_USERS = ("postgres", "nobody")
# Rights of root by which another user passes through folders that are closed to others.
RIGHTS_TO_PASS = ("dac_read_search", "dac_override")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A user for the server: who owns its files, and how a program is started as that user.

    A prefix, where there is one, is a program that changes to this user by itself.
    """

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()

    @property
    def is_other(self) -> bool:
        """Say whether the files belong to another user than the one who runs this."""
        return self.uid != os.geteuid()

    @property
    def user(self) -> int | None:
        """Give whom a program is started as, None where it stays ours or the prefix changes it."""
        return self.uid if self.is_other and not self.prefix else None

    @property
    def group(self) -> int | None:
        """Give the group that goes with `user`."""
        return None if self.user is None else self.gid

    def popen(
        self, command: Sequence[str], *, cwd: Path, output: int, keep: tuple[int, ...] = ()
    ) -> subprocess.Popen[bytes]:
        """Start a program as this user, in its own session, with nothing of our environment."""
        return subprocess.Popen(  # noqa: S603 - PostgreSQL's own programs
            [*self.prefix, *command],
            cwd=cwd,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=keep,
            start_new_session=True,
            umask=0o077,
            user=self.user,
            group=self.group,
            extra_groups=None if self.user is None else [],
        )


def environment() -> dict[str, str]:
    """Give the environment of the server: ours may hold PGPORT, a language or secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8"}


def identity_for(layout: Layout, binaries: Binaries) -> Identity:
    """Choose as whom the server of a folder runs. Raises RootCannotStart."""
    tried: list[str] = []
    if os.geteuid() != 0:
        own = Identity(uid=os.geteuid(), gid=os.getegid())
        # initdb refuses a user without a name, as containers have them.
        return own if _has_name(own.uid) else in_namespace(binaries, tried) or own
    # A folder without this file holds no data; what becomes of it is decided where they are made.
    holds = layout.data / "PG_VERSION"
    owner = holds.stat().st_uid if holds.exists() else None
    if owner in {None, 0}:
        namespace = in_namespace(binaries, tried)
        if namespace:
            return namespace
    if owner is None:
        for name in EXISTING_USERS:
            other = as_user(name, layout, binaries, tried)
            if other:
                return other
    elif owner != 0:
        other = as_user(owner, layout, binaries, tried)
        if other:
            return other
    raise RootCannotStart(tried="; ".join(tried))


def in_namespace(binaries: Binaries, tried: list[str]) -> Identity | None:
    """Give us under another number, in a user namespace: no right of root, the same files."""
    unshare = shutil.which("unshare")
    if not unshare:
        tried.append("the program unshare is missing")
        return None
    number = named_user()
    prefix = (unshare, "-U", f"--map-user={number}", f"--map-group={number}")
    said = _fails([*prefix, binaries.program("postgres"), "--version"])
    if said is None:
        return Identity(uid=os.geteuid(), gid=os.getegid(), prefix=prefix)
    tried.append(f"a user namespace is refused ({said})")
    return None


def named_user() -> int:
    """Give the number by which the namespace knows us: it needs a name, no more."""
    if _has_name(1000):
        return 1000
    return next((entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0), 1000)


def _has_name(uid: int) -> bool:
    try:
        return bool(pwd.getpwuid(uid).pw_name)
    except KeyError:
        return False


def as_user(
    user: str | int, layout: Layout, binaries: Binaries, tried: list[str]
) -> Identity | None:
    """Give an existing user who can reach both the folder and the programs.

    Where the folders above are closed to others, root gives the user one right of its own.
    """
    try:
        entry = pwd.getpwuid(user) if isinstance(user, int) else pwd.getpwnam(user)
    except KeyError:
        tried.append(f"there is no user {user}")
        return None
    return _with_modes(entry, layout, binaries, tried) or _with_one_right(
        entry, layout, binaries, tried
    )


def _with_modes(
    entry: pwd.struct_passwd, layout: Layout, binaries: Binaries, tried: list[str]
) -> Identity | None:
    """Give the user where the modes of the folders above let everybody pass."""
    mode = stat.S_IMODE(layout.folder.stat().st_mode)
    # To pass through, not to read; what is inside keeps its own modes.
    layout.folder.chmod(mode | 0o011)
    said = _fails(_trial(layout, binaries), user=entry.pw_uid, group=entry.pw_gid)
    if said is None:
        return Identity(uid=entry.pw_uid, gid=entry.pw_gid)
    layout.folder.chmod(mode)
    tried.append(f"the user {entry.pw_name} cannot use the folder and the programs ({said})")
    return None


def _with_one_right(
    entry: pwd.struct_passwd, layout: Layout, binaries: Binaries, tried: list[str]
) -> Identity | None:
    """Give the user with one right of root: to pass through closed folders, as /root is one.

    The server could then read what root can, which in a user namespace it can as well. Containers
    have at most the second of the two rights.
    """
    setpriv = shutil.which("setpriv")
    if not setpriv:
        tried.append("the program setpriv is missing")
        return None
    for right in RIGHTS_TO_PASS:
        only = f"-all,+{right}"
        prefix = (
            *(setpriv, f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"),
            *(f"--inh-caps={only}", f"--ambient-caps={only}", f"--bounding-set={only}"),
            # Without it access(), by which PostgreSQL looks for its own programs, knows no rights.
            "--securebits=+no_setuid_fixup",
        )
        said = _fails([*prefix, *_trial(layout, binaries)])
        if said is None:
            return Identity(uid=entry.pw_uid, gid=entry.pw_gid, prefix=prefix)
        tried.append(f"nor with the right {right} ({said})")
    return None


def _trial(layout: Layout, binaries: Binaries) -> list[str]:
    # It looks for the other programs and its own files, as a start does, and writes nothing.
    return [
        *("/bin/sh", "-c", 'cd "$1" && exec "$2" --show --no-locale -D "$1"', "sh"),
        *(str(layout.folder), binaries.program("initdb")),
    ]


def _fails(command: list[str], *, user: int | None = None, group: int | None = None) -> str | None:
    try:
        ran = subprocess.run(  # noqa: S603 - a trial of PostgreSQL's own program
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=30,
            check=False,
            cwd="/",
            env=environment(),
            user=user,
            group=group,
            extra_groups=None if user is None else [],
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if ran.returncode == 0 else (ran.stderr.strip() or f"exit code {ran.returncode}")
