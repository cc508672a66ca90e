"""Backups of the embedded server: made while it runs, verified, restored to a moment."""

from upline.foundation.postgres.archive import Archive, archive_of
from upline.foundation.postgres.backup.kept import Kept, Verified, kept_in, verify
from upline.foundation.postgres.backup.making import archive_now, make
from upline.foundation.postgres.backup.restoring import Restored, rehearse, restore

__all__ = [
    "Archive",
    "Kept",
    "Restored",
    "Verified",
    "archive_now",
    "archive_of",
    "kept_in",
    "make",
    "rehearse",
    "restore",
    "verify",
]
