"""The embedded PostgreSQL server: found, started, adopted and stopped by our own launcher."""

from upline.foundation.postgres.binaries import Binaries, find_binaries
from upline.foundation.postgres.errors import PostgresRefused
from upline.foundation.postgres.folders import binaries_for
from upline.foundation.postgres.server import Server, Status, address, start, status, stop

__all__ = [
    "Binaries",
    "PostgresRefused",
    "Server",
    "Status",
    "address",
    "binaries_for",
    "find_binaries",
    "start",
    "status",
    "stop",
]
